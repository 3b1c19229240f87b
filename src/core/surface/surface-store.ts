import type { Digest } from '../../base/digest.ts';
import type { FragmentRecord, Snapshot } from '../snapshot/snapshot.ts';
import type { Artefact, ArtefactKey } from './artefact.ts';
import type { ArtefactManifest, SurfaceManifest } from './manifest.ts';

/** Port: the content-addressed store of artefact manifests, payloads and surface manifests. */
export interface SurfaceStore {
  /** How a user names this store, such as `dir:/var/lib/varve`. */
  readonly location: string;

  /**
   * Stores artefacts as one batch. When it returns, all of them are durable; when it throws, none is half there.
   * Putting the same artefact again keeps its first `createdAt` and `source`, lets `expiresAt` only grow,
   * and repairs a damaged payload.
   */
  put(artefacts: readonly Artefact[]): Promise<void>;
  getManifest(key: ArtefactKey): Promise<ArtefactManifest | null>;
  /** The uncompressed payload, verified against the key before its last chunk is given out; null when absent. */
  getPayload(key: ArtefactKey): Promise<AsyncIterable<Uint8Array> | null>;

  /** Stores a surface manifest durably and returns its digest. */
  putSurfaceManifest(manifest: SurfaceManifest): Promise<Digest>;
  getSurfaceManifest(tenant: string, digest: Digest): Promise<SurfaceManifest | null>;

  /** Artefact manifests in a stable order (kind, then digest). */
  list(query: { readonly tenant: string; readonly kind?: string }): AsyncIterable<ArtefactManifest>;

  /** Reads and verifies everything; yields each damaged object with its name and what is wrong. */
  verify(): AsyncIterable<Damage>;
}

export interface Damage {
  /** The object's path or key within the store. */
  readonly object: string;
  readonly problem: string;
}

/** Port: what verified reads have taught about layers. Derived from snapshots, and rebuilt from them at any time. */
export interface LayerRecords {
  /** Keeps what a snapshot proves: each (digest, diffID) pair and each layer's fragments. */
  record(tenant: string, snapshot: Snapshot): Promise<void>;
  /** The diffID that a verified read bound to this blob; null when no read did. */
  findDiffId(tenant: string, blob: Digest): Promise<Digest | null>;
  /** What is known of a layer by its diffID; null when it was never read. */
  findLayer(tenant: string, diffId: Digest): Promise<LayerRecord | null>;
}

export interface LayerRecord {
  readonly diffId: Digest;
  readonly uncompressedSize: number;
  readonly fragments: readonly FragmentRecord[];
}
