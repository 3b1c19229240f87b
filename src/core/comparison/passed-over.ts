import { digestOf } from '../../base/digest.ts';
import type { FileFindingCode } from '../analysis/files/inventory-builder.ts';
import { OMITTED } from '../layer/finding-log.ts';
import type { LayerFindingCode } from '../layer/layer-findings.ts';
import type { MergeFindingCode } from '../rootfs/apply-layer.ts';
import { tellStatement } from '../rootfs/restated-paths.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import type { Finding } from '../words/finding.ts';
import type { UncomparedItem } from './uncompared.ts';

type CountedCode = LayerFindingCode | FileFindingCode | MergeFindingCode | typeof OMITTED;

/** What two findings of one code, path and detail may still differ in. */
type Circumstance =
  /** The entries of the path: nothing else shows them. */
  | 'entries'
  /** The entries of the path before the last one, which is compared. */
  | 'entries-before'
  /** The names of the layer in the order of its tar. */
  | 'order'
  /** The layers below. */
  | 'below'
  /** The layer as a whole. */
  | 'layer';

/**
 * What has no effect, or another one, when layers are merged here, while some engine gives it one or stops at it, with
 * all that this effect depends on.
 */
const COUNTED: Readonly<Partial<Record<CountedCode, readonly Circumstance[]>>> = {
  'attributes-dropped': [],
  'aufs-metadata': ['entries'],
  'bad-whiteout': ['entries'],
  'below-own-symlink': ['order', 'below'],
  'below-restated': ['order', 'below'],
  'broken-hard-link': ['entries', 'below'],
  'duplicate-entry': ['entries-before'],
  'escaping-link': ['entries', 'below'],
  'escaping-path': ['entries'],
  'hard-link-differs': ['order'],
  'hard-link-to-restated': ['order', 'below'],
  'hard-link-unstated': ['order', 'below'],
  'libarchive-attribute': [],
  'overlay-attribute': ['below'],
  'parent-not-directory': ['entries', 'order', 'below'],
  'parent-replaced': ['below'],
  'pax-global-header': ['layer'],
  'pax-global-name': ['layer', 'below'],
  'replaced-by-own': ['layer', 'below'],
  'root-replaced': ['entries', 'below'],
  'unknown-entry-type': [],
  'unreachable-path': ['entries', 'order', 'below'],
  'whiteout-below-own-symlink': ['order', 'below'],
  'whiteout-in-nothing': ['order', 'below'],
  'whiteout-of-own': ['order', 'below'],
  [OMITTED]: ['layer', 'below'],
};

const circumstancesOf = (code: string): readonly Circumstance[] | undefined =>
  Object.hasOwn(COUNTED, code) ? COUNTED[code as CountedCode] : undefined;

/** A layer of an image, and those below it. */
export interface StackedLayer {
  readonly index: number;
  readonly layer: LayerView;
  readonly below: readonly LayerView[];
}

/** Gathers entries of layers that were skipped, so that they cannot pass for no change. */
export class PassedOverEntries {
  readonly #sides = { base: new Map<string, Passed>(), target: new Map<string, Passed>() };

  add(
    side: UncomparedItem['side'],
    { index, layer, below }: StackedLayer,
    findings: readonly Finding[],
  ): void {
    const counted = findings.filter(({ code }) => circumstancesOf(code) !== undefined);
    if (counted.length === 0) return;
    const entries = findEntries(layer, counted);
    const lower = digestOf(below.map(({ header }) => header.diffId).join());
    for (const { code, path = '', detail = '' } of counted) {
      const stated = entries.get(path) ?? [];
      const told: Readonly<Record<Circumstance, unknown>> = {
        entries: stated,
        'entries-before': stated.slice(0, -1),
        order: layer.header.orderDigest,
        below: lower,
        layer: layer.header.diffId,
      };
      const circumstances = circumstancesOf(code)?.map((each) => told[each]);
      this.#sides[side].set(JSON.stringify([index, code, path, detail, circumstances]), {
        layer: index,
        code,
      });
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

/** What a layer states at the paths of findings whose entries matter, each in the order of the tar. */
function findEntries(layer: LayerView, findings: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const { code, path } of findings) {
    const matters = circumstancesOf(code)?.some((each) => each === 'entries' || each === 'entries-before');
    if (matters && path !== undefined) wanted.set(path, []);
  }
  if (wanted.size === 0) return wanted;
  for (const entry of layer.entries()) wanted.get(entry.path)?.push(tellStatement(entry));
  return wanted;
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
