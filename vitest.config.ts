import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], timeout = 20_000) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/architecture.test.ts']),
      project('contract', ['test/contract/**/*.test.ts']),
      project('flow', ['test/flow/**/*.test.ts'], 60_000),
      project('bundle', ['test/bundle/**/*.test.ts'], 60_000),
      project('live', ['test/live/**/*.test.ts'], 900_000),
    ],
  },
});
