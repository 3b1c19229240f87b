import { formatCount, formatNumber, formatSize } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Garbage, GarbageItem } from '../../../core/store/collect-garbage.ts';
import type { KindStats, Stats, TenantStats } from '../../../core/store/measure-store.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** Columns of the terminal that a line takes with all that it can say, and with its nouns. */
const ROOMY = 80;
const ENOUGH = 60;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** What `surface gc` found, by tenant and kind, and what became of it. */
export function garbageLines(found: Garbage, location: string, terminal: Terminal): string[] {
  const { palette } = terminal;
  const { items, deleted, needed } = found;
  const kept =
    needed === 0
      ? []
      : [palette.muted(`kept for the newest snapshots: ${formatCount(needed, 'expired item')}`)];
  if (items.length === 0)
    return [`${palette.good('✓')} ${escapeTerminal(location)} has nothing that could go`, ...kept];
  const what = `${formatCount(items.length, 'object')}, ${formatSize(found.storedSize)}`;
  return [
    ...[...Map.groupBy(items, ({ tenant }) => tenant)].flatMap(([tenant, own]) => [
      palette.strong(tenant),
      ...[...Map.groupBy(own, ({ kind, reason }) => `${kind} ${reason}`).values()].map((group) =>
        groupLine(group, terminal),
      ),
    ]),
    ...kept,
    palette.strong(deleted ? `deleted: ${what}` : `could go: ${what}`),
    ...(deleted ? [] : ['nothing was deleted: --delete does it']),
  ];
}

function groupLine(items: readonly GarbageItem[], { palette }: Terminal): string {
  const [first] = items;
  const size = sum(items.map(({ storedSize }) => storedSize));
  const what = first?.reason === 'expired' ? 'expired' : 'without a manifest';
  return line(
    size,
    `${palette.accent(escapeTerminal(first?.kind ?? ''))} ${formatNumber(items.length)} ${what}`,
  );
}

/** What `surface stats` counted, a line for each kind of each tenant. */
export function statsLines({ tenants }: Stats, location: string, terminal: Terminal): string[] {
  const all = tenants.flatMap(({ kinds }) => kinds);
  const orphaned = tenants.map(({ orphans }) => orphans.storedSize);
  const stored = sum([...all.map(({ storedSize }) => storedSize), ...orphaned]);
  const items = formatCount(sum(all.map((each) => each.items)), 'item');
  return [
    ...tenants.flatMap((tenant) => tenantLines(tenant, terminal)),
    terminal.palette.strong(`${items}, ${formatSize(stored)} in ${escapeTerminal(location)}`),
  ];
}

function tenantLines({ tenant, kinds, images, orphans }: TenantStats, terminal: Terminal): string[] {
  const { palette } = terminal;
  return [
    palette.strong(tenant),
    ...kinds.map((each) => kindLine(each, terminal)),
    ...(images === 0
      ? []
      : [line(null, `${palette.accent('image.surface')} ${formatCount(images, 'image')}`)]),
    ...(orphans.payloads === 0
      ? []
      : [line(orphans.storedSize, `${formatNumber(orphans.payloads)} without a manifest`)]),
  ];
}

function kindLine(
  { kind, items, storedSize, sizeBytes, expired }: KindStats,
  { width, palette }: Terminal,
): string {
  const count = width < ENOUGH ? formatNumber(items) : formatCount(items, 'item');
  const past = expired === 0 ? '' : `, ${formatNumber(expired)} expired`;
  const whole = width < ROOMY ? '' : palette.muted(` (${formatSize(sizeBytes)} uncompressed)`);
  return line(storedSize, `${palette.accent(escapeTerminal(kind))} ${count}${past}${whole}`);
}

/** A line that begins with a size, or the room of one. */
const line = (size: number | null, text: string): string =>
  `  ${(size === null ? '' : formatSize(size)).padStart(8)}  ${text}`;
