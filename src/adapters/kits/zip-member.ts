import { Unzip, UnzipInflate } from 'fflate';
import type { ByteSource } from '../../base/byte-source.ts';
import { VarveError } from '../../base/errors.ts';
import { kitNotFound } from './kit-fault.ts';

/** Bytes that are inflated at a time: they become a thousand times as many at most. */
const PIECE = 16 * 1024;

/**
 * The bytes of the tar in a zip, in which CI systems wrap what they keep of a job. They are not verified: a kit does that
 * itself.
 * @param location names the zip in errors.
 * @throws VarveError `kit-not-found` where there is no tar; `malformed` for a zip that is damaged.
 */
export async function* readTarInZip(zip: ByteSource, location: string): AsyncGenerator<Uint8Array> {
  const inflated: Uint8Array[] = [];
  let found: string | null = null;
  let isWhole = false;
  const reader = new Unzip((file) => {
    if (found !== null || !/\.(?:tar|tar\.zst|tzst)$/.test(file.name)) return;
    found = file.name;
    file.ondata = (fault, bytes, isLast) => {
      if (fault !== null) throw fault;
      inflated.push(bytes);
      isWhole = isLast;
    };
    file.start();
  });
  reader.register(UnzipInflate);
  const push = (bytes: Uint8Array, isLast: boolean): void => {
    try {
      reader.push(bytes, isLast);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new VarveError('malformed', `${location} is a damaged zip: ${reason}`, {
        object: location,
        cause,
      });
    }
  };
  for await (const chunk of zip) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      // The chunk will be written over, and the reader keeps what is not yet whole.
      push(Uint8Array.from(chunk.subarray(at, at + PIECE)), false);
      yield* inflated.splice(0);
      if (isWhole) return;
    }
  }
  push(new Uint8Array(0), true);
  yield* inflated.splice(0);
  if (found === null) throw kitNotFound(location, 'is a zip without kit.tar or kit.tar.zst in it');
  if (!isWhole) throw new VarveError('truncated', `${location} ends within ${found}`, { object: location });
}
