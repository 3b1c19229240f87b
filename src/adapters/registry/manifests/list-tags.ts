import * as v from 'valibot';
import type { Limits } from '../../../base/limits.ts';
import { parseStrictJson } from '../../../base/strict-json.ts';
import { parseShape } from '../../../core/image/raw-document.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { fetchWhole } from './fetch-whole.ts';
import { readPages } from './read-pages.ts';

/** As many tags as are asked for at once. */
const PAGE_LENGTH = 1000;

const TagsSchema = v.object({ tags: v.nullish(v.array(v.string()), []) });

/**
 * The tags of a repository, each once, in the registry's order; none when there is no such repository.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 */
export async function listTags(
  requests: RepositoryRequests,
  limits: Limits,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const first = firstPage(requests);
  const found = new Set<string>();
  await readPages(requests, { ...first, limits, signal }, ({ bytes }) => {
    const tags = parseTags(bytes, first.object);
    const before = found.size;
    for (const tag of tags) found.add(tag);
    // A full page may have a next one that is not linked.
    const last = tags.length === PAGE_LENGTH && found.size > before ? tags.at(-1) : undefined;
    return last === undefined ? null : `?n=${PAGE_LENGTH}&last=${encodeURIComponent(last)}`;
  });
  return [...found];
}

/**
 * The tags on the first page, for callers that do not need all of them; none when there is no such repository.
 * @throws VarveError as `listTags` does.
 */
export async function listFirstTags(
  requests: RepositoryRequests,
  limits: Limits,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const first = firstPage(requests);
  const page = await fetchWhole(requests, { ...first, limits, signal });
  return page === null ? [] : parseTags(page.bytes, first.object);
}

const firstPage = ({ name }: RepositoryRequests) => ({
  to: `tags/list?n=${PAGE_LENGTH}`,
  object: `${name}: the list of tags`,
});

const parseTags = (bytes: Uint8Array, object: string): readonly string[] =>
  parseShape(TagsSchema, parseStrictJson(bytes, object), object).tags ?? [];
