import { type Paint, type Palette, PLAIN } from '../../../core/report/text/palette.ts';

/** How text is laid out and colored on a stream. */
export interface Terminal {
  /** In columns. */
  readonly width: number;
  readonly palette: Palette;
}

/** What a stream and the environment say of the terminal. */
export function describeTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  return {
    width: terminalWidth(stream, environment),
    palette: choosePalette(environment, stream.isTTY === true),
  };
}

const style =
  (on: number, off: number): Paint =>
  (text) =>
    `\u001b[${on}m${text}\u001b[${off}m`;

/** The sixteen colors that every terminal has, so that a user's own theme holds. */
const ANSI: Palette = {
  strong: style(1, 22),
  muted: style(90, 39),
  good: style(32, 39),
  bad: style(31, 39),
  warning: style(33, 39),
  accent: style(36, 39),
};

/**
 * Color for terminals, plain text for everything else. FORCE_COLOR decides before NO_COLOR, as in Node.js.
 * @see https://no-color.org and https://nodejs.org/api/cli.html#force_color1-2-3
 */
export function choosePalette(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Palette {
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced === '0' || forced === 'false' ? PLAIN : ANSI;
  if ((environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb') return PLAIN;
  return isTerminal ? ANSI : PLAIN;
}

/** Columns where the output is not a terminal, and tables must end somewhere. */
const ELSEWHERE = 120;
const NARROWEST = 40;
/** Beyond this a reader loses the line. */
const WIDEST = 200;

/** The columns that text is laid out for: the terminal's, COLUMNS, or a width that suits logs. */
export function terminalWidth(
  stream: { readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const stated = Number(environment.COLUMNS);
  // A terminal that nobody gave a size has none.
  const columns = stream.columns || (Number.isSafeInteger(stated) && stated > 0 ? stated : ELSEWHERE);
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
