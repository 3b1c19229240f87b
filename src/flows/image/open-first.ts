import { toVarveError, VarveError } from '../../base/errors.ts';
import { type BuiltImage, type FoundDigests, isBuilt, otherImage } from '../../core/image/built-image.ts';
import type { ImageOpener, OpenedSource } from '../../core/image/image-source.ts';

/**
 * Opens the first of some references that leads to an image. Only "nothing there" lets it try the next one: a damaged
 * image is an error at once.
 * @param built the image that it must be. Then nothing wrong can be opened, so that a place which is out of reach, or
 * has another image, does not end the search.
 * @throws VarveError of the last reference when none is there; `digest-mismatch` when another image than the built one is.
 */
export async function openFirst(
  opener: ImageOpener,
  references: readonly string[],
  built: BuiltImage | null = null,
): Promise<OpenedSource> {
  if (built !== null) return openBuilt(opener, references, built);
  let missing: VarveError | undefined;
  for (const reference of references) {
    try {
      return await opener.open(reference);
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.code !== 'image-not-found') throw error;
      missing = error;
    }
  }
  throw missing ?? new VarveError('bad-option', 'no image was named', { hint: 'give an image reference' });
}

async function openBuilt(
  opener: ImageOpener,
  references: readonly string[],
  built: BuiltImage,
): Promise<OpenedSource> {
  const faults: VarveError[] = [];
  let other: VarveError | null = null;
  for (const reference of references) {
    try {
      const source = await opener.open(reference);
      const mismatch = await compareWithBuild(source, built);
      if (mismatch === null) return source;
      other ??= mismatch;
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.kind !== 'usage' && error.kind !== 'outside') throw error;
      faults.push(error);
    }
  }
  throw other ?? nowhere(built, faults);
}

/** The error for another image, which is closed again; null for the one that was built. */
async function compareWithBuild(source: OpenedSource, built: BuiltImage): Promise<VarveError | null> {
  if (isBuiltId(built, source)) return null;
  let isOpen = false;
  try {
    const found = await digestsOf(source);
    isOpen = isBuilt(built, found);
    return isOpen ? null : otherImage(built, source.reference, found);
  } finally {
    if (!isOpen) await source[Symbol.asyncDispose]();
  }
}

/** Whether the place tells by itself that it has the built image, so that nothing needs to be opened for it. */
function isBuiltId(built: BuiltImage, { id }: OpenedSource): boolean {
  return id !== undefined && isBuilt(built, { root: id, manifest: null, config: null });
}

/** Several platforms are one build only as the index that has them all; a single image has more digests that identify it. */
async function digestsOf(source: OpenedSource): Promise<FoundDigests> {
  const root = source.digest;
  if (source.platforms.length !== 1) return { root, manifest: null, config: null };
  const { manifest, config } = await source.image(0);
  return { root, manifest: manifest?.digest ?? null, config: config.digest };
}

const FAULTS_TOLD = 6;

/** One error that names all places, with the code of the most serious fault. */
function nowhere(built: BuiltImage, faults: readonly VarveError[]): VarveError {
  const [only, ...others] = faults;
  if (only !== undefined && others.length === 0) return only;
  const told = faults.slice(0, FAULTS_TOLD).map(({ message }) => message);
  const more = faults.length > FAULTS_TOLD ? `; and ${faults.length - FAULTS_TOLD} more` : '';
  const cause = faults.find(({ kind }) => kind === 'outside') ?? faults[0];
  return new VarveError(
    cause?.code ?? 'image-not-found',
    `the image of ${built.object} was not found: ${told.join('; ')}${more}`,
    {
      object: built.object,
      hint: 'add load: true or push: true to the build step, or name the place of the image too, such as oci:DIR',
      cause,
    },
  );
}
