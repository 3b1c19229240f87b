/**
 * A process of its own that saves runs to a store, for tests to race and to kill.
 * Arguments: root, first number, count, and optionally the step of writing at which it kills itself.
 * It prints the number of each run once all of it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { nodeFileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { watchedOperations } from './faulty-operations.ts';
import { numberedRun, saveRun } from './numbered-runs.ts';
import { openDirectoryStore } from './open-directory-store.ts';

const [root = '', first = '0', count = '1', killAt = '-1'] = process.argv.slice(2);

const operations = watchedOperations((_operation, _path, step) => {
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}, nodeFileOperations);
const store = openDirectoryStore(root, { operations });

for (let number = Number(first); number < Number(first) + Number(count); number++) {
  await saveRun(store, numberedRun(number));
  writeSync(1, `${number}\n`);
}
