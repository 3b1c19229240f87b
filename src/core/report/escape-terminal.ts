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

/** The same JSON, in which the log reader finds none either. */
export const defuseJson = (json: string): string => json.replaceAll('##', '#\\u0023');

/** The same of JSON that may be too long for one text. */
export function defuseJsonBytes(json: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = json.indexOf('##'); at !== -1; at = json.indexOf('##', from)) {
    pieces.push(json.subarray(from, at), Buffer.from(defuseJson('##')));
    from = at + 2;
  }
  return pieces.length === 0 ? json : Buffer.concat([...pieces, json.subarray(from)]);
}
