/**
 * The reason why the cache's library did not do what it was asked, which it only logs; null when it logged none. Where it
 * could not reserve an entry, it says in its last words that another job may be at it, whatever it was.
 */
export function findReason(log: string): string | null {
  const lines = log.split(/\r?\n/);
  const refusals = lines.flatMap((line) => /^::debug::Failed to reserve cache: (.*)$/.exec(line)?.[1] ?? []);
  const reasons = lines.flatMap((line) => {
    const warned = /^::(?:warning|error)[^:]*::(.*)$/.exec(line)?.[1];
    return (
      warned ?? /^(?:Failed to (?:save|restore)|Cache (?:save|restore) skipped): .*$/.exec(line)?.[0] ?? []
    );
  });
  const reason = refusals.at(-1) ?? reasons.at(-1);
  return reason === undefined ? null : firstLine(unescapeCommand(reason));
}

/** Advice follows on further lines. What went before a reason is the library's own way to it. */
function firstLine(reason: string): string {
  const [first = ''] = reason.split(/\r?\n/, 1);
  return withoutQueries(first.replace(/^(?:Failed to (?:save|restore): |Error: )+/, ''));
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
