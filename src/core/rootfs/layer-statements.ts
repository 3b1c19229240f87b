import type { ByteText } from '../../base/byte-text.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import { pathBytes, ROOT } from '../layer/entry-path.ts';
import type { LayerFindingCode } from '../layer/layer-findings.ts';
import { parseWhiteout, type Whiteout } from '../layer/whiteout.ts';
import { MAX_PATH } from './path-resolver.ts';
import type { LayerView } from './rootfs-reader.ts';

/** The findings about entries that have no effect because of where they point. */
export const ESCAPES: ReadonlySet<string> = new Set<LayerFindingCode>(['escaping-path', 'escaping-link']);

/** One thing that a layer says, with the path that it says it of. */
export type Statement =
  | { readonly kind: 'entry'; readonly path: ByteText; readonly entry: InventoryEntry }
  /** Lower layers have nothing under this name: a whiteout. */
  | { readonly kind: 'hide'; readonly path: ByteText; readonly entry: InventoryEntry }
  /** Lower layers have nothing below this directory: an opaque marker. */
  | { readonly kind: 'hide-below'; readonly path: ByteText; readonly entry: InventoryEntry };

/**
 * What a layer says and what has an effect, in the order that it is carried out: sorted by path, so that a directory
 * comes before what is in it, and what hides a name before what is then put there. The order of the tar itself counts
 * only among entries of one path, where the last one stands.
 */
export function* statementsOf(layer: LayerView): Generator<Statement> {
  const hides = hidesOf(layer);
  let next = 0;
  for (const [path, entry] of effectiveEntries(layer)) {
    for (let hide = hides[next]; hide !== undefined && hide.key <= path; hide = hides[++next]) {
      yield hide.statement;
    }
    yield { kind: 'entry', path, entry };
  }
  for (const { statement } of hides.slice(next)) yield statement;
}

interface Hide {
  /** Where in the order of paths it is carried out: below a directory, after the directory itself. */
  readonly key: ByteText;
  readonly statement: Statement;
}

function hidesOf(layer: LayerView): Hide[] {
  const hides: Hide[] = [];
  for (const [{ kind, target: path }, entry] of whiteoutsOf(layer)) {
    if (kind === 'whiteout') hides.push({ key: path, statement: { kind: 'hide', path, entry } });
    else hides.push({ key: path === ROOT ? '' : `${path}/`, statement: { kind: 'hide-below', path, entry } });
  }
  return hides.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** What a layer says to hide; whiteouts that climbed out of the root have no effect. */
function* whiteoutsOf(
  layer: LayerView,
): Generator<readonly [Extract<Whiteout, { target: ByteText }>, InventoryEntry]> {
  const escapes = new Map(countEscapes(layer));
  for (const entry of layer.whiteouts()) {
    const escaped = escapes.get(entry.path) ?? 0;
    escapes.set(entry.path, escaped - 1);
    if (escaped > 0) continue;
    const whiteout = parseWhiteout(pathBytes(entry));
    if (whiteout?.kind === 'whiteout' || whiteout?.kind === 'opaque') yield [whiteout, entry];
  }
}

/** The entry of each path that stands, in order; whiteouts and what has no effect left out. */
export function* effectiveEntries(layer: LayerView): Generator<readonly [ByteText, InventoryEntry]> {
  const escapes = countEscapes(layer);
  let path: ByteText | null = null;
  let last: InventoryEntry | null = null;
  let statedTimes = 0;
  for (const entry of layer.entries()) {
    const next = pathBytes(entry);
    if (path !== next) {
      if (path !== null && last !== null && statedTimes > (escapes.get(last.path) ?? 0)) yield [path, last];
      path = next;
      statedTimes = 0;
    }
    statedTimes++;
    last = putsSomething(next, entry) ? entry : null;
  }
  if (path !== null && last !== null && statedTimes > (escapes.get(last.path) ?? 0)) yield [path, last];
}

/** Tells whether an entry puts something at its path, as far as the entry alone can tell. */
export function hasEffect(path: ByteText, entry: InventoryEntry): boolean {
  return path.length <= MAX_PATH && putsSomething(path, entry);
}

/** The same, however long the path is. */
function putsSomething(path: ByteText, { type }: InventoryEntry): boolean {
  if (type === 'whiteout' || type === 'opaque') return false;
  if (path === ROOT) return type === 'dir';
  return !path.includes('.wh.') || parseWhiteout(path) === null;
}

/**
 * How many entries of a path climbed out of the root, or were hard links to such a place: those have no effect.
 * Where an honest entry has the same path, the path stands.
 */
function countEscapes({ header }: LayerView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code, path } of header.findings) {
    if (path !== undefined && ESCAPES.has(code)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}
