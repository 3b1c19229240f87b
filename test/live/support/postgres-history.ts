import type { PostgresServer } from './postgres-server.ts';

/** How many snapshots are made, of how many names. */
export const SNAPSHOTS = 100_000;
export const NAMES = 100;

/** The nth name, commit and layers that are made, as SQL spells them and as this side does. */
export const nameOf = (number: number): string => `shop/image-${number % NAMES}`;
export const commitOf = (number: number): string => `commit-${number}`;

/**
 * Fills a tenant with snapshots of ten layers each, one a minute: one layer that all have, one that a twentieth
 * has, one that only the oldest twentieth has or that the rest has, two of the name, and five of its own. All of it is what Varve itself would have written, but for the documents.
 */
export async function fillHistory(server: PostgresServer, database: string): Promise<void> {
  await server.sql(
    database,
    `SET varve.tenant = 'acme';
     CREATE FUNCTION pg_temp.digest(text) RETURNS text LANGUAGE sql IMMUTABLE AS
       $$ SELECT 'sha256:' || encode(sha256(convert_to($1, 'UTF8')), 'hex') $$;
     CREATE TEMPORARY TABLE made AS
       SELECT n, 'shop/image-' || n % ${NAMES} AS name, pg_temp.digest('snapshot ' || n) AS snapshot,
         timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute' AS taken_at
       FROM generate_series(1, ${SNAPSHOTS}) AS n;
     INSERT INTO varve.history (tenant, digest, name_digest, name, platform, taken_at, snapshot, commit, branch, entry)
       SELECT 'acme', pg_temp.digest(entry), pg_temp.digest(name), name, 'linux-amd64', taken_at, snapshot,
         'commit-' || n, CASE n % 10 WHEN 0 THEN 'main' ELSE 'feature-' || n % 50 END, convert_to(entry, 'UTF8')
       FROM (
         SELECT *, format(
           '{"branch":"%s","commit":"commit-%s","name":"%s","platform":{"architecture":"amd64","os":"linux"},'
           '"pullRequest":null,"reference":"docker://registry.example/%s","scanId":"scan-%s","schema":"varve.history@1",'
           '"snapshotDigest":"%s","surfaceManifestDigest":"%s","tenant":"acme","time":"%s"}',
           CASE n % 10 WHEN 0 THEN 'main' ELSE 'feature-' || n % 50 END, n, name, name, n, snapshot, snapshot,
           to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS entry
         FROM made
       ) AS entries;
     CREATE TEMPORARY TABLE layers AS
       SELECT n, snapshot, pg_temp.digest('layer ' || layer) AS diff_id, pg_temp.digest('blob ' || layer) AS blob
       FROM made, unnest(ARRAY['all', 'twentieth ' || n % 20, CASE WHEN n <= 5000 THEN 'old' ELSE 'recent' END, 'name 1 ' || name, 'name 2 ' || name,
         'own 1 ' || n, 'own 2 ' || n, 'own 3 ' || n, 'own 4 ' || n, 'own 5 ' || n]) AS layer;
     INSERT INTO varve.snapshot_layers SELECT 'acme', snapshot, diff_id FROM layers;
     INSERT INTO varve.layer_uses SELECT 'acme', diff_id, h.taken_at, digest FROM layers JOIN varve.history h USING (snapshot);
     INSERT INTO varve.blobs SELECT DISTINCT 'acme', blob, diff_id FROM layers;
     INSERT INTO varve.layer_records
       SELECT 'acme', diff_id, pg_temp.digest(record), convert_to(record, 'UTF8')
       FROM (SELECT DISTINCT diff_id, '{"diffId":"' || diff_id || '","fragments":[],"uncompressedSize":1}' AS record FROM layers) AS r`,
  );
  await server.sql(database, 'VACUUM ANALYZE');
}
