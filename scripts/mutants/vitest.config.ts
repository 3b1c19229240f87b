import { defineConfig } from 'vitest/config';

/** The tests that mutants must meet: those of what is mutated, in one process. */
export default defineConfig({
  test: { include: ['test/unit/{core,base}/**/*.test.ts'], isolate: false, testTimeout: 60_000 },
});
