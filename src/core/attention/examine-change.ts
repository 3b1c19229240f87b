import { fromText } from '../../base/byte-text.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { FileState } from '../rootfs/file-state.ts';
import { openRootfs } from '../rootfs/merge-layers.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import { type AttentionItem, attentionKey, sortAttention } from './attention.ts';
import { unusualRights } from './rights.ts';
import { isSecret } from './secrets.ts';
import { findShadowed } from './shadowed.ts';
import { type AnyConfig, searchPath, startsAsRoot } from './start-user.ts';
import { findWaste } from './waste.ts';

/** A path whose state differs, whether that counts or not. */
interface ChangedPath {
  readonly path: string;
  readonly base?: FileState;
  readonly target?: FileState;
  readonly layer: number | null;
}

/** What changed between two images. */
export interface ExaminedChange {
  readonly entries: readonly ChangedPath[];
  /** Null where a config is not known. */
  readonly configs: { readonly base: AnyConfig; readonly target: AnyConfig } | null;
  /** The layers that both begin with, and those that follow. */
  readonly common: readonly LayerView[];
  readonly base: readonly LayerView[];
  readonly target: readonly LayerView[];
}

/** Finds what a change brings that somebody should look at; what was there before is not among it. */
export function* examineChange(change: ExaminedChange): Pausable<AttentionItem[]> {
  const { common, base, target, configs } = change;
  const found: AttentionItem[] = [...examineConfigs(configs), ...(yield* examinePaths(change.entries))];
  const layers = [...common, ...target];
  if (configs !== null) found.push(...shadowedByChange(layers, configs.target, change.entries));
  const before = new Map((yield* findWaste([...common, ...base], common.length)).map(keyed));
  for (const item of yield* findWaste(layers, common.length)) {
    // The same files may be in a layer of another index.
    const known = before.get(attentionKey(item));
    if (known === undefined || (item.bytes ?? 0) > (known.bytes ?? 0) * 1.5) found.push(item);
  }
  return sortAttention(found);
}

const keyed = (item: AttentionItem) => [attentionKey(item), item] as const;

function examineConfigs(configs: ExaminedChange['configs']): AttentionItem[] {
  if (configs === null || !startsAsRoot(configs.target) || startsAsRoot(configs.base)) return [];
  return [{ kind: 'root-user', path: null, layer: null }];
}

function* examinePaths(entries: readonly ChangedPath[]): Pausable<AttentionItem[]> {
  const found: AttentionItem[] = [];
  for (const [place, { path, base, target, layer }] of entries.entries()) {
    if (place % STRIDE === STRIDE - 1) yield;
    if (target === undefined) continue;
    const before = base === undefined ? [] : unusualRights(base);
    for (const kind of unusualRights(target)) if (!before.includes(kind)) found.push({ kind, path, layer });
    if (target.type === 'file' && base?.type !== 'file' && isSecret(path, target.size))
      found.push({ kind: 'secret', path, layer });
  }
  return found;
}

function shadowedByChange(
  layers: readonly LayerView[],
  config: AnyConfig,
  entries: readonly ChangedPath[],
): AttentionItem[] {
  const directories = searchPath(config);
  const names = new Set<string>();
  for (const { path, base, target } of entries) {
    const end = path.lastIndexOf('/');
    const isNew = target !== undefined && base === undefined && target.type !== 'dir';
    if (isNew && /(?:^|\/)s?bin$/.test(path.slice(0, end))) names.add(fromText(path.slice(end + 1)));
  }
  if (names.size === 0) return [];
  return findShadowed(openRootfs(layers), directories, (_, name) => names.has(name));
}
