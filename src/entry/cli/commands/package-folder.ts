import { parseArtifact } from '../../../core/artifact/artifact-manifest.ts';
import type { ArtifactPlace } from '../../../core/artifact/artifact-place.ts';
import { ARTIFACT_TYPES } from '../../../core/artifact/media-type.ts';
import { describeFile, packageArtifact, pushArtifact } from '../../../core/artifact/package-artifact.ts';
import type { Subject } from '../../../core/artifact/subject.ts';
import { verifyTag } from '../../../core/artifact/tags.ts';
import { openFolder } from '../../compose/artifacts.ts';
import { writeArtifact } from './artifact-output.ts';
import type { Call } from './command.ts';

/** Where an artifact is to be kept. */
export interface PackageTarget {
  readonly place: ArtifactPlace;
  /** Null for an artifact that is found by its digest, or as a referrer. */
  readonly tag: string | null;
  readonly subject: Subject | null;
}

/** Makes an artifact of the files of a folder, keeps it in a place, and prints what it is made of. */
export async function packageFolder(
  call: Call,
  folder: string,
  { place, tag, subject }: PackageTarget,
): Promise<void> {
  if (tag !== null) await verifyTag(place, tag, ARTIFACT_TYPES.files);
  const files = await Promise.all(openFolder(folder).map(describeFile));
  const parts = { artifactType: ARTIFACT_TYPES.files, ...(subject && { subject }) };
  const artifact = packageArtifact(files, parts);
  await pushArtifact(place, artifact, tag === null ? [] : [tag]);
  const { bytes, digest } = artifact.manifest;
  writeArtifact(call, { digest, ...parseArtifact(bytes, { object: folder, digest }) });
}
