import { formatLocation, type SourceLocation } from '../image/source-location.ts';
import { code, type Phrase, type Piece, phrase, place } from './phrase.ts';

const LONGEST = 60;
const PATH_LENGTH = 50;

/** A layer that a sentence speaks of. */
export interface NamedLayer {
  readonly index: number;
  readonly step: string;
}

/** Names a layer as sentences do. */
export type NameLayer = (layer: NamedLayer) => Phrase;

/**
 * Sentences name a layer by its step, with its place in the build's source where that is known: `RUN npm ci`
 * (`Dockerfile:12`). The index tells apart layers of one step, and stands alone where the history tells no step.
 * @param layers of the image.
 * @param locations by index.
 */
export function layerNamer(
  layers: readonly NamedLayer[],
  locations: readonly (SourceLocation | null)[] = [],
): NameLayer {
  // Long steps are cut, and may then look alike.
  const steps = Map.groupBy(layers, ({ step }) => shortened(step));
  return ({ index, step }) => {
    if (step === '') return [`layer ${index}`];
    const location = locations[index] ?? null;
    if (location !== null) return phrase`${quoteStep(step)} (${whereabouts(location)})`;
    const isOnly = (steps.get(shortened(step)) ?? []).length < 2;
    return phrase`${quoteStep(step)}${isOnly ? '' : ` (layer ${index})`}`;
  };
}

/** Of a long path the end, which tells more. */
export const whereabouts = (location: SourceLocation): Piece =>
  place('code', location, formatLocation({ ...location, file: location.file.slice(-PATH_LENGTH) }));

/** A step on one line and not too long. */
export const quoteStep = (step: string): Piece => code(shortened(step));

function shortened(step: string): string {
  const line = step.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line;
}

/** Tells steps that bring files in from outside from those that make them. */
export const isCopy = (step: string): boolean => /^(COPY|ADD) /.test(step);

/** For the beginning of a sentence. */
export function capitalize(phrase: Phrase): Phrase {
  const [first, ...rest] = phrase;
  return typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : phrase;
}
