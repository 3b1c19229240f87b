import { VarveError } from '../../../base/errors.ts';
import { limitExceeded } from '../../../base/limits.ts';
import { withinTime } from '../../http/deadlines.ts';
import { answersTooSlowly } from '../../http/http-faults.ts';
import { redactUrl, resolveLocation } from '../../http/locations.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { type FetchedDocument, fetchWhole, type WantedDocument } from './fetch-whole.ts';

/** No list is given in more pages than this. */
const MOST_PAGES = 1000;

const VALUE = '(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>[^\\s";,]*))';
const PARAMETER = `\\s*;\\s*(?<name>[^\\s=;,<>"]+)(?:\\s*=\\s*${VALUE})?`;
const LINK = new RegExp(`\\s*<(?<target>[^>]*)>(?<parameters>(?:${unnamed(PARAMETER)})*)\\s*(?:,|$)`, 'y');
const LONGEST_HEADER = 16 * 1024;

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
  const late = () => answersTooSlowly(first, requests.serviceAt(first));
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
      url = followLink(requests, next, url);
    }
    throw brokenList(wanted.object, 'has no end');
  });
}

/** A list goes on where it began: another server is not asked, least of all with credentials. */
function followLink(requests: RepositoryRequests, link: string, from: URL): URL {
  const url = resolveLocation(link, from, requests.serviceAt(from));
  if (url.origin === from.origin) return url;
  const object = redactUrl(from);
  throw new VarveError('denied', `${object} continues its list on another server, ${redactUrl(url)}`, {
    object,
  });
}

function brokenList(object: string, what: string): VarveError {
  return new VarveError('malformed', `${object} ${what}`, { object });
}

/**
 * Where the next page is, as the values of `Link` say; null when this is the last.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function findNextPage(values: readonly string[]): string | null {
  for (const value of values) {
    const text = value.slice(0, LONGEST_HEADER);
    LINK.lastIndex = 0;
    for (;;) {
      const groups = LINK.exec(text)?.groups;
      if (groups === undefined) break;
      if (isNext(groups.parameters ?? '')) return groups.target ?? null;
    }
  }
  return null;
}

function isNext(parameters: string): boolean {
  for (const { groups } of parameters.matchAll(new RegExp(PARAMETER, 'g'))) {
    const { name = '', quoted, plain } = groups ?? {};
    if (name.toLowerCase() !== 'rel') continue;
    const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/);
    // Of several only the first counts.
    return relations.includes('next');
  }
  return false;
}

function unnamed(pattern: string): string {
  return pattern.replaceAll(/\?<\w+>/g, '?:');
}
