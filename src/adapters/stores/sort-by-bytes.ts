/** Sorts by the bytes of texts in UTF-8. UTF-16, which strings are compared by, has another order. */
export function sortByBytes<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = items.map((item) => [bytesAsText(textOf(item)), item] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** A text that has one character for each byte. */
function bytesAsText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}
