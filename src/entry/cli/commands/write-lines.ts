import { once } from 'node:events';
import type { TextStream } from './command.ts';

const BATCH = 64 * 1024;

/** Writes lines as fast as the reader takes them; a million of them are never all in memory. */
export async function writeLines(
  stream: TextStream,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let batch = '';
  for await (const line of lines) {
    batch += `${line}\n`;
    if (batch.length < BATCH) continue;
    if (!stream.write(batch)) await once(stream, 'drain');
    batch = '';
  }
  if (batch !== '') stream.write(batch);
}

/** Applies a function to each item as it comes. */
export async function* mapEach<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  apply: (item: T) => R,
): AsyncGenerator<R> {
  for await (const item of items) yield apply(item);
}
