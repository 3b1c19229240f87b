import { VarveError } from '../../src/base/errors.ts';
import type { PackFile, PackReader } from '../../src/core/pack/pack.ts';

/** Reads a pack from memory, as its files are at the time. */
export function readerOf(files: Iterable<PackFile>): PackReader {
  const byName = new Map([...files].map(({ name, bytes }) => [name, bytes]));
  return {
    async read(name, maxBytes) {
      const bytes = byName.get(name) ?? null;
      if (bytes === null || bytes.length <= maxBytes) return bytes;
      throw new VarveError('limit-exceeded', `${name} is too large`, { object: name });
    },
  };
}
