const LONGEST = 80;

/** A layer as sentences name it: by its index and, where the history tells it, its step in short. */
export function nameLayer({ index, step }: { readonly index: number; readonly step: string }): string {
  return step === '' ? `layer ${index}` : `step ${index} ${quoteStep(step)}`;
}

/** A step in backquotes, on one line and not too long. */
export function quoteStep(step: string): string {
  const line = step.replaceAll(/\s+/g, ' ').replaceAll('`', "'").trim();
  const characters = [...line];
  return `\`${characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line}\``;
}

/** Tells steps that bring files in from outside from those that make them. */
export const isCopy = (step: string): boolean => /^(COPY|ADD) /.test(step);

/** For the beginning of a sentence. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
