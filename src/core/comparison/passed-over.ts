import { OMITTED } from '../layer/finding-log.ts';
import type { LayerFindingCode } from '../layer/layer-findings.ts';
import type { MergeFindingCode } from '../rootfs/apply-layer.ts';
import type { Finding } from '../words/finding.ts';
import type { UncomparedItem } from './uncompared.ts';

/** What has no effect when layers are merged here, while some engine gives it one or stops at it. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set<LayerFindingCode | MergeFindingCode | typeof OMITTED>([
  'bad-whiteout',
  'broken-hard-link',
  'escaping-link',
  'escaping-path',
  'parent-not-directory',
  'pax-global-header',
  'root-replaced',
  'unreachable-path',
  'whiteout-below-own-symlink',
  OMITTED,
]);

/** Gathers entries of layers that were skipped, so that they cannot pass for no change. */
export class PassedOverEntries {
  readonly #sides = { base: new Map<string, Passed>(), target: new Map<string, Passed>() };

  add(side: UncomparedItem['side'], layer: number, findings: readonly Finding[]): void {
    for (const { code, path = '', detail = '' } of findings) {
      if (WITHOUT_EFFECT.has(code))
        this.#sides[side].set(JSON.stringify([code, path, detail]), { layer, code });
    }
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
