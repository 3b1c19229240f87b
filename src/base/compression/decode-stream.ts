import type { ByteSource } from '../byte-source.ts';
import { type DecodeOptions, decode } from './decode.ts';
import type { CompressionFormat } from './format.ts';
import { createNativeDecoder } from './native-decoder.ts';

/** Being replaced by `decode` (decode.ts), which gives the decoded chunks to a `for await`: use that. */
export async function decodeStream(
  source: ByteSource,
  sink: (chunk: Uint8Array) => void,
  options: DecodeOptions,
): Promise<CompressionFormat> {
  let found: CompressionFormat = 'none';
  const onFormat = (format: CompressionFormat) => {
    found = format;
  };
  for await (const chunk of decode(source, { ...options, onFormat })) sink(chunk);
  return found;
}

/** Being replaced by `decode` (decode.ts): use that. */
export function createDecoder(
  { format, sink, object }: { format: CompressionFormat; sink: (chunk: Uint8Array) => void; object: string },
  _engine: 'auto' | 'native',
) {
  const decoder = createNativeDecoder(format, object);
  return {
    push(bytes: Uint8Array): void {
      for (const chunk of decoder.push(bytes)) sink(chunk);
    },
    end(): void {
      for (const chunk of decoder.end()) sink(chunk);
    },
    close: () => decoder.close(),
  };
}
