import { distance } from 'fastest-levenshtein';

/** No name is taken for another that differs in more letters, or in more than about a third of what was written. */
const MOST_MISTAKES = 3;
const MOST_NAMES = 3;

/** How many mistakes are forgiven. */
const mostMistakes = (written: string): number =>
  Math.min(MOST_MISTAKES, Math.max(1, Math.floor((written.length + 2) / 3)));

/** Which names somebody may have meant who wrote another one, the nearest alone. */
export function nearNames(
  written: string,
  names: Iterable<string>,
  most: number = mostMistakes(written),
): readonly string[] {
  const near: { readonly name: string; readonly mistakes: number }[] = [];
  for (const name of new Set(names)) {
    // The distance is at least that; not to be computed for the long names of strangers.
    if (Math.abs(name.length - written.length) > most) continue;
    const mistakes = countMistakes(written, name);
    if (mistakes <= most) near.push({ name, mistakes });
  }
  const fewest = Math.min(...near.map(({ mistakes }) => mistakes));
  const nearest = near.filter(({ mistakes }) => mistakes === fewest).map(({ name }) => name);
  return nearest.sort().slice(0, MOST_NAMES);
}

/** Two letters that are swapped are one mistake. */
function countMistakes(written: string, name: string): number {
  const mistakes = distance(written, name);
  return mistakes === 2 && sortLetters(written) === sortLetters(name) ? 1 : mistakes;
}

const sortLetters = (text: string): string => [...text].sort().join('');

/** `did you mean A or B?`; null where no name is near. */
export function didYouMean(written: string, names: Iterable<string>): string | null {
  const near = nearNames(written, names);
  const last = near.at(-1);
  if (last === undefined) return null;
  return `did you mean ${[near.slice(0, -1).join(', '), last].filter(Boolean).join(' or ')}?`;
}
