import { defuseCommands } from '../escape-terminal.ts';
import { visible } from '../visible.ts';

/**
 * Inline code, for paragraphs, lists and table cells.
 * Within code GitHub makes no mention, reference, link or emoji; a code span needs text without backtick, a cell text
 * without pipe, and a workflow's log, which runs `##[command]` anywhere in a line, text without that: such text is
 * written as an element with entities.
 * @see https://github.github.com/gfm/#code-spans
 */
export function code(text: string): string {
  const shown = visible(text);
  return shown === '' || /[`|]/.test(shown) || defuseCommands(shown) !== shown
    ? element(shown)
    : `\`${shown}\``;
}

/** Code for places that are HTML already, such as `<summary>`; it holds in Markdown too. */
export function htmlCode(text: string): string {
  return element(visible(text));
}

function element(shown: string): string {
  return `<code>${entities(shown)}</code>`;
}

/**
 * What could begin something inline, as entities: these never take part in Markdown's structure.
 * The comment after `@` splits what would be linked as a mail address even so.
 * @see https://github.github.com/gfm/#entity-and-numeric-character-references
 */
function entities(shown: string): string {
  return shown.replaceAll(/[\\`*_~<>[\]&"'!#@$:.|]/g, (mark) =>
    mark === '@' ? '&#64;<!-- -->' : `&#${mark.charCodeAt(0)};`,
  );
}

/**
 * A line of Markdown that begins with words: there `-`, `+` and `1.` would begin a list, `=` make a heading of the line
 * before, and blanks a block of code.
 */
export function paragraph(line: string): string {
  return line.replace(/^([-+= ]|\d+[.)])/, (start) =>
    start.replace(/.$/, (mark) => `&#${mark.charCodeAt(0)};`),
  );
}

/**
 * What could begin something in a sentence: emphasis, code, links, HTML, math, emoji, addresses. Of underscores a run
 * within a word stays: none of it can begin emphasis unless a part of it is written otherwise.
 */
const ACTIVE =
  /[\\`*~<>[\]|&!#@$]|(?<![a-z\d_])_+|(?<!_)_+(?![a-z\d_])|:(?=\S)|\.(?=\p{L})|(?<=www)\.|(?<=\bGH)-/giu;

/** Words, outside of code: a zero-width space takes the meaning from `@name`, `#123`, `GH-123` and `https://`. */
export function plain(text: string): string {
  return visible(text)
    .replaceAll(ACTIVE, (mark) => `&#${mark.charCodeAt(0)};`.repeat(mark.length))
    .replaceAll(/&#(?:35|45|64);(?=\w)|&#58;(?=\/\/)/g, '$&&#8203;');
}

/** A fenced block: its lines are shown as they are, each on one line. */
export function fence(language: 'diff' | 'text', lines: readonly string[]): string {
  const shown = lines.map((line) => defuseCommands(visible(line)));
  const runs = shown.flatMap((line) => line.match(/`+/g) ?? []);
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 2);
  const mark = '`'.repeat(longest + 1);
  return [`${mark}${language}`, ...shown, mark].join('\n');
}
