import { formatCount, formatSize } from '../../base/human-size.ts';
import type { AttentionItem, AttentionKind } from '../attention/attention.ts';
import { type Leftover, leftoverAt } from '../attention/leftovers.ts';
import type { NameLayer } from './name-layer.ts';
import { code, list, name, type Phrase, phrase, readQuotes } from './phrase.ts';

/** What somebody should look at, in words. */
export interface AttentionLine extends AttentionItem {
  /** A sentence without its period: what it is, and which layer brings it. */
  readonly sentence: Phrase;
  /** What to do about it. */
  readonly remedy: Phrase;
}

/** @param nameLayer names a layer by its index. */
export function tellAttention(item: AttentionItem, nameLayer: (index: number) => Phrase): AttentionLine {
  const { tell, remedy } = WORDS[item.kind];
  return { ...item, sentence: tell(item, nameLayer), remedy: isPhrase(remedy) ? remedy : remedy(item) };
}

/** Names the layers of an image by their indexes. */
export function indexNamer(
  layers: readonly { readonly index: number; readonly step: string }[],
  nameLayer: NameLayer,
): (index: number) => Phrase {
  const byIndex = new Map(layers.map((layer) => [layer.index, layer]));
  return (index) => {
    const layer = byIndex.get(index);
    return layer === undefined ? [`layer ${index}`] : nameLayer(layer);
  };
}

interface Words {
  tell(item: AttentionItem, nameLayer: (index: number) => Phrase): Phrase;
  /** One for all of the kind, or what fits the item. */
  readonly remedy: Phrase | ((item: AttentionItem) => Phrase);
}

const isPhrase = (remedy: Words['remedy']): remedy is Phrase => Array.isArray(remedy);

/** What to do about leftovers; one command removes several kinds. */
export function remedyOf(leftovers: readonly Leftover[]): Phrase {
  const removed = leftovers.flatMap(({ remedy }) => ('remove' in remedy ? remedy.remove : []));
  if (removed.length > 0) return phrase`end it with ${code(`rm -rf ${removed.join(' ')}`)}`;
  return list(leftovers.map(({ remedy }) => readQuotes('instead' in remedy ? remedy.instead : '')));
}

/** A sentence about a file, with the layer that brings it. */
const ofFile =
  (what: string): Words['tell'] =>
  ({ path, layer }, nameLayer) =>
    phrase`${name(path ?? '')} ${what}${layer === null ? '' : phrase`, from ${nameLayer(layer)}`}`;

const amount = ({ count = 1, bytes = 0 }: AttentionItem): string =>
  `${formatCount(count, 'file')}, ${formatSize(bytes)},`;

const are = ({ count = 1 }: AttentionItem): string => (count === 1 ? 'is' : 'are');

const inLayer = (index: AttentionItem['other'], nameLayer: (index: number) => Phrase): Phrase =>
  typeof index === 'number' ? nameLayer(index) : ['a later layer'];

const leftoverOf = ({ path }: AttentionItem): Leftover | null => leftoverAt(path ?? '', false);

function nameOf(item: AttentionItem): Phrase {
  const leftover = leftoverOf(item);
  return leftover === null ? [name(item.path ?? '')] : readQuotes(leftover.name);
}

const WORDS: Readonly<Record<AttentionKind, Words>> = {
  setuid: {
    tell: ofFile('runs with the rights of its owner (setuid)'),
    remedy: phrase`remove the bit if nothing needs it: ${code('chmod u-s')}`,
  },
  setgid: {
    tell: ofFile('runs with the rights of its group (setgid)'),
    remedy: phrase`remove the bit if nothing needs it: ${code('chmod g-s')}`,
  },
  capability: {
    tell: ofFile('runs with capabilities of its own'),
    remedy: phrase`remove them if nothing needs them: ${code('setcap -r')}`,
  },
  'world-writable': {
    tell: ofFile('can be changed by every user'),
    remedy: phrase`take the right away: ${code('chmod o-w')}`,
  },
  'root-user': {
    tell: () => ['containers of this image start as root'],
    remedy: phrase`name another user: ${code('USER')}`,
  },
  secret: {
    tell: ofFile('looks like a key or a password'),
    remedy: phrase`pass it to the step as a secret: ${code('RUN --mount=type=secret')}`,
  },
  'hidden-secret': {
    tell: ({ path, layer, other }, nameLayer) =>
      phrase`${name(path ?? '')} looks like a key or a password; ${inLayer(other, nameLayer)} hides it, but ${nameLayer(layer ?? 0)} still has it`,
    remedy: phrase`pass it to the step as a secret: ${code('RUN --mount=type=secret')}`,
  },
  hidden: {
    tell: (item, nameLayer) =>
      phrase`${amount(item)} of ${nameLayer(item.layer ?? 0)} ${are(item)} hidden by ${inLayer(item.other, nameLayer)}, and pulled nevertheless: the largest is ${name(item.path ?? '')}`,
    remedy: ['remove files in the step that makes them, or build in another stage'],
  },
  restated: {
    tell: (item, nameLayer) =>
      phrase`${amount(item)} ${are(item)} in the image twice, since ${nameLayer(item.layer ?? 0)} gives ${item.count === 1 ? 'it' : 'them'} another owner, mode or time: the largest is ${name(item.path ?? '')}`,
    remedy: phrase`set owner and mode where the files are copied: ${code('COPY --chown')}, ${code('COPY --chmod')}`,
  },
  duplicate: {
    tell: (item, nameLayer) =>
      phrase`${amount(item)} of ${nameLayer(item.layer ?? 0)} ${are(item)} in another layer too: the largest is ${name(item.path ?? '')}${typeof item.other === 'string' ? phrase`, also ${name(item.other)}` : ''}`,
    remedy: ['copy them once, and link to them'],
  },
  leftover: {
    tell: (item, nameLayer) =>
      phrase`${nameLayer(item.layer ?? 0)} leaves ${nameOf(item)} in the image, ${formatCount(item.count ?? 1, 'file')}, ${formatSize(item.bytes ?? 0)}`,
    remedy: (item) => {
      const leftover = leftoverOf(item);
      return leftover === null ? ['remove them in the step that makes them'] : remedyOf([leftover]);
    },
  },
  shadowed: {
    tell: ({ path, other }) =>
      phrase`${name(String(other ?? ''))} stands before ${name(path ?? '')} on ${code('PATH')}, so that name runs another program`,
    remedy: phrase`remove one of the two, or change ${code('PATH')}`,
  },
};
