import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[ -~]*$/;
const MARK = /\p{M}/u;

/** Columns that a text takes on a terminal. Of what can be seen, only combining marks take none. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (!MARK.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}

/** Cuts the end of a text that is wider than `width` columns. */
export function cutEnd(text: string, width: number): string {
  if (text.length <= width && ASCII.test(text)) return text;
  const units = text.slice(0, Math.max(0, width) * 16);
  if (units === text && widthOf(text) <= width) return text;
  let room = width - 1;
  let kept = '';
  for (const segment of graphemesOf(units)) {
    room -= widthOf(segment);
    if (room < 0) break;
    kept += segment;
  }
  return width < 1 ? '' : `${kept}…`;
}

/** Cuts the middle of a text that is wider than `width` columns: of a path, both ends tell something. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const tail = graphemesOf(text.slice(-Math.max(1, width) * 4));
  let room = Math.floor(((width - 1) * 2) / 3);
  let end = '';
  for (const segment of tail.reverse()) {
    room -= widthOf(segment);
    if (room < 0) break;
    end = segment + end;
  }
  return `${cutEnd(text, width - widthOf(end))}${end}`;
}

/** Spaces but those between a figure and its unit, as in `12.3 MB` and `98 %`. */
const BREAK = / (?!(?<=\d )(?:[kMGTP]?B|%)(?![^\s,;.:)]))/;

/**
 * Breaks a sentence into lines of at most `width` columns where it has spaces; a figure stays with its unit, a short
 * quotation in backquotes stays whole, and longer words are cut.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text, width)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(joined) > width) {
      lines.push(line);
      line = cutEnd(word, width);
    } else line = cutEnd(joined, width);
  }
  return line === '' ? lines : [...lines, line];
}

/** Behind such a space. */
const AFTER_BREAK = /(?<= )(?!(?<=\d )(?:[kMGTP]?B|%)(?![^\s,;.:)]))/;

/** Breaks a text into lines at spaces where it has them, and words that are too long in their midst: nothing is lost. */
export function breakAnywhere(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(AFTER_BREAK)) {
    if (widthOf(`${lines.at(-1)}${word.trimEnd()}`) > width && lines.at(-1) !== '') lines.push('');
    for (const segment of graphemesOf(word)) {
      const line = lines.pop() ?? '';
      if (segment !== ' ' && widthOf(`${line}${segment}`) > width) lines.push(line, segment);
      else lines.push(`${line}${segment}`);
    }
  }
  return lines.map((line) => line.trimEnd()).filter((line, place) => line !== '' || place === 0);
}

/** Of a line that a quotation takes at most to stay whole. */
const QUOTED = 0.6;

function wordsOf(text: string, width: number): string[] {
  const parts = text.split(/(`[^`]*`\S*)/);
  const words: string[] = [];
  for (const [place, part] of parts.entries()) {
    const isWhole = place % 2 === 1 && widthOf(part) <= width * QUOTED;
    const [first = '', ...more] = isWhole ? [part] : part.split(BREAK);
    words.push(`${words.pop() ?? ''}${first}`, ...more);
  }
  return words;
}

let segmenter: Intl.Segmenter | undefined;

/** The units that are cut between. The segmenter takes 10 ms to make, and most texts do without. */
function graphemesOf(text: string): string[] {
  if (ASCII.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
