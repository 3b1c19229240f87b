import { canonicalBytes } from '../base/canonical-json.ts';
import { pointerBytes } from '../core/surface/pointer.ts';
import type { SnapshotImageResult } from '../flows/snapshot-image.ts';
import type { Settings } from './settings/settings.ts';
import { writeOutputFile } from './write-file.ts';

/** The settings that name files a run writes beside its store. */
export type OutputSettings = Pick<
  Settings,
  'pointer-path' | 'surface-manifest-output' | 'comparison-path' | 'report-path'
>;

/** Writes the files that were asked for; a first run has no comparison to write. */
export async function writeRunOutputs(result: SnapshotImageResult, settings: OutputSettings): Promise<void> {
  const { pointer, surfaceManifest, comparison, report } = result;
  await writeIfAsked(settings['pointer-path'], () => pointerBytes(pointer));
  await writeIfAsked(settings['surface-manifest-output'], () => canonicalBytes(surfaceManifest));
  await writeIfAsked(settings['comparison-path'], () => comparison && canonicalBytes(comparison));
  await writeIfAsked(settings['report-path'], async () => {
    const { renderMarkdown } = await import('../core/report/markdown/render-markdown.ts');
    return renderMarkdown(report, { limit: Number.POSITIVE_INFINITY });
  });
}

type Content = string | Uint8Array | null;

async function writeIfAsked(
  path: string | undefined,
  render: () => Content | Promise<Content>,
): Promise<void> {
  const content = path === undefined ? null : await render();
  if (path !== undefined && content !== null) await writeOutputFile(path, content);
}
