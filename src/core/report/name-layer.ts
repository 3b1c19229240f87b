import { code, type Phrase, type Piece, phrase } from './phrase.ts';

const LONGEST = 80;

/** A layer as sentences name it: by its index and, where the history tells it, its step in short. */
export function nameLayer({ index, step }: { readonly index: number; readonly step: string }): Phrase {
  return step === '' ? [`layer ${index}`] : phrase`step ${index} ${quoteStep(step)}`;
}

/** A step on one line and not too long. */
export function quoteStep(step: string): Piece {
  const line = step.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return code(characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line);
}

/** Tells steps that bring files in from outside from those that make them. */
export const isCopy = (step: string): boolean => /^(COPY|ADD) /.test(step);

/** For the beginning of a sentence. */
export function capitalize(phrase: Phrase): Phrase {
  const [first, ...rest] = phrase;
  return typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : phrase;
}
