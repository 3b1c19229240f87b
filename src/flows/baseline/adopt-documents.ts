import type { Digest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import type { HistoryScope } from '../../core/history/history.ts';
import { type RunFacts, scannerBuildOf } from '../../core/run/run-facts.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { CONFIG_KIND, MANIFEST_KIND } from '../../core/surface/keys.ts';
import { packItem } from '../../core/surface/pack-item.ts';
import { readPayload } from '../../core/surface/read-payload.ts';

/** How many snapshots of an image are looked into: a rebuilt image is usually like the newest. */
const MOST_SNAPSHOTS = 4;

/**
 * Lets a run's own store have the manifests and configs of a baseline's newest snapshots, so that an image which is
 * still the same can be opened by their digests alone. What is damaged or out of reach is left: it only saves work.
 */
export async function adoptDocuments(
  from: Store,
  to: Store,
  { tenant, name, platform }: HistoryScope,
  { scanId, time, version }: Pick<RunFacts, 'scanId' | 'time' | 'version'>,
): Promise<void> {
  const adopt = async (kind: string, digest: Digest, imageDigest: Digest): Promise<void> => {
    const key = { tenant, kind, digest };
    if ((await to.surface.getManifest(key)) !== null) return;
    const bytes = await readPayload(from.surface, key);
    const source = { scannerBuild: scannerBuildOf(version), imageDigest, scanId };
    if (bytes !== null) await to.surface.put([packItem({ tenant, source, time }, kind, bytes)]);
  };
  try {
    let looked = 0;
    for await (const { snapshotDigest } of from.history.list({ tenant, name, platform })) {
      const snapshot = await readSnapshot(from.surface, tenant, snapshotDigest);
      if (snapshot === null) continue;
      const { manifest, config } = snapshot;
      if (manifest !== null) await adopt(MANIFEST_KIND, manifest.digest, manifest.digest);
      await adopt(CONFIG_KIND, config.digest, (manifest ?? config).digest);
      looked += 1;
      if (looked === MOST_SNAPSHOTS) break;
    }
  } catch (fault) {
    const { isFatal, code } = toVarveError(fault);
    if (code === 'store-unwritable' || isFatal) throw fault;
  }
}
