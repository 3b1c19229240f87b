import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { scratchFolder } from './test/support/scratch-folder.ts';

/** Minutes, so that only a test that hangs ever meets it: how fast a machine is decides no verdict. */
const SAFETY_NET = 5 * 60_000;

/** Where Node keeps what it compiles of sources, which many threads and processes of tests run. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, 'node_modules/.cache/node');

const project = (name: string, include: string[], timeout = SAFETY_NET, TMPDIR = scratchFolder()) => ({
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    isolate: false,
    env: { TMPDIR, NODE_COMPILE_CACHE },
  },
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
