import { formatCount, formatSizeDelta } from '../../base/human-size.ts';
import type { FileDifference } from '../comparison/comparison.ts';
import { isOfDirectory } from './count-paths.ts';
import type { LayerLine } from './layer-lines.ts';
import { bytesOf } from './measure.ts';
import { name, type Phrase, phrase, strong } from './phrase.ts';
import type { ImageReport, KnownBase } from './report.ts';

/** A base image in place of another one. */
export interface BaseBump {
  readonly before: KnownBase;
  readonly after: KnownBase;
}

/** The base image that took another one's place; null where it is the same, or where one of them is not known. */
export function baseBump({ baseImage }: Pick<ImageReport, 'baseImage'>): BaseBump | null {
  const { before, after } = baseImage ?? {};
  if (before == null || after == null) return null;
  const isSame =
    before.digest !== null && after.digest !== null
      ? before.digest === after.digest
      : before.name === after.name;
  return isSame ? null : { before, after };
}

/** Whether a layer is of the base image, where that is known. */
export function isUpstream(
  { index, status }: Pick<LayerLine, 'index' | 'status'>,
  { baseImage }: Pick<ImageReport, 'baseImage'>,
): boolean {
  const base = status === 'removed' ? baseImage?.before : baseImage?.after;
  return base != null && index < base.layers;
}

/** ``**Upstream** `node:22.11` → `node:22.12`: −0.6 MB, 214 files differ.`` */
export function tellUpstream(image: ImageReport): Phrase | null {
  const { change } = image;
  const bump = baseBump(image);
  if (bump === null || change === null) return null;
  const { before, after } = bump;
  const facts = [
    ...tellDelta(image, bump),
    ...(change.comparison.files === null ? [] : [tellFiles(change.comparison.files.entries, image)]),
  ];
  return phrase`${strong('Upstream')} ${tellNames(before, after)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}.`;
}

const SHORT_DIGEST = 'sha256:'.length + 12;

function tellNames(before: KnownBase, after: KnownBase): Phrase {
  const digests = [before, after].map(({ digest }) => digest?.slice(0, SHORT_DIGEST) ?? null);
  if (before.name !== null && after.name !== null && before.name !== after.name)
    return phrase`${name(before.name)} → ${name(after.name)}`;
  const named = after.name ?? before.name;
  const of = named === null ? [] : phrase`${name(named)} `;
  const [old, fresh] = digests.map((digest) => (digest == null ? ['another one'] : [name(digest)]));
  return phrase`${of}${old ?? []} → ${fresh ?? []}`;
}

function tellDelta({ change, measure }: ImageReport, { before, after }: BaseBump): string[] {
  const delta = (change?.comparison.layers ?? []).reduce((sum, { base, target }) => {
    const fresh = target !== undefined && target.index < after.layers ? bytesOf(target, measure) : 0;
    const old = base !== undefined && base.index < before.layers ? bytesOf(base, measure) : 0;
    return sum + fresh - old;
  }, 0);
  return delta === 0 ? [] : [formatSizeDelta(delta)];
}

/** What went with a removed layer belongs to upstream where all removed layers do. */
function tellFiles(entries: readonly FileDifference[], image: ImageReport): string {
  const removed = image.layers.filter(({ status }) => status === 'removed');
  const isLost = removed.every((line) => isUpstream(line, image));
  const count = entries.filter(
    (entry) =>
      entry.volatile !== true &&
      !isOfDirectory(entry) &&
      (entry.layer === null ? isLost : isUpstream({ index: entry.layer, status: null }, image)),
  ).length;
  return count === 0 ? 'no file differs' : `${formatCount(count, 'file')} differ${count === 1 ? 's' : ''}`;
}
