import type { StartProgress } from '../../../flows/image/read-layers.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import { startProgress } from '../terminal/progress-bar.ts';
import type { CommandOutput } from './command.ts';

/** A progress bar on stderr, when that is a terminal. */
export function progressOn({ stderr, environment }: CommandOutput): StartProgress {
  const { palette } = describeTerminal(stderr, environment);
  return (plan) => startProgress(stderr, { ...plan, palette, now: () => performance.now() });
}
