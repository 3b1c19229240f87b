import { VarveError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/near-names.ts';
import type { Store } from '../../../core/store/store.ts';
import { parseKind } from '../../../core/words/names.ts';

/** A kind that the store has items of: an empty list would hide that a kind is misspelled. */
export async function findKind({ surface, location }: Store, tenant: string, text: string): Promise<string> {
  const kind = parseKind(text);
  const kinds = await surface.kinds(tenant);
  if (kinds.includes(kind)) return kind;
  throw new VarveError('not-in-store', `${location} has no items of the kind ${kind}`, {
    object: kind,
    hint: didYouMean(kind, kinds) ?? (kinds.length === 0 ? 'it has no items' : `it has ${kinds.join(', ')}`),
  });
}
