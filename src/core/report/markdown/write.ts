import type { SourceLocation } from '../../image/source-location.ts';
import { drawBar } from '../draw-bar.ts';
import { type Phrase, type PhraseWriter, writePhrase } from '../phrase.ts';
import { displayName } from '../visible.ts';
import { code, htmlCode, plain } from './escape.ts';
import { linkTo, type SourceTree } from './source-tree.ts';

const BAR_WIDTH = 10;

/**
 * @param longest UTF-16 units of a quoted text.
 * @param source where places in the build's source can be looked at; null when nowhere.
 */
export function inline(phrase: Phrase, longest: number, source: SourceTree | null = null): string {
  const quote = (text: string, location?: SourceLocation): string => {
    const quoted = code(displayName(text, longest));
    const link = location === undefined || source === null ? null : linkTo(source, location);
    return link === null ? quoted : `[${quoted}](${link})`;
  };
  return writePhrase(phrase, { ...PAGE, code: quote, name: quote });
}
/** For places that are HTML already, such as `<summary>`. */
export function inSummary(phrase: Phrase, longest: number): string {
  const quote = (text: string): string => htmlCode(displayName(text, longest));
  const strong = (text: string): string => `<b>${plain(text)}</b>`;
  return writePhrase(phrase, { ...PAGE, code: quote, name: quote, strong });
}

/** For fenced blocks, where nothing means anything; visible there. */
export function verbatim(phrase: Phrase, longest: number): string {
  const quote = (text: string): string => displayName(text, longest);
  return writePhrase(phrase, { ...PAGE, words: asIs, code: quote, name: quote, strong: asIs, faint: asIs });
}

const asIs = (text: string): string => text;

const PAGE: Omit<PhraseWriter, 'code' | 'name'> = {
  medium: 'page',
  words: plain,
  strong: (text) => `**${plain(text)}**`,
  faint: (text) => `*${plain(text)}*`,
  bar: (share) => drawBar(share, BAR_WIDTH),
};
