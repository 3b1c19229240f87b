import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { parseKey } from '../../../core/surface/keys.ts';
import { parseSurfaceUri } from '../../../core/surface/uris.ts';
import { parseDigestPrefix } from '../../../core/words/digest-prefix.ts';
import { completeItem, findItem as findItemByPrefix } from '../../../flows/look/find-by-prefix.ts';
import { findKind } from './find-kind.ts';

/**
 * Takes a `cas://` URI, `KIND@DIGEST`, or a digest alone; of a digest its beginning.
 * @throws VarveError `bad-reference`; `not-in-store` where nothing begins so.
 */
export async function findItem(store: Store, text: string, tenant: string): Promise<ItemKey> {
  if (text.startsWith('cas://')) return parseSurfaceUri(text).key;
  const at = text.indexOf('@');
  const prefix = parseDigestPrefix(text.slice(at + 1));
  if (at < 0 && prefix !== null) {
    const found = (await findItemByPrefix(store, tenant, prefix)) ?? absent(store, text);
    return parseKey({ tenant, ...found });
  }
  if (at > 0 && prefix !== null) {
    const kind = await findKind(store, tenant, text.slice(0, at));
    const digest = (await completeItem(store, tenant, kind, prefix)) ?? absent(store, text);
    return parseKey({ tenant, kind, digest });
  }
  throw new VarveError('bad-reference', `${JSON.stringify(text.slice(0, 200))} is not an item`, {
    object: text.slice(0, 200),
    hint: 'write a cas:// URI, KIND@DIGEST such as image.snapshot@sha256:6a193d, or at least 4 digits of the digest',
  });
}

/** @throws VarveError `not-in-store`. */
export function absent({ location }: Store, text: string): never {
  throw new VarveError('not-in-store', `${location} has no ${text}`, {
    object: text,
    hint: 'varve surface list shows what there is',
  });
}
