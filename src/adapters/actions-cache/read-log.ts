/**
 * The reason why the cache's library did not do what it was asked, which it only logs; null when it logged none.
 * Where it logged several, the last one says most.
 */
export function findReason(log: string): string | null {
  const reasons = log.split(/\r?\n/).flatMap((line) => {
    const warned = /^::(?:warning|error)[^:]*::(.*)$/.exec(line)?.[1];
    const told = /^(?:Failed to (?:save|restore)|Cache (?:save|restore) skipped): .*$/.exec(line)?.[0];
    const reason = warned === undefined ? told : unescapeCommand(warned);
    return reason === undefined ? [] : [withoutQueries(reason.replace(/^Failed to (?:save|restore): /, ''))];
  });
  return reasons.at(-1) ?? null;
}

/** The storage's addresses are signed behind the question mark: who has them may read or write. */
function withoutQueries(text: string): string {
  return text.replace(/(\bhttps?:\/\/[^\s?]*)\?\S*/gi, '$1');
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function unescapeCommand(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** The key of the entry that the library found; null when it found none. */
export function findHit(log: string): string | null {
  return /^Cache hit for(?: restore-key)?: (\S+)$/m.exec(log)?.[1] ?? null;
}
