import { existsSync } from 'node:fs';
import { VarveError } from '../../base/errors.ts';
import type { RepositoryName } from '../../core/artifact/subject.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { Store } from '../../core/store/store.ts';
import { isSeveral } from '../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { type NetworkSettings, readRegistryAccess } from '../compose/network.ts';
import type { Host } from '../host/host.ts';
import type { PublishSetting } from '../settings/publish.ts';

/** How a job reaches registries. */
export interface PublishingJob {
  readonly settings: NetworkSettings;
  readonly host: Host;
  readonly signal: AbortSignal;
}

/**
 * Publishes a run, of each platform an artifact.
 * @returns where they are: `oci://HOST/REPO@DIGEST`.
 * @throws VarveError `bad-option` for an image that is not in a registry; `denied`, `unreachable`.
 */
export async function publishRun(
  result: SnapshotImageResult,
  store: Store,
  publish: PublishSetting,
  { settings, host, signal }: PublishingJob,
): Promise<readonly string[]> {
  const repository = repositoryOf(publish, result.reference);
  const { openPlace } = await import('../compose/artifacts.ts');
  const { publishPlatform } = await import('../../flows/publish/publish-platform.ts');
  const { renderMarkdown } = await import('../../core/report/markdown/render-markdown.ts');
  await using resources = new AsyncDisposableStack();
  const place = await openPlace(repository, {
    access: readRegistryAccess(settings, host),
    resources,
    signal,
  });
  const tag = publish.kind === 'repository' ? (publish.tag ?? undefined) : undefined;
  const several = isSeveral(result);
  const report = renderMarkdown(result.report, { limit: Number.POSITIVE_INFINITY });
  const published: string[] = [];
  for (const platform of result.platforms) {
    const digest = await publishPlatform(store, platform, { place, repository, tag, report, several });
    published.push(`${place.location}@${digest}`);
  }
  return published;
}

/**
 * Refuses, before anything is read, what cannot be published. A bare word may turn out to be in a registry.
 * @throws VarveError `bad-option` when none of the references can.
 */
export function refusePublishing(publish: PublishSetting | undefined, references: readonly string[]): void {
  const [first] = references;
  if (publish?.kind !== 'image' || first === undefined || references.some(mayBeInRegistry)) return;
  repositoryOf(publish, first);
}

function mayBeInRegistry(text: string): boolean {
  const reference = parseReference(text, existsSync);
  return reference.transport === null ? !reference.pathOnly : reference.transport === 'docker';
}

function repositoryOf(publish: PublishSetting, reference: string): RepositoryName {
  if (publish.kind === 'repository') return publish;
  const image = reference.startsWith('docker://') ? parseReference(reference) : null;
  if (image?.transport === 'docker') return image;
  throw new VarveError(
    'bad-option',
    `${reference} is not in a registry, so nothing can be published with it`,
    {
      object: reference,
      hint: 'take the snapshot of docker://HOST/NAME, or name a repository: --publish oci://HOST/REPO[:TAG]',
    },
  );
}
