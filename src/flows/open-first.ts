import { toVarveError, VarveError } from '../base/errors.ts';
import { type BuiltImage, type FoundDigests, isBuilt, otherImage } from '../core/image/built-image.ts';
import type { OpenedSource } from '../core/image/image-source.ts';

/** Opens what a user names: a full reference, a path, or a bare word. */
export interface ImageOpener {
  open(reference: string): Promise<OpenedSource>;
}

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
  const faults: VarveError[] = [];
  for (const reference of references) {
    try {
      return await openOne(opener, reference, built);
    } catch (fault) {
      const error = toVarveError(fault);
      const goesOn = built === null ? error.code === 'image-not-found' : isOfPlace(error);
      if (!goesOn) throw error;
      faults.push(error);
    }
  }
  throw built === null ? lastOf(faults) : nowhere(built, faults);
}

/** Whether it says something of the place that was looked at, and nothing of the image. */
const isOfPlace = ({ kind, code }: VarveError): boolean =>
  kind === 'usage' || kind === 'outside' || code === 'digest-mismatch';

async function openOne(
  opener: ImageOpener,
  reference: string,
  built: BuiltImage | null,
): Promise<OpenedSource> {
  const source = await opener.open(reference);
  try {
    const found = built && (await digestsOf(source));
    if (built === null || found === null || isBuilt(built, found)) return source;
    throw otherImage(built, source.reference, found);
  } catch (fault) {
    await source[Symbol.asyncDispose]();
    throw fault;
  }
}

/** Several platforms are one build only as the index that has them all; an image that is alone goes by more digests. */
async function digestsOf(source: OpenedSource): Promise<FoundDigests> {
  const root = source.digest;
  if (source.platforms.length !== 1) return { root, manifest: null, config: null };
  const { manifest, config } = await source.image(0);
  return { root, manifest: manifest?.digest ?? null, config: config.digest };
}

function lastOf(faults: readonly VarveError[]): VarveError {
  return (
    faults.at(-1) ?? new VarveError('bad-option', 'no image was named', { hint: 'give an image reference' })
  );
}

const FAULTS_TOLD = 6;

/** Another image where the built one should be tells most; else all places are told of. */
function nowhere(built: BuiltImage, faults: readonly VarveError[]): VarveError {
  const other = faults.find(({ code }) => code === 'digest-mismatch');
  if (other !== undefined || faults.length < 2) return other ?? lastOf(faults);
  const told = faults.slice(0, FAULTS_TOLD).map(({ message }) => message);
  const more = faults.length > FAULTS_TOLD ? `; and ${faults.length - FAULTS_TOLD} more` : '';
  const cause = faults.find(({ kind }) => kind === 'outside') ?? faults[0];
  return new VarveError(
    cause?.code ?? 'image-not-found',
    `the image of ${built.object} was found nowhere: ${told.join('; ')}${more}`,
    {
      object: built.object,
      hint: 'add load: true or push: true to the build step, or name the place of the image too, such as oci:DIR',
      cause,
    },
  );
}
