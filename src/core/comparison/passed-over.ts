import type { FileFindingCode } from '../analysis/files/inventory-builder.ts';
import { OMITTED } from '../layer/finding-log.ts';
import type { LayerFindingCode } from '../layer/layer-findings.ts';
import type { MergeFindingCode } from '../rootfs/apply-layer.ts';
import type { Finding } from '../words/finding.ts';
import type { UncomparedItem } from './uncompared.ts';

/** What has no effect, or another one, when layers are merged here, while some engine gives it one or stops at it. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set<
  LayerFindingCode | FileFindingCode | MergeFindingCode | typeof OMITTED
>([
  'attributes-dropped',
  'bad-whiteout',
  'broken-hard-link',
  'duplicate-entry',
  'escaping-link',
  'escaping-path',
  'libarchive-attribute',
  'overlay-attribute',
  'parent-not-directory',
  'parent-replaced',
  'pax-global-header',
  'root-replaced',
  'unknown-entry-type',
  'unreachable-path',
  'whiteout-below-own-symlink',
  OMITTED,
]);

/** Entries that have another effect in engines that take the entries of a layer one after the other. */
const BY_ORDER: ReadonlySet<string> = new Set<FileFindingCode | MergeFindingCode>([
  'hard-link-unstated',
  'below-own-symlink',
  'below-restated',
  'hard-link-differs',
  'hard-link-to-restated',
  'whiteout-of-own',
]);

/** Gathers entries of layers that were skipped, so that they cannot pass for no change. */
export class PassedOverEntries {
  readonly #sides = { base: new Map<string, Passed>(), target: new Map<string, Passed>() };

  /** @param order the digest of the names in the order of the layer's tar. */
  add(side: UncomparedItem['side'], layer: number, order: string, findings: readonly Finding[]): void {
    for (const { code, path = '', detail = '' } of findings) {
      const isByOrder = BY_ORDER.has(code);
      if (!isByOrder && !WITHOUT_EFFECT.has(code)) continue;
      const key = JSON.stringify([layer, code, path, detail, ...(isByOrder ? [order] : [])]);
      this.#sides[side].set(key, { layer, code });
    }
  }

  /** Counts a directory whose rights a layer leaves unsaid, where the other side's layers state them. */
  addUnstated(side: UncomparedItem['side'], layer: number, path: string): void {
    const code: MergeFindingCode = 'directory-unstated';
    this.#sides[side].set(JSON.stringify([layer, code, path]), { layer, code });
  }

  /** The layers with entries that only one side has. */
  items(): UncomparedItem[] {
    const { base, target } = this.#sides;
    return [...itemsOf('base', base, target), ...itemsOf('target', target, base)];
  }
}

interface Passed {
  readonly layer: number;
  readonly code: string;
}

function itemsOf(
  side: UncomparedItem['side'],
  these: ReadonlyMap<string, Passed>,
  others: ReadonlyMap<string, Passed>,
): UncomparedItem[] {
  const codes = new Map<number, Set<string>>();
  for (const [key, { layer, code }] of these) {
    if (others.has(key)) continue;
    const known = codes.get(layer);
    if (known === undefined) codes.set(layer, new Set([code]));
    else known.add(code);
  }
  return [...codes].map(([layer, found]) => ({
    ...{ what: 'files', why: 'passed-over', side, layer },
    findings: [...found].sort(),
  }));
}
