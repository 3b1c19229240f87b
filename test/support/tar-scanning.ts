import { hash } from 'node:crypto';
import { VarveError } from '../../src/base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.ts';
import type { TarEntry } from '../../src/base/tar/tar-entry.ts';
import { TarScanner } from '../../src/base/tar/tar-scanner.ts';

/** An entry as a scanner told it, with its whole content. */
export interface ScannedEntry extends TarEntry {
  readonly content: Buffer;
  readonly sha256: string;
}

export interface Scanned {
  readonly entries: readonly ScannedEntry[];
  readonly scanner: TarScanner;
}

/**
 * Scans an archive that comes in chunks of the given sizes, in turn; all in one when none are given.
 * Each chunk is overwritten once it was pushed, as its owner may do.
 */
export function scanTar(
  tar: Buffer,
  chunkSizes: readonly number[] = [],
  limits: Partial<Limits> = {},
): Scanned {
  const entries: ScannedEntry[] = [];
  let parts: Buffer[] = [];
  const scanner = new TarScanner({
    object: 'the tar',
    limits: { ...DEFAULT_LIMITS, ...limits },
    handler: {
      enter() {
        parts = [];
      },
      content(bytes, start, end) {
        parts.push(Buffer.from(bytes.subarray(start, end)));
      },
      leave(entry) {
        const content = Buffer.concat(parts);
        entries.push({ ...entry, content, sha256: hash('sha256', content, 'hex') });
      },
    },
  });
  for (let at = 0, turn = 0; at < tar.length; turn++) {
    const size = chunkSizes.length === 0 ? tar.length : (chunkSizes[turn % chunkSizes.length] as number);
    const chunk = Buffer.from(tar.subarray(at, at + size));
    scanner.push(chunk);
    chunk.fill(0xaa);
    at += size;
  }
  scanner.end();
  return { entries, scanner };
}

/** What a scan that must fail says. */
export function scanFault(
  tar: Buffer,
  chunkSizes: readonly number[] = [],
  limits: Partial<Limits> = {},
): VarveError {
  try {
    scanTar(tar, chunkSizes, limits);
  } catch (fault) {
    if (fault instanceof VarveError) return fault;
    throw fault;
  }
  throw new Error('the scan did not fail');
}
