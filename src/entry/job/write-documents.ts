import { writeFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { canonicalBytes, canonicalBytesPausable } from '../../base/canonical-json.ts';
import { VarveError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { runWithPauses } from '../../base/pausable.ts';
import { comparisonOf, pointerOf, surfaceManifestsOf } from '../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import type { Settings } from '../settings/catalogue.ts';
import { Steps } from './steps.ts';

/** The settings that name files a run writes outside of its store. */
export type DocumentSettings = Pick<
  Settings,
  'pointer-path' | 'surface-manifest-output' | 'comparison-path' | 'report-path'
>;

/**
 * Writes the files that were asked for; a first run has no comparison to write. One that cannot be written does not keep
 * the others from it.
 * @throws VarveError `unreachable`.
 */
export async function writeDocuments(result: SnapshotImageResult, settings: DocumentSettings): Promise<void> {
  const steps = new Steps();
  const write = (path: string | undefined, render: () => Content | Promise<Content>): Promise<void> =>
    steps.take(async () => {
      const content = path === undefined ? null : await render();
      if (path !== undefined && content !== null) await writeOutput(path, content);
    });
  const comparison = comparisonOf(result);
  await write(settings['pointer-path'], () => canonicalBytes(pointerOf(result)));
  for (const { manifest, mark } of surfaceManifestsOf(result)) {
    const path = settings['surface-manifest-output'];
    await write(path && markPath(path, mark), () => canonicalBytes(manifest));
  }
  await write(
    settings['comparison-path'],
    () => comparison && runWithPauses(canonicalBytesPausable(comparison)),
  );
  await write(settings['report-path'], async () => {
    const { renderMarkdown } = await import('../../core/report/markdown/render-markdown.ts');
    return renderMarkdown(result.report, { limit: Number.POSITIVE_INFINITY });
  });
  steps.end();
}

/** `surface.json` as `surface.linux-arm64.json`, where each platform has a file. */
function markPath(path: string, mark: string | null): string {
  if (mark === null) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${mark}${ext}`);
}

type Content = string | Uint8Array | null;

async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    await writeFile(path, content);
  } catch (cause) {
    throw new VarveError('unreachable', `cannot write ${path}`, {
      object: path,
      cause,
      hint: 'everything else is kept: name another file, or make room for this one',
    });
  }
}
