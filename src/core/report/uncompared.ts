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
  // Files that are not merged, as those of Windows, are told by their layers.
  return files !== null || !hasOtherLayers(comparison) || items.some(({ what }) => what === 'files');
}

function hasOtherLayers({ summary }: Comparison): boolean {
  return summary.rebuilt + summary.added + summary.removed + summary.moved > 0;
}

/** Notes that name what was not compared, and why. */
export function uncomparedNotes(comparison: Comparison): string[] {
  const { count, items } = uncomparedIn(comparison) ?? NOTHING;
  const more = count - Math.min(items.length, NAMED);
  return [
    ...items.slice(0, NAMED).map(tellUncompared),
    ...(more > 0 ? [`${formatNumber(more)} more were not compared`] : []),
    ...(comparison.config === null && items.every(({ what }) => what !== 'config')
      ? ['config not compared: the configs differ, and one of them is not at hand']
      : []),
  ];
}

function tellUncompared({ what, why, side, layer, digest, findings = [] }: UncomparedItem): string {
  const named = digest === undefined ? '' : ` \`${digest}\``;
  const whose = layer === undefined ? `the ${side}` : `layer ${layer} of the ${side}`;
  switch (why) {
    case 'lost':
      return `${what} not compared: ${partOf(what)}${named} of ${whose} is not in the store any more`;
    case 'not-analysed':
      return `${what} not compared: ${whose} was not analysed for it`;
    case 'passed-over':
      return what === 'image'
        ? `image${named} of the ${side} not compared: it was passed over`
        : `${what} of ${whose} not compared as a whole: engines differ on entries that were passed over (${findings.join(', ')})`;
  }
}

function partOf(what: string): string {
  if (what === 'files') return 'the inventory';
  return what === 'config' ? 'the config' : 'what was found out';
}
