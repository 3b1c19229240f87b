import type { Palette } from '../../../core/report/text/palette.ts';
import { choosePalette } from './choose-palette.ts';
import { terminalWidth } from './terminal-width.ts';

/** How text is laid out and coloured on a stream. */
export function describeTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): { readonly width: number; readonly palette: Palette } {
  return {
    width: terminalWidth(stream, environment),
    palette: choosePalette(environment, stream.isTTY === true),
  };
}
