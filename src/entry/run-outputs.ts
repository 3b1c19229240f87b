import { canonicalBytes } from '../base/canonical-json.ts';
import { renderMarkdown } from '../core/report/markdown/render-markdown.ts';
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
  const files: readonly (readonly [path: string | undefined, content: () => string | Uint8Array | null])[] = [
    [settings['pointer-path'], () => pointerBytes(pointer)],
    [settings['surface-manifest-output'], () => canonicalBytes(surfaceManifest)],
    [settings['comparison-path'], () => comparison && canonicalBytes(comparison)],
    [settings['report-path'], () => renderMarkdown(report, { limit: Number.POSITIVE_INFINITY })],
  ];
  for (const [path, render] of files) {
    const content = path === undefined ? null : render();
    if (path !== undefined && content !== null) await writeOutputFile(path, content);
  }
}
