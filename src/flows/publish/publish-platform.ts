import { canonicalBytes, canonicalBytesPausable } from '../../base/canonical-json.ts';
import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { runWithPauses } from '../../base/pausable.ts';
import { sourceOfBytes } from '../../base/range-source.ts';
import type { ArtifactPlace } from '../../core/artifact/artifact-place.ts';
import { ARTIFACT_TYPES } from '../../core/artifact/media-type.ts';
import { describeFile, packageArtifact, pushArtifact } from '../../core/artifact/package-artifact.ts';
import { type RepositoryName, type Subject, subjectOfEntry } from '../../core/artifact/subject.ts';
import { DEFAULT_TAG, mayTakeTag, verifyTag } from '../../core/artifact/tags.ts';
import { platformSegment } from '../../core/history/entry-path.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { pointerBytes } from '../../core/run/pointer.ts';
import type { Store } from '../../core/store/store.ts';
import { SNAPSHOT_KIND } from '../../core/surface/keys.ts';
import { readDocument } from '../../core/surface/read-payload.ts';
import type { PlatformResult } from '../snapshot/snapshot-image.ts';

export interface PublishRequest {
  readonly place: ArtifactPlace;
  readonly repository: RepositoryName;
  /** Undefined: none for what is found as a referrer of its image, else `latest` where that names nothing else. */
  readonly tag: string | undefined;
  /** Whether other platforms are published too, so that the tag must tell which this is. */
  readonly several: boolean;
  /** The report in Markdown. */
  readonly report: string;
}

const LONGEST_TAG = 128;

/** `latest-linux-arm64`; what a tag cannot spell of a platform is left out. */
function tagOf(tag: string, { platform }: HistoryEntry): string {
  return `${tag}-${platformSegment(platform)}`.replaceAll(/[^\w.-]/g, '_').slice(0, LONGEST_TAG);
}

/**
 * Publishes what a run found out of one platform of an image: pointer, snapshot, surface manifest, comparison and report, as one
 * artifact. In the image's own repository it refers to the image.
 * @returns its digest.
 * @throws VarveError `bad-option` for a tag that names something else; `denied`, `unreachable`; as the store does.
 */
export async function publishPlatform(
  { surface, location }: Store,
  { pointer, surfaceManifest, change, entry }: PlatformResult,
  { place, repository, tag, report, several }: PublishRequest,
): Promise<Digest> {
  const { snapshotDigest, run, image } = pointer;
  const key = { tenant: run.tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest };
  const snapshot = await readDocument(surface, key);
  if (snapshot === null) {
    throw new VarveError('not-in-store', `${location} has no snapshot ${snapshotDigest}`, {
      object: snapshotDigest,
    });
  }
  const contents: [path: string, bytes: Uint8Array][] = [
    ['varve-pointer.json', pointerBytes(pointer)],
    ['snapshot.json', snapshot],
    ['surface-manifest.json', canonicalBytes(surfaceManifest)],
    ['report.md', Buffer.from(report)],
  ];
  if (change !== null) {
    contents.push(['comparison.json', await runWithPauses(canonicalBytesPausable(change.comparison))]);
  }
  const files = contents.map(([path, bytes]) => describeFile({ path, content: sourceOfBytes(bytes) }));
  const named = { tenant: run.tenant, reference: image.reference, snapshotDigest };
  const subject = await subjectOfEntry(surface, named, repository);
  const artifact = packageArtifact(await Promise.all(files), {
    artifactType: ARTIFACT_TYPES.report,
    ...(subject && { subject }),
  });
  const spelled = (each: string): string => (several ? tagOf(each, entry) : each);
  await pushArtifact(
    place,
    artifact,
    await chooseTags(place, tag && spelled(tag), subject, spelled(DEFAULT_TAG)),
  );
  return artifact.manifest.digest;
}

/** The tag that was asked for; else the default one where the artifact is not found by its subject. */
async function chooseTags(
  place: ArtifactPlace,
  wanted: string | undefined,
  subject: Subject | null,
  fallback: string,
): Promise<string[]> {
  const { report } = ARTIFACT_TYPES;
  if (wanted !== undefined) {
    await verifyTag(place, wanted, report);
    return [wanted];
  }
  return subject === null && (await mayTakeTag(place, fallback, report)) ? [fallback] : [];
}
