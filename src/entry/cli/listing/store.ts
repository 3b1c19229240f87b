import { formatCount, formatSize } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Palette } from '../../../core/report/text/palette.ts';
import type { Garbage, GarbageItem } from '../../../core/store/collect-garbage.ts';
import type { KindStats, Stats, TenantStats } from '../../../core/store/measure-store.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** What `surface gc` found, by tenant and kind, and what became of it. */
export function garbageLines(found: Garbage, location: string, palette: Palette): string[] {
  const groups = Map.groupBy(found.items, ({ tenant, kind, reason }) => `${tenant} ${kind} ${reason}`);
  return [
    ...[...groups.values()].map((items) => groupLine(items, palette)),
    summaryLine(found, location, palette),
    ...(found.needed === 0
      ? []
      : [
          palette.muted(
            `${formatCount(found.needed, 'expired item')} kept, since the newest snapshots need them`,
          ),
        ]),
  ];
}

function groupLine(items: readonly GarbageItem[], palette: Palette): string {
  const [first] = items;
  if (first === undefined) return '';
  const size = formatSize(sum(items.map(({ storedSize }) => storedSize))).padStart(8);
  const what =
    first.reason === 'expired'
      ? `${formatCount(items.length, 'item')} that expired`
      : `${formatCount(items.length, 'payload')} without a manifest`;
  return `${size}  ${palette.accent(escapeTerminal(first.kind))} ${palette.muted(`of ${first.tenant}:`)} ${what}`;
}

function summaryLine({ items, storedSize, deleted }: Garbage, location: string, palette: Palette): string {
  const place = escapeTerminal(location);
  if (items.length === 0) return `${palette.good('✓')} ${place} has nothing that could go`;
  const what = `${formatCount(items.length, 'object')}, ${formatSize(storedSize)}`;
  if (deleted) return palette.strong(`${what}: deleted from ${place}`);
  return `${palette.strong(`${what}: could go from ${place}`)}; nothing was deleted: --delete does it`;
}

/** What `surface stats` counted, a line for each kind of each tenant. */
export function statsLines({ tenants }: Stats, location: string, palette: Palette): string[] {
  const all = tenants.flatMap(({ kinds }) => kinds);
  const orphaned = tenants.map(({ orphans }) => orphans.storedSize);
  const stored = sum([...all.map(({ storedSize }) => storedSize), ...orphaned]);
  const items = formatCount(sum(all.map((each) => each.items)), 'item');
  return [
    ...tenants.flatMap((tenant) => tenantLines(tenant, palette)),
    palette.strong(`${items}, ${formatSize(stored)} in ${escapeTerminal(location)}`),
  ];
}

function tenantLines({ tenant, kinds, images, orphans }: TenantStats, palette: Palette): string[] {
  return [
    palette.strong(tenant),
    ...kinds.map((each) => kindLine(each, palette)),
    `  ${' '.repeat(8)}  ${palette.accent('image.surface')} ${formatCount(images, 'image')}`,
    ...(orphans.payloads === 0
      ? []
      : [
          `  ${formatSize(orphans.storedSize).padStart(8)}  ${formatCount(orphans.payloads, 'payload')} without a manifest`,
        ]),
  ];
}

function kindLine({ kind, items, storedSize, sizeBytes, expired }: KindStats, palette: Palette): string {
  const past = expired === 0 ? '' : `, ${expired} of them expired`;
  const count = `${formatCount(items, 'item')}${past}`;
  const size = palette.muted(`(${formatSize(sizeBytes)} uncompressed)`);
  return `  ${formatSize(storedSize).padStart(8)}  ${palette.accent(escapeTerminal(kind))} ${count} ${size}`;
}
