import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, hexOf } from '../../base/digest.ts';
import type { ItemKey } from '../surface/item.ts';
import { KindSchema, TenantSchema } from '../words/schemas.ts';
import { parseStored } from '../words/stored-json.ts';

export const RECEIPT_SCHEMA = 'varve.receipt@1';

/** Bytes of a receipt at most: some six hundred thousand digests. */
export const RECEIPT_BYTES = 64 * 1024 * 1024;
const RECEIPT_VALUES = 2_000_000;

const HexSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'));

/** What a store has, sound. By it, the sender of a kit knows what need not be sent. */
export const ReceiptSchema = v.strictObject({
  schema: v.literal(RECEIPT_SCHEMA),
  tenants: v.record(
    TenantSchema,
    v.strictObject({
      /** Digests of payloads by kind; those of surface manifests under `image.surface`. Sorted. */
      items: v.record(KindSchema, v.array(HexSchema)),
      /** Digests of history entries, sorted. */
      history: v.array(HexSchema),
    }),
  ),
});

export type Receipt = v.InferOutput<typeof ReceiptSchema>;

/** Gathers what a store has. */
export class ReceiptBuilder {
  readonly #tenants = new Map<string, { items: Map<string, string[]>; history: string[] }>();

  addItem({ tenant, kind, digest }: ItemKey): void {
    const { items } = this.#of(tenant);
    const digests = items.get(kind) ?? [];
    digests.push(hexOf(digest));
    items.set(kind, digests);
  }

  /** @param digest of the entry's bytes. */
  addEntry(tenant: string, digest: Digest): void {
    this.#of(tenant).history.push(hexOf(digest));
  }

  build(): Receipt {
    const tenants = [...this.#tenants].map(([tenant, { items, history }]) => {
      const sorted = [...items].map(([kind, digests]) => [kind, digests.toSorted()] as const);
      return [tenant, { items: Object.fromEntries(sorted), history: history.toSorted() }] as const;
    });
    return { schema: RECEIPT_SCHEMA, tenants: Object.fromEntries(tenants) };
  }

  #of(tenant: string) {
    const known = this.#tenants.get(tenant) ?? { items: new Map<string, string[]>(), history: [] };
    this.#tenants.set(tenant, known);
    return known;
  }
}

export const receiptBytes = (receipt: Receipt): Buffer => canonicalBytes(receipt);

/** @param object names it in errors. @throws VarveError `malformed`, `limit-exceeded`. */
export function parseReceipt(bytes: Uint8Array, object: string): Receipt {
  // Printed, it ends in a line break, of one kind or the other.
  const end = bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d) + 1;
  return parseStored(
    ReceiptSchema,
    bytes.subarray(0, end),
    object,
    { jsonBytes: RECEIPT_BYTES },
    RECEIPT_VALUES,
  );
}

/** What is there already, for questions. */
export class Received {
  readonly #known = new Set<string>();

  /** @param receipt null where nothing is known: all is sent then. */
  constructor(receipt: Receipt | null) {
    for (const [tenant, { items, history }] of Object.entries(receipt?.tenants ?? {})) {
      for (const [kind, digests] of Object.entries(items))
        for (const hex of digests) this.#known.add(`${tenant}/${kind}/${hex}`);
      for (const hex of history) this.#known.add(`${tenant}//${hex}`);
    }
  }

  hasItem({ tenant, kind, digest }: ItemKey): boolean {
    return this.#known.has(`${tenant}/${kind}/${hexOf(digest)}`);
  }

  hasEntry(tenant: string, digest: Digest): boolean {
    return this.#known.has(`${tenant}//${hexOf(digest)}`);
  }
}
