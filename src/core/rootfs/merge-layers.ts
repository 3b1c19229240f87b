import { type Pausable, runAtOnce } from '../../base/pausable.ts';
import type { Finding } from '../words/finding.ts';
import { applyLayer } from './apply-layer.ts';
import { isLazy, LazyRootfs } from './lazy-rootfs.ts';
import { Rootfs } from './rootfs.ts';
import type { LayerView, RootfsReader } from './rootfs-reader.ts';

/** What merging found odd, and in which layer. */
export interface MergeFinding extends Finding {
  readonly layer: number;
}

export interface MergedRootfs {
  readonly rootfs: Rootfs;
  readonly findings: readonly MergeFinding[];
}

/**
 * Merges the layers of an image, lowest first, into its root filesystem, all in memory: some 400 bytes a name.
 * @throws VarveError `limit-exceeded` when few entries need very many directories.
 */
export function mergeLayers(layers: readonly LayerView[]): MergedRootfs {
  return runAtOnce(mergeLayersPausable(layers));
}

/** The same in steps. */
export function* mergeLayersPausable(layers: readonly LayerView[]): Pausable<MergedRootfs> {
  const rootfs = new Rootfs();
  const findings: MergeFinding[] = [];
  for (const [index, layer] of layers.entries()) {
    for (const finding of yield* applyLayer(rootfs, index, layer))
      findings.push({ ...finding, layer: index });
  }
  return { rootfs, findings };
}

/** The root filesystem of layers, for callers that ask for only a little: not merged where that gives the same answers. */
export function openRootfs(layers: readonly LayerView[]): RootfsReader {
  return isLazy(layers) ? new LazyRootfs(layers) : mergeLayers(layers).rootfs;
}
