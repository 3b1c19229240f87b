import { beforeAll, describe, expect, it } from 'vitest';
import { VarveError } from '../../src/base/errors.ts';
import type { Store } from '../../src/core/store/store.ts';
import {
  type PlatformResult,
  type SnapshotImageResult,
  snapshotImage,
} from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const images: Record<'v1' | 'v2', string> = { v1: '', v2: '' };

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['v1', 'v2'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/main': name })]);
    images[name] = `oci:${writeFolder(newFolder(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

let scans = 0;
const newStore = (): Store => openDirectoryStore(newFolder('store'));

/** A run that writes to one store and has its baseline in another, or the same. */
async function run(
  own: Store,
  baseline: Store,
  reference: string,
): Promise<PlatformResult & Pick<SnapshotImageResult, 'report'>> {
  await using tools = composeQuietTools(own);
  const { platforms, report } = await snapshotImage(tools, {
    references: [reference],
    built: null,
    platform: { os: 'linux', architecture: 'amd64' },
    name: 'shop',
    tenant: 'acme',
    baseline: { kind: 'store', store: baseline, situation: { kind: 'unversioned' } },
    save: true,
    comparing: {},
    run: {
      scanId: `scan ${++scans}`,
      time: new Date().toISOString(),
      version: '0.0.0',
      commit: null,
      branch: null,
      pullRequest: null,
    },
  });
  return { ...platforms[0], report };
}

/** A store that goes away at its n-th question, and stays away. */
function goneAfter(store: Store, questions: number): Store {
  let left = questions;
  const guard = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (left-- > 0) return value.apply(target, given);
          throw new VarveError('unreachable', 'the server went away');
        };
      },
    });
  const { location, surface, layers, history } = store;
  return { location, surface: guard(surface), layers: guard(layers), history: guard(history) };
}

describe('a baseline store that goes away at any moment of a run', () => {
  it('makes a first run of it, or keeps no snapshot, says so, and changes nothing else', async () => {
    const server = newStore();
    await run(newStore(), server, images.v1);
    const sound = await run(newStore(), server, images.v2);
    expect(sound.change).not.toBeNull();
    const outcomes = new Set<string>();
    for (let questions = 0; ; questions++) {
      const { report, change, pointer, keptIn } = await run(
        newStore(),
        goneAfter(server, questions),
        images.v2,
      );
      expect(pointer.snapshotDigest).toBe(sound.pointer.snapshotDigest);
      const notes = report.images.flatMap((each) => each.notes);
      expect(notes.some((note) => note.includes('cannot be used ('))).toBe(change === null);
      expect(notes.some((note) => note.includes('the snapshot was not saved in'))).toBe(keptIn === null);
      outcomes.add(`${change === null ? 'first' : 'compared'}, ${keptIn === null ? 'lost' : 'kept'}`);
      if (keptIn !== null) break;
      expect(notes.join()).toContain('the server went away');
    }
    expect(outcomes).toEqual(new Set(['first, lost', 'compared, lost', 'compared, kept']));
  });

  it('fails the run where it is also what the run writes to', async () => {
    const server = newStore();
    await run(server, server, images.v1);
    for (const questions of [0, 5, 10]) {
      const store = goneAfter(server, questions);
      await expect(run(store, store, images.v2)).rejects.toMatchObject({ code: 'unreachable' });
    }
  });
});
