import { escapeTerminal } from './escape-terminal.ts';
import { type Phrase, type PhraseWriter, writePhrase } from './phrase.ts';
import { displayName } from './visible.ts';

const LONGEST = 200;

/**
 * A phrase in plain text that means nothing to a terminal nor to the log reader of a CI system.
 * @param longest UTF-16 units of a quoted text.
 */
export function plainText(phrase: Phrase, longest = LONGEST): string {
  // Escaped as a whole: what a log reader obeys may begin in one piece and end in the next.
  return escapeTerminal(writePhrase(phrase, plainWriter(longest)));
}

/** What writes phrases bare, not yet escaped. @param bar draws a bar. */
export function plainWriter(longest: number, bar: (share: number) => string = () => ''): PhraseWriter {
  const cut = (text: string): string => displayName(text, longest);
  return {
    medium: 'terminal',
    words: (text) => text,
    code: (text) => `\`${cut(text.replaceAll('`', "'"))}\``,
    name: cut,
    strong: (text) => text,
    faint: (text) => text,
    bar,
  };
}
