import type { Digest } from '../../base/digest.ts';
import type { FragmentRecord } from '../analysis/fragment.ts';
import type { Damage, OnDamage } from '../surface/surface-store.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Port: what verified reads have shown about layers. It is derived: a loss costs another read of the layers, so what is
 * damaged counts as absent.
 */
export interface LayerRecords {
  /** Keeps what a snapshot proves: each (digest, diffID) pair and each layer's fragments. Idempotent. */
  record(tenant: string, snapshot: Snapshot): Promise<void>;
  /** The diffID that a verified read bound to this blob; null when no read did. */
  findDiffId(tenant: string, blob: Digest, onDamage?: OnDamage): Promise<Digest | null>;
  /**
   * What is known of a layer by its diffID, of every analyzer and version; null when it was never read. An image as a
   * whole is asked for by its config's digest, and known where it has fragments of its own.
   */
  findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null>;
  /** Forgets what is known of layers or images, as where it proved wrong. */
  forget(tenant: string, diffIds: readonly Digest[]): Promise<void>;

  /** Yields each record that is damaged or that a tenant's stored snapshots do not bear out. */
  verify(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>): AsyncIterable<Damage>;
}

/** What is known of a layer, or of an image as if it were one. */
export interface LayerRecord {
  /** Of an image the digest of its config, which no layer can have: it is not a tar. */
  readonly diffId: Digest;
  /** Of an image the bytes of its config. */
  readonly uncompressedSize: number;
  readonly fragments: readonly FragmentRecord[];
}
