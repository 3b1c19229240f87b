import { visible } from './visible.ts';

/**
 * Text that means nothing to a terminal nor to the log reader of a CI system.
 * GitHub runs `::command::` at the start of a line and `##[command]` anywhere in it, Azure Pipelines `##vso[…]`.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function escapeTerminal(text: string): string {
  return visible(text)
    .replaceAll(/(?<=^|\s)::/g, '\\x3a:')
    .replaceAll(/##(?=\w*\[)/g, '#\\x23');
}
