import { join, parse } from 'node:path';
import { canonicalBytes, canonicalBytesPausable } from '../../base/canonical-json.ts';
import { toVarveError, type VarveError } from '../../base/errors.ts';
import { runWithPauses } from '../../base/pausable.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import { comparisonOf, pointerOf, resultOf, surfaceManifestsOf } from '../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/catalogue.ts';
import { removeOutputFile, writeOutputFile } from './output-file.ts';

/** The settings that name files a run writes outside of its store. */
export type DocumentSettings = Pick<
  Settings,
  'pointer-path' | 'surface-manifest-output' | 'comparison-path' | 'result-path' | 'report-path' | 'platform'
>;

/** What came of the files that a run writes for others. Paths are null where there is no such file. */
export interface WrittenDocuments {
  readonly pointer: string | null;
  readonly comparison: string | null;
  readonly result: string | null;
  readonly report: string | null;
  /** Why others are not there. */
  readonly faults: readonly VarveError[];
}

/**
 * Writes the files that were asked for; a first run has no comparison to write. One that cannot be written does not keep
 * the others from it.
 * @param workflow the workflow run that it is of; null outside of one.
 * @param makeFolder gives the folder of documents that no setting names; null where only those are written that one names.
 */
export async function writeDocuments(
  result: SnapshotImageResult,
  settings: DocumentSettings,
  host: Host,
  workflow: RunResult['workflow'],
  makeFolder: ((result: SnapshotImageResult) => Promise<string>) | null,
): Promise<WrittenDocuments> {
  const faults: VarveError[] = [];
  const noting = async <T>(action: () => Promise<T>): Promise<T | null> => {
    try {
      return await action();
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      faults.push(error);
      return null;
    }
  };
  const write = (path: string | null | undefined, render: () => Content | Promise<Content>) =>
    noting(async () => {
      const content = path ? await render() : null;
      if (!path) return null;
      if (content === null) {
        await removeOutputFile(path, host.checkouts);
        return null;
      }
      await writeOutputFile(path, content, host.checkouts);
      return path;
    });

  const { 'pointer-path': pointer, 'comparison-path': comparison } = settings;
  const { 'result-path': whole, 'report-path': report } = settings;
  const allNamed = [pointer, comparison, whole, report].every((path) => path !== undefined);
  const folder = makeFolder === null || allNamed ? null : await noting(() => makeFolder(result));
  const unnamed = (name: string): string | null => folder && join(folder, name);

  const compared = comparisonOf(result);
  const written = {
    pointer: await write(pointer ?? unnamed('varve-pointer.json'), () => canonicalBytes(pointerOf(result))),
    comparison: await write(
      comparison ?? unnamed('varve-comparison.json'),
      () => compared && runWithPauses(canonicalBytesPausable(compared)),
    ),
    result: await write(whole ?? unnamed('varve-result.json'), () => {
      const asked = settings.platform === 'all' ? null : result.platforms[0].entry.platform;
      return runWithPauses(canonicalBytesPausable(resultOf(result, asked, workflow)));
    }),
    report: await write(report ?? unnamed('varve-report.md'), async () => {
      const { renderMarkdown } = await import('../../core/report/markdown/render-markdown.ts');
      return renderMarkdown(result.report, { limit: Number.POSITIVE_INFINITY });
    }),
  };
  for (const { manifest, mark } of surfaceManifestsOf(result)) {
    const path = settings['surface-manifest-output'];
    await write(path && markPath(path, mark), () => canonicalBytes(manifest));
  }
  return { ...written, faults };
}

/** `surface.json` as `surface.linux-arm64.json`, where each platform has a file. */
function markPath(path: string, mark: string | null): string {
  if (mark === null) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${mark}${ext}`);
}

type Content = string | Uint8Array | null;
