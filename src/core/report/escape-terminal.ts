import { visible } from './visible.ts';

/**
 * Text that means nothing to a terminal nor to the log reader of a CI system.
 * GitHub runs `::command::` at the start of a line and `##[command]` anywhere in it, Azure Pipelines `##vso[…]`.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function escapeTerminal(text: string): string {
  return defuseCommands(visible(text).replaceAll(/(?<=^|\s)::/g, '\\x3a:'));
}

const COMMAND = /##(?=\w*\[)/g;

/** Text in which the log reader finds no `##[command]`. */
export const defuseCommands = (text: string): string => text.replaceAll(COMMAND, '#\\x23');

/** In the bytes of JSON: `##`, DEL and C1 controls, line separators, and what turns the direction of writing. */
const UNSAFE_BYTES = /##|\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]/g;
const PIECE = 1024 * 1024;
const HASH = 0x23;

/** The same JSON, in which neither the log reader finds a command nor a terminal one of its own. */
export const defuseJson = (json: string): string => defuseJsonBytes(Buffer.from(json)).toString('utf8');

/** The same of JSON that may be too long for one text. */
export function defuseJsonBytes(json: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let from = 0; from < json.length; ) {
    let to = from + PIECE;
    while (isWithin(json[to])) to++;
    const piece = json.toString('latin1', from, to).replaceAll(UNSAFE_BYTES, escapeBytes);
    pieces.push(Buffer.from(piece, 'latin1'));
    from = to;
  }
  return Buffer.concat(pieces);
}

/** Whether a byte may go on what begins before it. */
const isWithin = (byte: number | undefined): boolean =>
  byte !== undefined && (byte === HASH || (byte & 0xc0) === 0x80);

function escapeBytes(bytes: string): string {
  if (bytes === '##') return '#\\u0023';
  const code = Buffer.from(bytes, 'latin1').toString('utf8').charCodeAt(0);
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
