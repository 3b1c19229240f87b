import { tellFault, toVarveError } from '../../base/errors.ts';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';

/** Whether an entry that was restored can be the work of the author of what is compared. */
export type EntryStanding =
  | { readonly kind: 'sound' }
  /** The author may have made it. */
  | { readonly kind: 'forged'; readonly ref: string }
  | { readonly kind: 'unverified'; readonly why: string };

export interface EntryJudge {
  /** Null where nobody may be asked. */
  readonly scopes: EntryScopes | null;
  /** Refs that an author writes to; none where every entry is sound. */
  readonly strangeRefs: readonly string[];
  /** Branches whose entries are looked for. */
  readonly branches: readonly string[];
}

/**
 * Judges an entry that has been restored: GitHub prefers the one of the run's own ref, and does not tell which it gave.
 * So the key has to be one that a trusted branch has, and no strange ref.
 */
export async function judgeEntry(
  key: string,
  { scopes, strangeRefs, branches }: EntryJudge,
): Promise<EntryStanding> {
  if (strangeRefs.length === 0) return { kind: 'sound' };
  if (scopes === null) return { kind: 'unverified', why: 'no token was given to ask who saved the entry' };
  try {
    const [strange, trusted] = await Promise.all([
      Promise.all(strangeRefs.map(async (ref) => ({ ref, keys: await scopes.keysUnder(ref, key) }))),
      Promise.all(branches.map((branch) => scopes.keysUnder(`refs/heads/${branch}`, key))),
    ]);
    const forged = strange.find(({ keys }) => keys.length > 0);
    if (forged !== undefined) return { kind: 'forged', ref: forged.ref };
    if (trusted.some((keys) => keys.includes(key))) return { kind: 'sound' };
    return {
      kind: 'unverified',
      why: `none of its branches (${branches.join(', ')}) has an entry under this key`,
    };
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.isFatal) throw fault;
    return { kind: 'unverified', why: tellFault(error) };
  }
}
