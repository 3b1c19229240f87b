import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { findPostgres } from './test/support/find-postgres.ts';
import { scratchFolder } from './test/support/scratch-folder.ts';

/** Minutes, so that only a test that hangs ever meets it: how fast a machine is decides no verdict. */
const SAFETY_NET = 5 * 60_000;

/** Where Node keeps what it compiles of sources, which many threads and processes of tests run. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, 'node_modules/.cache/node');

const POSTGRES = 'test/contract/postgres.test.ts';
const postgres = findPostgres();
if (postgres === null) console.warn(`No PostgreSQL server is on this machine: ${POSTGRES} is left out.`);

const project = (
  name: string,
  include: string[],
  more: { isolate?: boolean; timeout?: number; exclude?: string[] } = {},
) => {
  const { isolate = true, timeout = SAFETY_NET, exclude = [] } = more;
  const TMPDIR = name === 'live' ? tmpdir() : scratchFolder();
  return {
    test: {
      ...{ name, include, exclude, isolate },
      ...{ testTimeout: timeout, hookTimeout: timeout },
      env: { TMPDIR, NODE_COMPILE_CACHE },
    },
  };
};

export default defineConfig({
  test: {
    // The default leaves one processor idle, which is every second one of two.
    maxWorkers: availableParallelism(),
    projects: [
      // Many small files share what they load: loading it again for each would take as long as the tests. So each file
      // puts back what it changes in modules or the process.
      project('unit', ['test/unit/**/*.test.ts', 'test/architecture.test.ts'], { isolate: false }),
      project('contract', ['test/contract/**/*.test.ts'], { exclude: postgres === null ? [POSTGRES] : [] }),
      project('flow', ['test/flow/**/*.test.ts']),
      project('bundle', ['test/bundle/**/*.test.ts']),
      project('live', ['test/live/**/*.test.ts'], { timeout: 3 * SAFETY_NET }),
    ],
  },
});
