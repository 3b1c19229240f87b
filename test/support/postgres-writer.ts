/**
 * A process of its own that saves runs to a database, for tests to race and to kill.
 * Arguments: URL, first number, count. It prints the number of each run once all of it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { numberedRun, saveRun } from './numbered-runs.ts';
import { openPostgresStore } from './open-postgres-store.ts';

const [url = '', first = '0', count = '1'] = process.argv.slice(2);

await using store = await openPostgresStore(url);
for (let number = Number(first); number < Number(first) + Number(count); number++) {
  await saveRun(store, numberedRun(number));
  writeSync(1, `${number}\n`);
}
