import { formatLocation, type SourceLocation } from '../image/source-location.ts';

/** Where a report is read: on a terminal or in a log, or on a page, which has room, folds and emoji. */
export type Medium = 'terminal' | 'page';

/** A piece of a sentence: our own words, or a text with a mark, which each renderer shows and escapes in its own way. */
export type Piece =
  | string
  /**
   * `code` is what a builder or a shell reads: terminals put it in backquotes. A `name` (a path, a commit, a platform,
   * a step in a cell of its own) they show bare; on pages both are code. Every text from an image is one of the two.
   */
  | {
      readonly mark: 'code' | 'name' | 'strong' | 'faint';
      readonly text: string;
      /** The place in the build's source that the text names: a page that knows the repository links to it. */
      readonly location?: SourceLocation;
    }
  /** A sign of our own, which pages show as it is and terminals not at all. */
  | { readonly mark: 'sign'; readonly sign: string }
  /** A bar that is as long as a share of the longest, from 0 to 1. */
  | { readonly mark: 'bar'; readonly share: number }
  /** A shorter form for where room is scarce, as in the columns of a terminal. */
  | { readonly mark: 'brief'; readonly whole: Phrase; readonly brief: Phrase };

/** A sentence or a part of one, in no language of markup. */
export type Phrase = readonly Piece[];

type Part = Phrase | Piece | number;

/** Puts words and pieces together: phrase`kept in ${name(place)}`. */
export function phrase(words: TemplateStringsArray, ...parts: readonly Part[]): Phrase {
  const pieces: Piece[] = [];
  for (const [place, word] of words.entries()) {
    if (word !== '') pieces.push(word);
    const part = parts[place];
    if (part !== undefined) pieces.push(...toPhrase(part));
  }
  return pieces;
}

const toPhrase = (part: Part): Phrase => {
  if (typeof part === 'number') return [String(part)];
  return isPhrase(part) ? part : [part];
};

const isPhrase = (part: Phrase | Piece): part is Phrase => Array.isArray(part);

export const code = (text: string): Piece => ({ mark: 'code', text });
export const name = (text: string): Piece => ({ mark: 'name', text });
export const strong = (text: string): Piece => ({ mark: 'strong', text });
/** A place in the build's source. @param text what it is called, where its name is too long. */
export const place = (
  mark: 'code' | 'name',
  location: SourceLocation,
  text = formatLocation(location),
): Piece => ({ mark, text, location });
export const faint = (text: string): Piece => ({ mark: 'faint', text });
export const sign = (emoji: string): Piece => ({ mark: 'sign', sign: emoji });
export const bar = (share: number): Piece => ({ mark: 'bar', share });

/** @param short what a terminal shows of it. */
export function brief(whole: Phrase | Piece, short: Phrase | Piece): Piece {
  return { mark: 'brief', whole: toPhrase(whole), brief: toPhrase(short) };
}

/** The phrases one after the other, with words between them. */
export function join(phrases: readonly Phrase[], between: string): Phrase {
  return phrases.flatMap((each, place) => (place === 0 ? each : [between, ...each]));
}

/** `a, b and c` */
export function list(phrases: readonly Phrase[]): Phrase {
  const last = phrases.at(-1);
  if (last === undefined || phrases.length === 1) return last ?? [];
  return phrase`${join(phrases.slice(0, -1), ', ')} and ${last}`;
}

/** Reads a sentence that quotes in backquotes, as errors and notes do; one without its fellow is a word like others. */
export function readQuotes(text: string): Phrase {
  const parts = text.split('`');
  const paired = parts.length % 2 === 1;
  return parts.flatMap((part, place): Phrase => {
    if (place % 2 === 0) return part === '' ? [] : [part];
    return paired || place < parts.length - 1 ? [code(part)] : [`\`${part}`];
  });
}

/** The same phrase with its texts changed, words as well as quotations. */
export function mapTexts(phrase: Phrase, change: (text: string) => string): Phrase {
  return phrase.map((piece): Piece => {
    if (typeof piece === 'string') return change(piece);
    if ('text' in piece) return { ...piece, text: change(piece.text) };
    if (piece.mark !== 'brief') return piece;
    return brief(mapTexts(piece.whole, change), mapTexts(piece.brief, change));
  });
}

/** How a language of markup, or none, writes each kind of piece. */
export interface PhraseWriter {
  readonly medium: Medium;
  words(text: string): string;
  code(text: string, location?: SourceLocation): string;
  name(text: string, location?: SourceLocation): string;
  strong(text: string): string;
  faint(text: string): string;
  bar(share: number): string;
}

/** Writes a phrase. Words that meet are written as one text, since what escapes them looks at their neighbors. */
export function writePhrase(phrase: Phrase, writer: PhraseWriter): string {
  let written = '';
  let words = '';
  const flush = (): void => {
    if (words !== '') written += writer.words(words);
    words = '';
  };
  const write = (piece: Piece): void => {
    if (typeof piece === 'string') {
      words += piece;
    } else if (piece.mark === 'brief') {
      for (const each of writer.medium === 'page' ? piece.whole : piece.brief) write(each);
    } else {
      flush();
      if (piece.mark === 'sign') written += writer.medium === 'page' ? piece.sign : '';
      else if (piece.mark === 'bar') written += writer.bar(piece.share);
      else written += writer[piece.mark](piece.text, piece.location);
    }
  };
  for (const piece of phrase) write(piece);
  flush();
  return written;
}
