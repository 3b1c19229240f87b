import { VarveError } from '../base/errors.ts';
import type { RepositoryName } from '../core/artifact/subject.ts';
import { parseReference } from '../core/image/reference.ts';
import type { Store } from '../core/store/store.ts';
import { isSeveral } from '../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../flows/snapshot/snapshot-image.ts';
import { type RegistrySettings, readRegistryAccess } from './compose/tools.ts';
import type { PublishSetting } from './settings/publish-setting.ts';
import type { Settings } from './settings/settings.ts';

/** The settings that say where a run is published. */
export type PublishSettings = RegistrySettings & Pick<Settings, 'publish'>;

/**
 * Publishes a run where that was asked for, of each platform an artifact.
 * @returns where they are: `oci://HOST/REPO@DIGEST`; none when it was not asked for.
 * @throws VarveError `bad-option` for an image that is in no registry; `denied`, `unreachable`.
 */
export async function publishIfAsked(
  result: SnapshotImageResult,
  store: Store,
  settings: PublishSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const { publish } = settings;
  if (publish === undefined) return [];
  const repository = repositoryOf(publish, result.reference);
  const { openPlace } = await import('./compose/artifacts.ts');
  const { publishRun } = await import('../flows/publish/publish-run.ts');
  const { renderMarkdown } = await import('../core/report/markdown/render-markdown.ts');
  await using resources = new AsyncDisposableStack();
  const place = await openPlace(repository, readRegistryAccess(settings, environment), resources);
  const tag = publish.kind === 'repository' ? (publish.tag ?? undefined) : undefined;
  const several = isSeveral(result);
  const report = renderMarkdown(result.report, { limit: Number.POSITIVE_INFINITY });
  const published: string[] = [];
  for (const platform of result.platforms) {
    const digest = await publishRun(store, platform, { place, repository, tag, report, several });
    published.push(`${place.location}@${digest}`);
  }
  return published;
}

function repositoryOf(publish: PublishSetting, reference: string): RepositoryName {
  if (publish.kind === 'repository') return publish;
  const image = reference.startsWith('docker://') ? parseReference(reference) : null;
  if (image?.transport === 'docker') return image;
  throw new VarveError(
    'bad-option',
    `${reference} is in no registry, so nothing can be published beside it`,
    {
      object: reference,
      hint: 'take the snapshot of docker://HOST/NAME, or name a repository: --publish oci://HOST/REPO[:TAG]',
    },
  );
}
