import { formatCount, formatNumber } from '../../base/human-size.ts';
import type { Comparison } from '../comparison/comparison.ts';
import { type Uncompared, type UncomparedItem, uncomparedIn } from '../comparison/uncompared.ts';

const NOTHING: Uncompared = { count: 0, items: [] };

/** Named in notes; more are counted. */
const NAMED = 10;

/** What was not compared, in a few words each: `config not compared`. */
export function uncomparedWords(comparison: Comparison): string[] {
  const { files, config } = comparison;
  const { count, items } = uncomparedIn(comparison) ?? NOTHING;
  const whats = new Set(items.map(({ what }) => what));
  const images = count - items.length + items.filter(({ what }) => what === 'image').length;
  whats.delete('image');
  if (files === null && hasOtherLayers(comparison)) whats.add('files');
  if (config === null) whats.add('config');
  return [
    ...[...whats].map((what) => `${what} not compared`),
    ...(images === 0 ? [] : [`${formatCount(images, 'image')} not compared`]),
  ];
}

/** Whether nothing that was compared differs, and not everything was compared. */
export function isIncomplete(comparison: Comparison): boolean {
  const { files, config } = comparison;
  const { count, items } = uncomparedIn(comparison) ?? NOTHING;
  if (count === 0 && config !== null) return false;
  if (files !== null && files.added + files.modified + files.removed > 0) return false;
  if (config?.some(({ volatile }) => volatile !== true)) return false;
  // Where files are not merged, as on Windows, the layers show whether they changed.
  return files !== null || !hasOtherLayers(comparison) || items.some(({ what }) => what === 'files');
}

function hasOtherLayers({ summary }: Comparison): boolean {
  return summary.rebuilt + summary.added + summary.removed + summary.moved > 0;
}

/** As reports name the sides of a comparison. */
const OWNERS = { base: 'the baseline', target: 'the target' } as const;

/** Notes that name what was not compared, and why: layers of one side share a note where the reason is the same. */
export function uncomparedNotes(comparison: Comparison): string[] {
  const { count, items } = uncomparedIn(comparison) ?? NOTHING;
  const alike = [...Map.groupBy(items, sameNote).values()];
  const shown = alike.slice(0, NAMED);
  const more = count - shown.reduce((sum, group) => sum + group.length, 0);
  return [
    ...shown.map(tellUncompared),
    ...(more > 0 ? [`${formatNumber(more)} more were not compared`] : []),
    ...(comparison.config === null && items.every(({ what }) => what !== 'config')
      ? ['config not compared: the configs differ, and one of them is not available']
      : []),
  ];
}

const sameNote = ({ what, why, side, layer, digest, findings = [] }: UncomparedItem): string =>
  JSON.stringify([what, why, side, ...findings, layer === undefined ? (digest ?? null) : 'layer']);

function tellUncompared(group: readonly UncomparedItem[]): string {
  const [{ what, why, side, layer, digest, findings = [] }] = group as readonly [UncomparedItem];
  const named = digest === undefined || layer !== undefined ? '' : ` \`${digest}\``;
  const owner = OWNERS[side];
  const layers = group.flatMap((item) => item.layer ?? []);
  const whose = layers.length === 0 ? owner : `${tellLayers(layers)} of ${owner}`;
  const several = layers.length > 1;
  switch (why) {
    case 'lost':
      return `${what} not compared: ${partOf(what)}${named} of ${whose} is no longer in the store`;
    case 'not-analyzed':
      return `${what} not compared: ${whose} ${several ? 'were' : 'was'} not analyzed for it`;
    case 'passed-over':
      if (what === 'image' && findings.length === 0)
        return `image${named} of ${owner} not compared: it was skipped`;
      return what === 'image'
        ? `image${named} of ${owner} not compared as a whole: its index lists it for another platform (${quoted(findings)})`
        : `${what} of ${whose} not compared as a whole: engines differ on what was skipped (${quoted(findings)})`;
  }
}

/** Codes of findings, which a stranger's document may have made up. */
const quoted = (findings: readonly string[]): string =>
  findings
    .slice(0, NAMED)
    .map((each) => `\`${each}\``)
    .join(', ');

/** `layer 3`, `layers 0–6 and 9`. */
function tellLayers(indices: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const index of [...new Set(indices)].sort((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  const told = runs
    .slice(0, NAMED)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  const listed = told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
  return `${indices.length === 1 ? 'layer' : 'layers'} ${listed}${runs.length > NAMED ? ' …' : ''}`;
}

function partOf(what: string): string {
  if (what === 'files') return 'the inventory';
  return what === 'config' || what === 'manifest' ? `the ${what}` : 'the analysis';
}
