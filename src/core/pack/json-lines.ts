import { gzipSync } from 'node:zlib';
import { canonicalJson } from '../../base/canonical-json.ts';
import { decode } from '../../base/compression/decode.ts';
import { DEFAULT_LIMITS, type Limits, limitExceeded } from '../../base/limits.ts';

/** Canonical JSON values, one a line, compressed with gzip. The same values give the same bytes. */
export function packLines(values: readonly unknown[]): Uint8Array {
  return gzipSync(values.map((value) => `${canonicalJson(value)}\n`).join(''));
}

/**
 * The lines of a file that `packLines` made.
 * @param object names the file in errors.
 * @throws VarveError `malformed`, `truncated`; `limit-exceeded` over `limits.jsonBytes` of uncompressed text.
 */
export async function unpackLines(
  bytes: Uint8Array,
  object: string,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Uint8Array[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of decode([bytes], { format: 'gzip', object })) {
    length += chunk.length;
    if (length > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, object);
    chunks.push(Buffer.from(chunk));
  }
  return splitLines(Buffer.concat(chunks));
}

function splitLines(text: Buffer): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const stop = end < 0 ? text.length : end;
    lines.push(text.subarray(at, stop));
    at = stop + 1;
  }
  return lines;
}
