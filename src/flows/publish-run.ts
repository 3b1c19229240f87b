import { canonicalBytes } from '../base/canonical-json.ts';
import type { Digest } from '../base/digest.ts';
import { VarveError } from '../base/errors.ts';
import { sourceOfBytes } from '../base/range-source.ts';
import type { ArtifactPlace } from '../core/artifact/artifact-place.ts';
import { ARTIFACT_TYPES } from '../core/artifact/media-type.ts';
import { describeFile, packageArtifact, pushArtifact } from '../core/artifact/package-artifact.ts';
import { type RepositoryName, subjectOfEntry } from '../core/artifact/subject.ts';
import type { Store } from '../core/store.ts';
import { SNAPSHOT_KIND } from '../core/surface/keys.ts';
import { pointerBytes } from '../core/surface/pointer.ts';
import { readDocument } from '../core/surface/read-document.ts';
import type { PlatformResult } from './snapshot-image.ts';

export interface PublishRequest {
  readonly place: ArtifactPlace;
  readonly repository: RepositoryName;
  /** Null for none where it is found as a referrer of its image. */
  readonly tag: string | null;
  /** The tag where there is none, and it is no referrer. */
  readonly fallbackTag: string;
  /** The report in Markdown. */
  readonly report: string;
}

/**
 * Publishes what a run found out of one platform's image: pointer, snapshot, surface manifest, comparison and report, as one
 * artifact. In the image's own repository it refers to the image.
 * @returns its digest.
 * @throws VarveError `denied`, `unreachable`; as the store does.
 */
export async function publishRun(
  { surface, location }: Store,
  { pointer, surfaceManifest, change }: PlatformResult,
  { place, repository, tag, fallbackTag, report }: PublishRequest,
): Promise<Digest> {
  const { snapshotDigest, run, image } = pointer;
  const key = { tenant: run.tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest };
  const snapshot = await readDocument(surface, key);
  if (snapshot === null) {
    throw new VarveError('artefact-not-found', `${location} has no snapshot ${snapshotDigest}`, {
      object: snapshotDigest,
    });
  }
  const contents: [path: string, bytes: Uint8Array][] = [
    ['varve-pointer.json', pointerBytes(pointer)],
    ['snapshot.json', snapshot],
    ['surface-manifest.json', canonicalBytes(surfaceManifest)],
    ['report.md', Buffer.from(report)],
  ];
  if (change !== null) contents.push(['comparison.json', canonicalBytes(change.comparison)]);
  const files = contents.map(([path, bytes]) => describeFile({ path, content: sourceOfBytes(bytes) }));
  const named = { tenant: run.tenant, reference: image.reference, snapshotDigest };
  const subject = await subjectOfEntry(surface, named, repository);
  const artifact = packageArtifact(await Promise.all(files), {
    artifactType: ARTIFACT_TYPES.report,
    ...(subject && { subject }),
  });
  const chosen = tag ?? (subject === null ? fallbackTag : null);
  await pushArtifact(place, artifact, chosen === null ? [] : [chosen]);
  return artifact.manifest.digest;
}
