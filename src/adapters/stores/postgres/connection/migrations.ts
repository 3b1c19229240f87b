/**
 * The schema, version by version. A version that was released is never edited: a later one changes what it made.
 *
 * Texts compare by bytes (`COLLATE "C"`), as digests, tenants and kinds do elsewhere. Rows belong to tenants, and
 * row-level security is forced, so that it holds for the owner of the tables too.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE varve.artefacts (
  tenant text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  manifest bytea NOT NULL,
  payload bytea,
  PRIMARY KEY (tenant, kind, digest)
);
ALTER TABLE varve.artefacts ALTER payload SET STORAGE EXTERNAL;
COMMENT ON TABLE varve.artefacts IS 'Artefact manifests and their payloads, addressed by the SHA-256 of the uncompressed payload';
COMMENT ON COLUMN varve.artefacts.manifest IS 'Canonical JSON';
COMMENT ON COLUMN varve.artefacts.payload IS 'Compressed with zstd; null counts as absent';

CREATE TABLE varve.surface_manifests (
  tenant text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  manifest bytea NOT NULL,
  PRIMARY KEY (tenant, digest)
);
COMMENT ON TABLE varve.surface_manifests IS 'What derives from each image, addressed by the SHA-256 of the canonical JSON';

CREATE TABLE varve.history (
  tenant text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  name_digest text COLLATE "C" NOT NULL,
  name text NOT NULL,
  platform text COLLATE "C" NOT NULL,
  taken_at timestamptz NOT NULL,
  snapshot text COLLATE "C" NOT NULL,
  commit text COLLATE "C",
  branch text COLLATE "C",
  pull_request bigint,
  entry bytea NOT NULL,
  PRIMARY KEY (tenant, digest)
);
COMMENT ON TABLE varve.history IS 'Which snapshots were taken, one immutable entry each';
COMMENT ON COLUMN varve.history.digest IS 'SHA-256 of the entry';
COMMENT ON COLUMN varve.history.name_digest IS 'SHA-256 of the name, which may be too long for an index';
COMMENT ON COLUMN varve.history.commit IS 'As much of it as an index takes; branch likewise';
COMMENT ON COLUMN varve.history.entry IS 'Canonical JSON; the other columns only find it';
CREATE INDEX history_of_name ON varve.history (tenant, name_digest, taken_at DESC, digest DESC);
CREATE INDEX history_of_platform ON varve.history (tenant, name_digest, platform, taken_at DESC, digest DESC);
CREATE INDEX history_of_commit ON varve.history (tenant, name_digest, commit, taken_at DESC, digest DESC) WHERE commit IS NOT NULL;
CREATE INDEX history_of_branch ON varve.history (tenant, name_digest, branch, taken_at DESC, digest DESC) WHERE branch IS NOT NULL;
CREATE INDEX history_of_snapshot ON varve.history (tenant, snapshot);

CREATE TABLE varve.blobs (
  tenant text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  diff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, digest)
);
COMMENT ON TABLE varve.blobs IS 'The diffID that a verified read bound to a distributed blob';
CREATE INDEX blobs_of_layer ON varve.blobs (tenant, diff_id);

CREATE TABLE varve.layer_records (
  tenant text COLLATE "C" NOT NULL,
  diff_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  record bytea NOT NULL,
  PRIMARY KEY (tenant, diff_id, digest)
);
COMMENT ON TABLE varve.layer_records IS 'What is known of a layer: its size and the fragments made of it';
COMMENT ON COLUMN varve.layer_records.digest IS 'SHA-256 of the record';

CREATE TABLE varve.snapshot_layers (
  tenant text COLLATE "C" NOT NULL,
  snapshot text COLLATE "C" NOT NULL,
  diff_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, snapshot, diff_id)
);
COMMENT ON TABLE varve.snapshot_layers IS 'The layers of each snapshot';

CREATE TABLE varve.layer_uses (
  tenant text COLLATE "C" NOT NULL,
  diff_id text COLLATE "C" NOT NULL,
  taken_at timestamptz NOT NULL,
  entry text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, diff_id, taken_at, entry)
);
COMMENT ON TABLE varve.layer_uses IS 'Which entries of the history are of snapshots with a layer';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['artefacts', 'surface_manifests', 'history', 'blobs', 'layer_records', 'snapshot_layers', 'layer_uses'] LOOP
    EXECUTE format('ALTER TABLE varve.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE varve.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own_rows ON varve.%I USING (tenant = current_setting(''varve.tenant'', true)) '
      'WITH CHECK (tenant = current_setting(''varve.tenant'', true))', name);
    EXECUTE format('CREATE POLICY all_rows ON varve.%I FOR SELECT USING (current_setting(''varve.tenant'', true) = ''*'')', name);
  END LOOP;
END
$$;
`,
];
