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
