import type { Store } from '../../src/core/store/store.ts';
import { type MadeRun, makeOrigin, makeRun } from './item-makers.ts';

/**
 * One of many runs that all have a layer in common. Later numbers are taken two days later each, so that each lets the
 * expiry of the layer grow, which goes by steps of more than a day.
 */
export function numberedRun(number: number): MadeRun {
  const time = new Date(Date.UTC(2026, 0, 1 + 2 * number)).toISOString();
  const source = { scannerBuild: 'varve@0.0.0', imageDigest: null, scanId: `run ${number}` };
  return makeRun(['shared', `own ${number}`], makeOrigin({ time, source }));
}

/** Saves all of a run, in the order that makes each part name only what is there. */
export async function saveRun(store: Store, run: MadeRun): Promise<void> {
  await store.surface.put(run.items);
  await store.surface.putSurfaceManifest(run.surfaceManifest);
  await store.layers.record(run.entry.tenant, run.snapshot);
  await store.history.append(run.entry);
}

/** What of a run a store lacks; empty when it has all of it. */
export async function missingFrom(store: Store, run: MadeRun): Promise<string[]> {
  const { tenant, name, surfaceManifestDigest, scanId } = run.entry;
  const missing: string[] = [];
  for (const { key } of run.items) {
    const payload = await store.surface.getPayload(key);
    if (payload === null) missing.push(`${key.kind} ${key.digest}`);
    else for await (const _ of payload);
  }
  if ((await store.surface.getSurfaceManifest(tenant, surfaceManifestDigest)) === null) {
    missing.push(`surface manifest of ${scanId}`);
  }
  const scans: string[] = [];
  for await (const entry of store.history.list({ tenant, name })) scans.push(entry.scanId);
  if (!scans.includes(scanId)) missing.push(`history entry of ${scanId}`);
  return missing;
}
