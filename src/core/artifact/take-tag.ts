import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { parseJsonObject } from '../image/raw-document.ts';
import type { ArtifactPlace } from './artifact-place.ts';

/**
 * Whether a tag may name an artifact from now on: it names none, or one of the same type. Images and artifacts of
 * others keep their tags, since whoever pulls by them would get something else.
 * @throws VarveError `denied`, `unreachable`.
 */
export async function mayTakeTag(place: ArtifactPlace, tag: string, artifactType: string): Promise<boolean> {
  try {
    const present = await place.fetchManifest(tag, DEFAULT_LIMITS);
    return present === null || parseJsonObject(present, tag).artifactType === artifactType;
  } catch (fault) {
    // What cannot be read is nothing of ours.
    if (fault instanceof VarveError && fault.kind === 'bytes') return false;
    throw fault;
  }
}

/** The same for a tag that somebody asked for. @throws VarveError `bad-option` where it may not. */
export async function verifyTag(place: ArtifactPlace, tag: string, artifactType: string): Promise<void> {
  if (await mayTakeTag(place, tag, artifactType)) return;
  throw new VarveError(
    'bad-option',
    `the tag ${tag} of ${place.location} names something else, which keeps it`,
    {
      object: tag,
      hint: 'choose another tag, or remove that one first',
    },
  );
}
