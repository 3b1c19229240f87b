import { describe, expect, it } from 'vitest';
import { findHit, findReason } from '../../../../src/adapters/actions-cache/read-log.ts';

describe('the reason that the cache gives', () => {
  it.each([
    ['::warning::Failed to save: Unable to finalize cache with key k', 'Unable to finalize cache with key k'],
    ['::error::Failed to restore: Received 503%0Athe network may be at fault', 'Received 503'],
    ['Failed to save: Unable to reserve cache with key k', 'Unable to reserve cache with key k'],
    [
      "Cache save skipped: the effective cache-mode 'read' does not permit writes.",
      "Cache save skipped: the effective cache-mode 'read' does not permit writes.",
    ],
  ])('is read out of %s', (log, reason) => {
    expect(findReason(`Cache Size: ~5 MB (5242880 B)\n${log}\n`)).toBe(reason);
  });

  it('is the first one, where the library guesses at another', () => {
    const log = `::debug::Failed to reserve cache: Error: Failed to CreateCacheEntry: 100%25 busy
Failed to save: Unable to reserve cache with key k, another job may be creating this cache.
`;
    expect(findReason(log)).toBe('Failed to CreateCacheEntry: 100% busy');
  });

  it('gives no signed address away', () => {
    const log = '::warning::Failed to restore: GET https://blobs.example/c/7?sig=secret&se=9 gave 403\n';
    expect(findReason(log)).toBe('GET https://blobs.example/c/7 gave 403');
  });

  it('is the last of several', () => {
    expect(findReason('::warning::Cache reservation failed: no\nFailed to save: another job\n')).toBe(
      'another job',
    );
  });

  it('is none where nothing went wrong', () => {
    const log = '::add-mask::abc\n[command]/usr/bin/tar --posix\nCache Size: ~0 MB\nSent 1 of 1 (100.0%)\n';
    expect(findReason(log)).toBeNull();
  });
});

describe('the entry that was found', () => {
  it.each([
    ['Cache hit for: varve-v1-a\nCache Size: ~0 MB', 'varve-v1-a'],
    ['::debug::x\nCache hit for restore-key: varve-v1-b\n', 'varve-v1-b'],
    ['::warning::Failed to restore: Cache hit for: x y', null],
  ])('is named in %s', (log, key) => {
    expect(findHit(log)).toBe(key);
  });
});
