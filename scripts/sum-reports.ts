/** Sums the JSON reports of several test runs into one line; a run without a report counts as a failure. */
import { readFile } from 'node:fs/promises';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(await readFile(file, 'utf8'));
    passed += report.numPassedTests;
    // A file that could not even be loaded counts no test of its own.
    failed += report.numFailedTests || report.numFailedTestSuites;
  } catch {
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
