import * as v from 'valibot';
import { canonicalBytes } from '../../../base/canonical-json.ts';
import type { Digest } from '../../../base/digest.ts';
import { readSound } from '../../../core/surface/damage.ts';
import { examineNewItems, verifiedItem } from '../../../core/surface/examine-item.ts';
import type { ItemKey, SurfaceItem } from '../../../core/surface/item.ts';
import { formatOf, parseItemManifest } from '../../../core/surface/item-manifest.ts';
import { parseKey, SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { manifestPath, payloadPath, surfaceManifestPath } from '../../../core/surface/paths.ts';
import { openPayload, openPayloadHead } from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest, surfaceManifestDigest } from '../../../core/surface/surface-manifest.ts';
import type {
  Damage,
  ListQuery,
  OrphanedPayload,
  StoredSurfaceManifest,
  SurfaceListQuery,
  SurfaceStore,
} from '../../../core/surface/surface-store.ts';
import { isKind, isTenant, parseTenant } from '../../../core/words/names.ts';
import { bytes, flag, text } from './connection/columns.ts';
import { ALL_TENANTS, type Database, type Transaction } from './connection/database.ts';
import { deleteItems } from './delete-items.ts';
import {
  DOCUMENT_COLUMN,
  itemRows,
  MANIFEST_COLUMN,
  readPayloadBeginning,
  readStoredPayload,
  storedPayloadSizes,
  surfaceManifestRows,
  withinLimit,
} from './item-rows.ts';
import { verifySurfaceRows } from './verify-surface.ts';
import { findRenewals, putItems, renewItems } from './write-items.ts';

interface FoundManifest {
  /** Null for one so large that it is damaged. */
  readonly manifest: Buffer | null;
  readonly whole: boolean;
}

/** The surface of a PostgreSQL database. A batch is a transaction; any number of processes may share the database. */
export class PostgresSurfaceStore implements SurfaceStore {
  readonly location: string;
  readonly #database: Database;

  constructor(database: Database) {
    this.location = database.location;
    this.#database = database;
  }

  async put(items: readonly SurfaceItem[]): Promise<void> {
    const byPath = await examineNewItems(items);
    if (byPath.size === 0) return;
    // Paths sort as tenant, kind and digest do.
    const sorted = [...byPath].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
    const tenants = Map.groupBy(sorted, ({ key }) => key.tenant);
    const bytes = sorted.reduce((sum, { compressed }) => sum + compressed.length, 0);
    const work = async (transaction: Transaction) => {
      for (const [tenant, group] of tenants) {
        await transaction.actAs(tenant);
        await putItems(transaction, group);
      }
    };
    await this.#database.write(sorted[0]?.key.tenant ?? '', work, bytes);
  }

  async getManifest(key: ItemKey): Promise<ItemManifest | null> {
    const path = manifestPath(key);
    const row = await this.#findManifest(key);
    if (row === null) return null;
    const manifest = parseItemManifest(withinLimit(row.manifest, path), key, path);
    return row.whole ? manifest : null;
  }

  async getItem(key: ItemKey): Promise<SurfaceItem | null> {
    const stored = await this.#read(key);
    return stored && verifiedItem(stored.manifest, stored.compressed, stored.object);
  }

  async getPayload(key: ItemKey): Promise<AsyncIterable<Uint8Array> | null> {
    const stored = await this.#read(key);
    if (stored === null) return null;
    const { manifest, compressed, object } = stored;
    return openPayload(compressed, { digest: key.digest, sizeBytes: manifest.storage.sizeBytes, object });
  }

  async getPayloadHead(key: ItemKey): Promise<Uint8Array | null> {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const beginning = await readPayloadBeginning(this.#database, key);
    return beginning && openPayloadHead(beginning, payloadPath(key, formatOf(manifest)));
  }

  async renew(
    keys: readonly ItemKey[],
    expiresAt: (key: ItemKey) => string | null,
  ): Promise<readonly ItemKey[]> {
    const byPath = new Map(keys.map((key) => [manifestPath(key), key]));
    const absent: ItemKey[] = [];
    for (const [tenant, group] of Map.groupBy(byPath.values(), ({ tenant }) => tenant)) {
      const find = (transaction: Transaction) => findRenewals(transaction, tenant, group, expiresAt);
      const { renewals, absent: before } = await this.#database.read(tenant, find);
      absent.push(...before);
      if (renewals.length === 0) continue;
      const due = renewals.map(({ key }) => key);
      absent.push(
        ...(await this.#database.write(tenant, (transaction) =>
          renewItems(transaction, tenant, due, expiresAt),
        )),
      );
    }
    return absent;
  }

