import type { ArtifactPlace } from '../../src/core/artifact/artifact-place.ts';
import type { Situation } from '../../src/core/history/choose-baseline.ts';
import type { Store } from '../../src/core/store/store.ts';
import { composeOciStore } from '../../src/entry/stores/open-oci.ts';
import { snapshotImage } from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from './compose-tools.ts';
import { type OnlyPlatform, onlyPlatform } from './only-platform.ts';
import { openDirectoryStore } from './open-directory-store.ts';

/** A store in a place of artifacts, opened anew. */
export function repositoryStore(place: ArtifactPlace, thorough = false): Store {
  return composeOciStore(place, { host: 'memory', repository: 'place', tag: null }, thorough);
}

/** Runs the main job again and again, each time on a machine that has nothing but the repository. */
export class RepositoryRuns {
  readonly #place: ArtifactPlace;
  readonly #newPath: (name?: string) => string;
  #count: number;

  /** @param before how many runs there were already, each a minute long. */
  constructor(place: ArtifactPlace, newPath: (name?: string) => string, before = 0) {
    this.#place = place;
    this.#newPath = newPath;
    this.#count = before;
  }

  /** A push to a branch. */
  async push(reference: string, branch = 'main'): Promise<OnlyPlatform> {
    const count = ++this.#count;
    const situation: Situation = { kind: 'branch', ancestors: [], branch };
    await using tools = composeQuietTools(openDirectoryStore(this.#newPath('own')));
    const result = await snapshotImage(tools, {
      built: null,
      ...{ tenant: 'default', save: true, platform: undefined, name: 'shop', references: [reference] },
      comparing: {},
      baseline: { kind: 'store', store: repositoryStore(this.#place), situation },
      run: {
        ...{ commit: String(count).padStart(40, '0'), branch, pullRequest: null },
        ...{ version: '1.0.0', scanId: `run-${count}` },
        time: new Date(Date.UTC(2026, 0, 1) + count * 60_000).toISOString(),
      },
    });
    return onlyPlatform(result);
  }
}
