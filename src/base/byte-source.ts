/**
 * Bytes in chunks, from a file (synchronous) or from elsewhere (asynchronous); `for await` reads both.
 * A chunk is done with once the next is asked for: its memory may be used again.
 */
export type ByteSource = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Steps, called with each chunk and at the end, that make chunks out of chunks. */
export interface ChunkTransform {
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  end(): Iterable<Uint8Array>;
  /** Called once when the reading is over, whether it came to the end or not. */
  close(): void;
}

/** What a transform makes of a source: synchronous when the source is. */
export function transformed(source: ByteSource, transform: ChunkTransform): ByteSource {
  return Symbol.iterator in source ? transformedNow(source, transform) : transformedLater(source, transform);
}

function* transformedNow(source: Iterable<Uint8Array>, transform: ChunkTransform): Generator<Uint8Array> {
  try {
    for (const chunk of source) yield* transform.push(chunk);
    yield* transform.end();
  } finally {
    transform.close();
  }
}

async function* transformedLater(
  source: AsyncIterable<Uint8Array>,
  transform: ChunkTransform,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) yield* transform.push(chunk);
    yield* transform.end();
  } finally {
    transform.close();
  }
}
