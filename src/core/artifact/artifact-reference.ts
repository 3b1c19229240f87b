import { type Digest, parseDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { parseDockerName } from '../image/docker-name.ts';
import { type PathCheck, parseReference } from '../image/reference.ts';

/** Where an artifact is. */
export type ArtifactReference =
  | {
      readonly kind: 'layout';
      readonly path: string;
      /** At most one of tag and digest is given. */
      readonly tag: string | null;
      readonly digest: Digest | null;
    }
  | {
      readonly kind: 'registry';
      readonly host: string;
      readonly repository: string;
      readonly tag: string | null;
      readonly digest: Digest | null;
    };

/**
 * Reads `oci:DIR[:TAG|@DIGEST]` or the path alone for an image layout, and `oci://HOST/REPO[:TAG|@DIGEST]` (or with
 * `docker://`) for a registry.
 * @throws VarveError `bad-reference`.
 */
export function parseArtifactReference(text: string, isThere: PathCheck): ArtifactReference {
  const [, name] = /^(?:oci|docker):\/\/(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return { kind: 'registry', ...parseDockerName(name) };
  const reference = parseReference(text.startsWith('oci:') ? text : `oci:${text}`, isThere);
  if (reference.transport !== 'oci') throw notAnArtifact(text);
  const { path, tag, digest } = reference;
  return { kind: 'layout', path, tag, digest: digest && parseDigest(digest) };
}

function notAnArtifact(text: string): VarveError {
  const object = text.slice(0, 200);
  return new VarveError('bad-reference', `${JSON.stringify(object)} is not an artifact`, {
    object,
    hint: 'write oci:DIR[:TAG] for an image layout, or oci://HOST/REPO[:TAG] for a registry',
  });
}