  async delete(
    keys: readonly ItemKey[],
    may?: (manifest: ItemManifest) => boolean,
  ): Promise<readonly ItemKey[]> {
    const byPath = new Map(keys.map((key) => [manifestPath(key), key]));
    const deleted = new Set<ItemKey>();
    for (const [tenant, group] of Map.groupBy(byPath.values(), ({ tenant }) => tenant)) {
      const gone = await this.#database.write(tenant, (transaction) =>
        deleteItems(transaction, tenant, group, may),
      );
      for (const key of gone) deleted.add(key);
    }
    return [...deleted];
  }

  async putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest> {
    const { tenant } = manifest;
    const digest = surfaceManifestDigest(manifest);
    const bytes = canonicalBytes(manifest);
    parseSurfaceManifest(bytes, { tenant, digest }, surfaceManifestPath(tenant, digest));
    await this.#database.write(tenant, (transaction) =>
      transaction.query(
        `INSERT INTO varve.surface_manifests AS present (tenant, digest, manifest) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, digest) DO UPDATE SET manifest = excluded.manifest
         WHERE present.manifest <> excluded.manifest`,
        [tenant, digest, bytes],
      ),
    );
    return digest;
  }

  async getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null> {
    const path = surfaceManifestPath(tenant, digest);
    const [row] = await this.#database.read(tenant, (transaction) =>
      transaction.rows(
        v.object({ manifest: v.nullable(bytes) }),
        `SELECT ${DOCUMENT_COLUMN} FROM varve.surface_manifests WHERE tenant = $1 AND digest = $2`,
        [tenant, digest],
      ),
    );
    if (row === undefined) return null;
    return parseSurfaceManifest(withinLimit(row.manifest, path), { tenant, digest }, path);
  }

  async tenants(): Promise<readonly string[]> {
    const found = await this.#ascending(
      ALL_TENANTS,
      `SELECT min(tenant) AS next FROM (
         SELECT min(tenant) AS tenant FROM varve.artefacts WHERE tenant > $1
         UNION ALL SELECT min(tenant) FROM varve.surface_manifests WHERE tenant > $1
       ) AS tenants`,
    );
    return found.filter(isTenant);
  }

  async kinds(tenant: string): Promise<readonly string[]> {
    parseTenant(tenant);
    const found = await this.#ascending(
      tenant,
      `SELECT min(kind) AS next FROM (
         SELECT min(kind) AS kind FROM varve.artefacts WHERE kind > $1 AND tenant = '${tenant}'
         UNION ALL SELECT '${SURFACE_KIND}' WHERE '${SURFACE_KIND}' COLLATE "C" > $1
           AND EXISTS (SELECT FROM varve.surface_manifests WHERE tenant = '${tenant}')
       ) AS kinds`,
    );
    return found.filter(isKind);
  }

  async *list(query: ListQuery): AsyncGenerator<ItemManifest> {
    const { tenant, after, onDamage } = query;
    if (after !== undefined) parseKey({ tenant, ...after });
    const rows = itemRows(this.#database, tenant, query);
    for await (const { key, object, manifest, payload_size: size } of rows) {
      if (size === null) continue;
      const parse = async () => parseItemManifest(withinLimit(manifest, object), key, object);
      const parsed = await readSound(object, onDamage, parse);
      if (parsed !== null) yield parsed;
    }
  }

  async *listSurfaceManifests({
    tenant,
    after,
    onDamage,
  }: SurfaceListQuery): AsyncGenerator<StoredSurfaceManifest> {
    for await (const { key, object, manifest } of surfaceManifestRows(this.#database, tenant, after)) {
      const parse = async () => parseSurfaceManifest(withinLimit(manifest, object), key, object);
      const parsed = await readSound(object, onDamage, parse);
      if (parsed !== null) yield { digest: key.digest, manifest: parsed };
    }
  }

  /** There are none: a row has both. */
  async *listOrphans(): AsyncGenerator<OrphanedPayload> {}

  async storedSizes(items: readonly ItemManifest[]): Promise<readonly (number | null)[]> {
    const sizes = new Map<string, number | null>();
    for (const [tenant, group] of Map.groupBy(items, (item) => item.tenant)) {
      const found = await storedPayloadSizes(this.#database, tenant, group);
      for (const [at, item] of group.entries()) sizes.set(manifestPath(item), found[at] ?? null);
    }
    return items.map((item) => sizes.get(manifestPath(item)) ?? null);
  }

  async *verify(): AsyncGenerator<Damage> {
    yield* verifySurfaceRows(this.#database, await this.tenants());
  }

  /** An item as it is stored, not verified, and what names its payload. */
  async #read(key: ItemKey) {
    const manifest = await this.getManifest(key);
    if (manifest === null) return null;
    const object = payloadPath(key, formatOf(manifest));
    const compressed = await readStoredPayload(this.#database, key, object, manifest.storage.sizeBytes);
    return compressed && { manifest, compressed, object };
  }

  async #findManifest(key: ItemKey): Promise<FoundManifest | null> {
    const [row] = await this.#database.read(key.tenant, (transaction) =>
      transaction.rows(
        v.object({ manifest: v.nullable(bytes), whole: flag }),
        `SELECT ${MANIFEST_COLUMN}, payload IS NOT NULL AS whole FROM varve.artefacts
         WHERE tenant = $1 AND kind = $2 AND digest = $3`,
        [key.tenant, key.kind, key.digest],
      ),
    );
    return row ?? null;
  }

  /** Every value of a column, in order, by a query that jumps from one to the next through an index. */
  async #ascending(tenant: string, query: string): Promise<string[]> {
    return this.#database.read(tenant, async (transaction) => {
      const values: string[] = [];
      for (;;) {
        const [row] = await transaction.rows(v.object({ next: v.nullable(text) }), query, [
          values.at(-1) ?? '',
        ]);
        if (row === undefined || row.next === null) return values;
        values.push(row.next);
      }
    });
  }
}
