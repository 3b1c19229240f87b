import { VarveError } from '../../../base/errors.ts';
import { limitExceeded } from '../../../base/limits.ts';
import { answersTooSlowly, redactUrl } from '../http/http-faults.ts';
import { resolveLocation } from '../http/resolve-location.ts';
import { withinTime } from '../http/within-time.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { type FetchedDocument, fetchWhole, type WantedDocument } from './fetch-whole.ts';
import { findNextPage } from './next-page.ts';

/** No list is given in more pages than this. */
const MOST_PAGES = 1000;

/** Takes in a page. May name another that follows, where the registry names none. */
export type TakePage = (page: FetchedDocument) => string | null;

/**
 * Reads a list that may come in pages. The limit of a document holds for all of them together.
 * @returns false when the registry lacks the list.
 * @throws VarveError `denied`, `unreachable`, `limit-exceeded`, `malformed` when there is no end; what `take` throws.
 */
export async function readPages(
  requests: RepositoryRequests,
  { to, ...wanted }: WantedDocument & { readonly to: string },
  take: TakePage,
): Promise<boolean> {
  const first = requests.locate(to);
  const late = () => answersTooSlowly(first);
  return withinTime(requests.patience.total, late, wanted.signal, async (signal) => {
    const seen = new Set<string>();
    let left = wanted.limits.jsonBytes;
    for (let url = first; seen.size < MOST_PAGES && !seen.has(url.href); ) {
      seen.add(url.href);
      const page = await fetchWhole(requests, { ...wanted, to: url, signal });
      if (page === null && url === first) return false;
      if (page === null) throw brokenList(wanted.object, 'names a page that is not there');
      left -= page.bytes.length;
      if (left < 0) throw limitExceeded('jsonBytes', wanted.limits, wanted.object);
      const own = take(page);
      const next = findNextPage([page.response.headers.link ?? []].flat()) ?? own;
      if (next === null) return true;
      url = followLink(next, url);
    }
    throw brokenList(wanted.object, 'has no end');
  });
}

/** A list goes on where it began: another server is not asked, least of all with credentials. */
function followLink(link: string, from: URL): URL {
  const url = resolveLocation(link, from);
  if (url.origin === from.origin) return url;
  const object = redactUrl(from);
  throw new VarveError('denied', `${object} has its list go on at another server, ${redactUrl(url)}`, {
    object,
  });
}

function brokenList(object: string, what: string): VarveError {
  return new VarveError('malformed', `${object} ${what}`, { object });
}
