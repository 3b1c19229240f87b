import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of its own for a test file, removed when its tests are done. Gives a new path in it each time. */
export function temporaryFolder(): (name?: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'varve-test-'));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return (name = 'it') => join(root, `${++count}-${name}`);
}
