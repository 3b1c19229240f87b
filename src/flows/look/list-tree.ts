import { type ByteText, fromText, toText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import { didYouMean } from '../../base/near-names.ts';
import { withPauses } from '../../base/pausable.ts';
import { normalizePath, parentOf, pathBytes, ROOT } from '../../core/layer/entry-path.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import { followLinks } from '../../core/rootfs/follow-links.ts';
import type { Rootfs } from '../../core/rootfs/rootfs.ts';
import { listTree, type TreeEntry } from '../../core/rootfs/tree.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { PlatformWish } from '../../core/words/platform.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { openMergedImage } from './merged-image.ts';

export interface ListTreeRequest {
  readonly reference: string;
  readonly platform: PlatformWish;
  /** Only this path and what is below it; undefined for everything. */
  readonly path: string | undefined;
  readonly origin: Origin;
}

export interface ImageTree {
  readonly entries: Iterable<TreeEntry>;
  /** The links that were followed to what is listed, each in words. */
  readonly notes: readonly string[];
  /** What is odd about the image, and what reading and merging its layers showed, of the whole image. */
  readonly findings: readonly LayerFinding[];
}

/**
 * Lists an image's merged root filesystem, sorted by path.
 * @throws VarveError `unsupported` for Windows images, which are not merged; `path-not-found`.
 */
export async function listImageTree(
  tools: ImageTools & LayerTools,
  { reference, platform, path, origin }: ListTreeRequest,
): Promise<ImageTree> {
  const { rootfs, findings } = await openMergedImage(tools, { reference, platform, origin });
  const listed =
    path === undefined
      ? { entries: listTree(rootfs), notes: [] }
      : await below(rootfs, reference, path, tools.signal);
  return { ...listed, findings };
}

/** What of a tree stands at a path and below it, and what to say of how that was found. */
async function below(
  rootfs: Rootfs,
  reference: string,
  path: string,
  signal?: AbortSignal,
): Promise<Pick<ImageTree, 'entries' | 'notes'>> {
  const written = normalizePath(fromText(path));
  if (written === ROOT) return { entries: listTree(rootfs), notes: [] };
  const followed = followLinks(rootfs, written);
  if (followed === null) throw notThere(reference, path, 'the links on the way to it go in circles');
  const { path: top, links: notes } = followed;
  if (rootfs.lookup(top) === null) {
    const near = nearPath(rootfs, top);
    throw notThere(reference, path, near ?? `varve tree ${reference} lists what it has`);
  }
  const entries: TreeEntry[] = [];
  for await (const entry of withPauses(listTree(rootfs), signal)) {
    const bytes = pathBytes(entry);
    if (top === ROOT || bytes === top || bytes.startsWith(`${top}/`)) entries.push(entry);
  }
  return { entries, notes };
}

/** What is called alike in the directory that a path would stand in, as a question. */
function nearPath(rootfs: Rootfs, path: ByteText): string | null {
  const folder = parentOf(path) ?? ROOT;
  const siblings: string[] = [];
  for (const [found] of rootfs.descendants(folder))
    if (parentOf(found) === folder) siblings.push(toText(found));
  return didYouMean(toText(path), siblings);
}

function notThere(reference: string, path: string, hint: string): VarveError {
  return new VarveError('path-not-found', `${reference} has no ${path}`, { object: path, hint });
}
