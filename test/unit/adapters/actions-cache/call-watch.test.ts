import { describe, expect, it } from 'vitest';
import { CacheBudget, CallWatch } from '../../../../src/adapters/actions-cache/call-watch.ts';

/** What the library logs on its way, in both versions of the service. */
const RESTORE = ['::debug::Cache service version: v2', '::debug::Resolved Keys:'];
const HIT = ['Cache hit for: k', '::debug::Starting download of archive to: /tmp/cache.tgz'];
const SAVE = ['::debug::File Size: 5242880', '::debug::Reserving Cache'];

function watching(...lines: string[]): CallWatch {
  const watch = new CallWatch();
  for (const line of lines) watch.read(line);
  return watch;
}

describe('the wait for a service', () => {
  it.each([
    ['that is asked for an entry', RESTORE],
    ['that is asked to take one', SAVE],
    ['that is asked to close one', [...SAVE, '::debug::[Request] FinalizeCacheEntryUpload https://x']],
  ])('%s is short', (_, lines) => {
    expect(watching(...lines).patience).toBe(5_000);
  });

  it('grows with what is sent, and never beyond a minute', () => {
    const sending = '::debug::Attempting to upload cache located at: /tmp/cache.tgz';
    expect(watching(...SAVE, sending).patience).toBe(15_000);
    expect(watching('::debug::File Size: 999999999', sending).patience).toBe(60_000);
  });

  it('is long for what is done here', () => {
    expect(watching().patience).toBe(60_000);
    expect(watching(...RESTORE, ...HIT, 'Cache Size: ~5 MB (5242880 B)').patience).toBe(60_000);
  });

  it('starts over with each phase, and as long as something arrives', () => {
    const watch = watching(...RESTORE);
    expect(HIT.map((line) => watch.read(line))).toEqual([false, true]);
    const received = ['Received 0 of 9 (0.0%)', 'Received 5 of 9 (0.5%)', 'Received 5 of 9 (0.5%)'];
    expect(received.map((line) => watch.read(line))).toEqual([true, true, false]);
    expect(watch.reason).toBe('no answer came within 8 seconds');
  });

  it('is shorter where other waits went before, of this call or another, but not for what the bytes take', () => {
    const budget = new CacheBudget();
    const restore = new CallWatch(undefined, budget);
    for (const line of RESTORE) restore.read(line, 60_000);
    restore.read('::debug::Starting download of archive to: x', 4_500);
    expect([restore.patience, restore.reason]).toEqual([4_000, 'no answer came within 4 seconds']);
    restore.read('Cache Size: ~5 MB (5242880 B)', 500);
    const save = new CallWatch(undefined, budget);
    for (const line of SAVE) save.read(line, 60_000);
    expect(save.patience).toBe(3_500);
    save.read('::debug::Attempting to upload cache located at: /tmp/cache.tgz', 1_000);
    expect(save.patience).toBe(12_500);
    save.read('::debug::[Request] FinalizeCacheEntryUpload https://x', 9_000);
    expect(save.patience).toBe(2_500);
    save.end(5_000);
    expect(budget.left).toBe(0);
  });

  it('is over when the service has failed twice', () => {
    const failure = (attempt: number, problem: string) =>
      `Attempt ${attempt} of 5 failed with error: ${problem}. Retrying request in 3000 ms...`;
    const watch = watching(...RESTORE, failure(1, 'Failed request: (503) Busy'));
    expect(watch.isLost).toBe(false);
    expect(watch.reason).toBe('Failed request: (503) Busy');
    expect(watch.read(failure(2, 'socket hang up'))).toBe(false);
    expect(watch.isLost).toBe(true);
    expect(watch.reason).toBe('socket hang up');
  });
});
