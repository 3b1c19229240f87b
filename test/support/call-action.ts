import { vi } from 'vitest';
import { runAction as run } from '../../src/entry/action/run-action.ts';
import { type ActionOutcome, type ActionRun, inRunner } from './action-runner.ts';

/**
 * Runs the action in this process, whose folder, environment and output are the step's meanwhile. What a process of
 * its own would prove besides, the tests of the build do.
 */
export function callAction(action: Omit<ActionRun, 'dist' | 'main'>): Promise<ActionOutcome> {
  return inRunner(action, async (environment) => {
    const before = { folder: process.cwd(), environment: process.env };
    let [stdout, stderr] = ['', ''];
    const written = [
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
        stdout += text;
        return true;
      }),
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
        stderr += text;
        return true;
      }),
    ];
    process.chdir(action.workspace);
    process.env = environment;
    try {
      return { status: await run(environment), stdout, stderr };
    } finally {
      process.env = before.environment;
      process.chdir(before.folder);
      for (const spy of written) spy.mockRestore();
    }
  });
}
