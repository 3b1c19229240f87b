import type { StartProgress } from '../../../flows/image/read-layers.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import { startProgress } from '../terminal/progress-bar.ts';
import type { Call } from './command.ts';

/** A progress bar on stderr, when that is a terminal. */
export function progressOn({ output: { stderr }, host }: Pick<Call, 'output' | 'host'>): StartProgress {
  const { palette } = describeTerminal(stderr, host.environment);
  return (plan) => startProgress(stderr, { ...plan, palette, now: () => performance.now() });
}
