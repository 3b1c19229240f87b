import { existsSync } from 'node:fs';
import { type FaultKind, toVarveError, VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { ImageOpener, ImageSource, OpenedSource } from '../../core/image/image-source.ts';
import { notInRegistryByPrefix, parseReference, splitShortDigest } from '../../core/image/reference.ts';
import { openDetected } from './files/file-sources.ts';
import {
  builtNowhere,
  isAbsent,
  isNeverOnHub,
  isOnHub,
  notEvenOnHub,
  notInRegistry,
  nowhere,
  onlyInRegistry,
  type Search,
} from './search-errors.ts';

/** Where a bare word is looked for that no image stands under as a file, in this order. */
const DAEMON = 'docker-daemon:';
const REGISTRY = 'docker://';

/**
 * Whose images bare names may mean: `anyone` goes on to the registry, which may be Docker Hub; `builder` means what was built
 * here, and never an image on Docker Hub, where a stranger may have taken the name.
 */
export type BareNames = 'anyone' | 'builder';

/** What a bare word may mean. */
export interface BareWords {
  /** Anyone's images when left out. */
  readonly names?: BareNames | undefined;
  /** Tells whether somebody else chose what lies at a path: a bare word then never means it. */
  readonly isStranger?: (path: string) => boolean;
}

/** Opens images by name, from the sources that there are. */
export function createImageOpener(
  sources: readonly ImageSource[],
  limits: Limits,
  { names = 'anyone', isStranger = () => false }: BareWords = {},
): ImageOpener {
  const sourceOf = (text: string): ImageSource | undefined =>
    sources.find(({ prefix }) => text.startsWith(prefix));

  const openNamed = async (text: string, missing: VarveError, told: string[] = []): Promise<OpenedSource> => {
    const daemon = sourceOf(DAEMON);
    const engine = daemon && (await openOrMiss(daemon, `${DAEMON}${text}`, ['outside']));
    if (engine !== undefined && !(engine instanceof VarveError)) return engine;
    const short = splitShortDigest(text);
    if (short !== null) throw onlyInRegistry(notInRegistryByPrefix(text, short), engine);
    const search: Search = { text, missing, engine, told };
    if (isOnHub(text) && isNeverOnHub(text)) throw nowhere(search);
    if (names === 'builder' && engine !== undefined && (isAbsent(engine) || isOnHub(text)))
      throw builtNowhere(text, engine, told);
    const remote = sourceOf(REGISTRY);
    if (remote === undefined) throw nowhere(search);
    const found = await openOrMiss(remote, `${REGISTRY}${text}`, ['outside']);
    if (!(found instanceof VarveError)) return found;
    throw isOnHub(text) && found.code !== 'malformed'
      ? notEvenOnHub(search, found)
      : notInRegistry(search, found);
  };

  return {
    open: async (text) => {
      const source = sourceOf(text);
      if (source !== undefined) return source.open(text);
      const reference = parseReference(text, existsSync);
      if (reference.transport !== null) throw noSource(text, sources);
      if (!reference.pathOnly && existsSync(reference.path) && isStranger(reference.path)) {
        const path = `./${text}`;
        const told = `the file or folder at ${path} was skipped: write ${path} if you mean that`;
        return openNamed(text, noImageAt(text), [told]);
      }
      try {
        return await openDetected(reference, limits);
      } catch (fault) {
        if (reference.pathOnly) throw fault;
        const error = toVarveError(fault);
        if (!isAbsent(error)) throw error;
        return openNamed(text, error);
      }
    },
  };
}

/** Opens an image, or gives back the error that lets the search go on. @param kinds of other errors that do so too. */
async function openOrMiss(
  source: ImageSource,
  reference: string,
  kinds: readonly FaultKind[],
): Promise<OpenedSource | VarveError> {
  try {
    return await source.open(reference);
  } catch (fault) {
    const error = toVarveError(fault);
    if (isAbsent(error) || kinds.includes(error.kind)) return error;
    throw fault;
  }
}

function noImageAt(text: string): VarveError {
  return new VarveError('image-not-found', `image ${text} does not exist`, { object: text });
}

function noSource(text: string, sources: readonly ImageSource[]): VarveError {
  const known = sources.map(({ prefix }) => prefix).join(', ');
  return new VarveError('bad-reference', `${text}: such references are not supported, only ${known}`, {
    object: text,
    hint: 'save the image as a file first: docker save -o image.tar NAME, or skopeo copy … oci:DIR',
  });
}
