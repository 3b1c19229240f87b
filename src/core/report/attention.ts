import { formatSize } from '../../base/human-size.ts';
import type { SourceLocation } from '../image/source-location.ts';
import type { FileSection } from './file-lines.ts';
import type { LayerLine } from './layer-lines.ts';
import { capitalize, quoteStep, whereabouts } from './name-layer.ts';
import { code, name, type Phrase, phrase, strong } from './phrase.ts';

/** Something that a person should look at before the image is used. */
export interface Attention {
  /** What it is, in a few words of our own: `setuid root`. */
  readonly kind: string;
  /** Null where it is about the image. */
  readonly path: string | null;
  /** Index of the layer that brought it; null where none did. */
  readonly layer: number | null;
  /** That layer's step; empty where it is not known. */
  readonly step: string;
  readonly location: SourceLocation | null;
  /** What it takes up in the image; null where that is not what matters. */
  readonly bytes: number | null;
  /** What to do about it, in one sentence. */
  readonly remedy: Phrase;
}

/** Files that newly run with more rights than those of whoever starts them. */
export function gainedRights({ groups }: FileSection, layers: readonly LayerLine[]): Attention[] {
  return groups.flatMap(({ layer, step, lines }) => {
    const line = layers.find(({ index, status }) => index === layer && status !== 'removed');
    const end = lines.findIndex(({ rank }) => rank > 0);
    // What matters most stands first in a group.
    return lines.slice(0, end < 0 ? lines.length : end).map(({ path, remarks: [right = ''] }) => ({
      ...{ kind: right, path, layer, step: step ?? '', bytes: null },
      location: line?.location ?? null,
      remedy: remedyFor(right),
    }));
  });
}

function remedyFor(right: string): Phrase {
  const command = right.startsWith('setuid')
    ? 'chmod u-s'
    : right.startsWith('setgid')
      ? 'chmod g-s'
      : 'setcap -r';
  return phrase`If it can do without, take the right away with ${code(command)}.`;
}

/** ``Setuid root: `usr/bin/su`, from `RUN make install` (`Dockerfile:12`). If it can do without, …`` */
export function tellAttention({ kind, path, layer, step, location, bytes, remedy }: Attention): Phrase {
  const what = strong(String(capitalize([kind])[0]));
  const where = path === null ? [] : phrase`: ${name(path)}`;
  const size = bytes === null ? '' : ` (${formatSize(bytes)})`;
  return phrase`${what}${where}${size}${tellOrigin({ layer, step, location })}. ${remedy}`;
}

function tellOrigin({ layer, step, location }: Pick<Attention, 'layer' | 'step' | 'location'>): Phrase {
  if (layer === null) return [];
  if (step === '') return [`, from layer ${layer}`];
  return phrase`, from ${quoteStep(step)} (${location === null ? `layer ${layer}` : phrase`${whereabouts(location)}, layer ${layer}`})`;
}
