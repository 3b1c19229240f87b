import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { scratchFolder } from './test/support/scratch-folder.ts';

/** Minutes, so that only a test that hangs ever meets it: how fast a machine is decides no verdict. */
const SAFETY_NET = 5 * 60_000;

const project = (name: string, include: string[], timeout = SAFETY_NET, TMPDIR = scratchFolder()) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, isolate: false, env: { TMPDIR } },
});

export default defineConfig({
  test: {
    // The default leaves one processor idle, which is every second one of two.
    maxWorkers: availableParallelism(),
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/architecture.test.ts']),
      project('contract', ['test/contract/**/*.test.ts']),
      project('flow', ['test/flow/**/*.test.ts']),
      project('bundle', ['test/bundle/**/*.test.ts']),
      project('live', ['test/live/**/*.test.ts'], 3 * SAFETY_NET, tmpdir()),
    ],
  },
});
