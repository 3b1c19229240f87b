import * as v from 'valibot';
import { formatPlatform } from '../words/platform.ts';
import { PlatformSchema, SizeSchema } from '../words/schemas.ts';
import { type KitEntry, type KitIndex, kitBytes } from './kit-index.ts';

/** What `kit plan`, `export`, `import` and `ls` print of a kit with `--json`. */
export const KitSummarySchema = v.strictObject({
  /** How many files the kit has, its index not counted, and their bytes. */
  files: SizeSchema,
  bytes: SizeSchema,
  /** Snapshots of each name and platform, with the times of the first and the last one. */
  history: v.array(
    v.strictObject({
      tenant: v.string(),
      name: v.string(),
      platform: PlatformSchema,
      snapshots: SizeSchema,
      from: v.string(),
      to: v.string(),
    }),
  ),
  /** Surface manifests. */
  images: SizeSchema,
  /** Items of each kind, and the bytes of their payloads as they are stored. */
  items: v.array(v.strictObject({ kind: v.string(), count: SizeSchema, bytes: SizeSchema })),
  /** How many items the receiver must have already. */
  requires: SizeSchema,
});

export type KitSummary = v.InferOutput<typeof KitSummarySchema>;

/** Sums up what a kit has. */
export function summarizeKit(index: KitIndex): KitSummary {
  const { items, images, history, requires } = index;
  const scopes = Map.groupBy(history, ({ tenant, name, platform }) =>
    JSON.stringify([tenant, name, formatPlatform(platform)]),
  );
  return {
    files: 2 * items.length + images.length + history.length,
    bytes: kitBytes(index),
    history: [...scopes.values()].sort(byName).flatMap((entries) => {
      const [first] = entries;
      if (first === undefined) return [];
      const { tenant, name, platform } = first;
      const times = entries.map(({ time }) => time).sort();
      return [
        { tenant, name, platform, snapshots: entries.length, from: times[0] ?? '', to: times.at(-1) ?? '' },
      ];
    }),
    images: images.length,
    items: [...Map.groupBy(items, ({ kind }) => kind)].map(([kind, each]) => ({
      kind,
      count: each.length,
      bytes: each.reduce((sum, { payload }) => sum + payload.size, 0),
    })),
    requires: requires.length,
  };
}

const byName = ([a]: readonly KitEntry[], [b]: readonly KitEntry[]): number =>
  textOf(a) < textOf(b) ? -1 : 1;
const textOf = (entry: KitEntry | undefined): string =>
  entry === undefined ? '' : `${entry.tenant} ${entry.name} ${formatPlatform(entry.platform)}`;
