import type { Analyzer } from '../analysis/analyzer.ts';
import { keyText } from '../analysis/analyzer-key.ts';
import type { FragmentRecord } from '../analysis/fragment.ts';
import { readSound } from '../surface/damage.ts';
import type { ItemKey, PayloadFormat } from '../surface/item.ts';
import { formatOf } from '../surface/item-manifest.ts';
import { readPayload } from '../surface/read-payload.ts';
import type { OnDamage, SurfaceStore } from '../surface/surface-store.ts';
import { malformed } from '../words/stored-json.ts';
import type { Examine } from './examine.ts';
import type { LayerRecord } from './layer-records.ts';

const NEWLINE = 0x0a;

/** A fragment that a store has. */
export interface KnownFragment extends FragmentRecord {
  readonly format: PayloadFormat;
  /** Length in bytes of the uncompressed payload. */
  readonly sizeBytes: number;
}

/**
 * The fragments of a record that some analyzers made, as far as the store still has them. Those that are damaged or of
 * something else are left out and reported.
 * @param examine how fragments of a kind are looked into, if at all.
 */
export async function findFragments(
  store: { readonly surface: SurfaceStore; readonly tenant: string },
  { fragments }: LayerRecord,
  analyzers: readonly Pick<Analyzer, 'key'>[],
  examine: (kind: string) => Examine | undefined,
  onDamage: OnDamage,
): Promise<readonly KnownFragment[]> {
  const keys = new Set(analyzers.map(({ key }) => keyText(key)));
  const candidates = fragments.filter((fragment) => keys.has(keyText(fragment)));
  const found = await Promise.all(
    candidates.map((fragment) =>
      readSound(`${fragment.kind} ${fragment.digest}`, onDamage, () =>
        findFragment(store, fragment, examine(fragment.kind)),
      ),
    ),
  );
  return found.filter((fragment) => fragment !== null);
}

async function findFragment(
  { surface, tenant }: { readonly surface: SurfaceStore; readonly tenant: string },
  fragment: FragmentRecord,
  examine: Examine | undefined,
): Promise<KnownFragment | null> {
  const key = { tenant, kind: fragment.kind, digest: fragment.digest };
  const manifest = await surface.getManifest(key);
  if (manifest === null) return null;
  const format = formatOf(manifest);
  if (examine !== undefined) {
    const object = `${key.kind} ${key.digest}`;
    const head = await readHead(surface, key, format, object);
    if (head === null) return null;
    examine(head, object);
  }
  return { ...fragment, format, sizeBytes: manifest.storage.sizeBytes };
}

/** The head of a stored payload, not verified; usually only that is read. */
async function readHead(
  surface: SurfaceStore,
  key: ItemKey,
  format: PayloadFormat,
  object: string,
): Promise<Uint8Array | null> {
  const first = format === 'ndjson' ? await surface.getPayloadHead(key) : null;
  const bytes = first?.includes(NEWLINE) ? first : await readPayload(surface, key);
  return bytes && headOf(bytes, format, object);
}

/**
 * What of a payload analyzers examine: the first line of NDJSON, the whole of JSON.
 * @throws VarveError `malformed`, naming the object, for NDJSON whose first line has no end.
 */
export function headOf(payload: Uint8Array, format: PayloadFormat, object: string): Uint8Array {
  if (format === 'json') return payload;
  const end = payload.indexOf(NEWLINE);
  if (end === -1) throw malformed(object, 'does not end with a newline');
  return payload.subarray(0, end);
}
