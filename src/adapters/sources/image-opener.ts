import { existsSync } from 'node:fs';
import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { parseDockerName } from '../../core/image/docker-name.ts';
import type { ImageOpener, ImageSource, OpenedSource } from '../../core/image/image-source.ts';
import { parseReference } from '../../core/image/reference.ts';
import { openDetected } from './files/file-sources.ts';

/** Where a bare word is looked for that no image stands under as a file, in this order. */
const DAEMON = 'docker-daemon:';
const NAMED = [DAEMON, 'docker://'] as const;

/**
 * Whose images bare names may mean: `anyone` goes on to the registry, be it Docker Hub; `builder` means what was built
 * here, and never an image on Docker Hub, where a stranger may have taken the name.
 */
export type BareNames = 'anyone' | 'builder';

/** What a bare word may mean. */
export interface BareWords {
  /** Anyone's images when left out. */
  readonly names?: BareNames | undefined;
  /** Tells of a path whether somebody else chose what lies there, so that a bare word does not mean it. */
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
    const passed = [missing];
    for (const prefix of NAMED) {
      const reference = `${prefix}${text}`;
      const source = sourceOf(reference);
      if (source === undefined) continue;
      try {
        return await source.open(reference);
      } catch (fault) {
        const error = toVarveError(fault);
        if (!isAbsent(error) && !(prefix === DAEMON && error.kind === 'outside'))
          throw afterAll(passed, error, told);
        if (names === 'builder' && prefix === DAEMON && (isAbsent(error) || isOnHub(text)))
          throw builtNowhere(text, error, told);
        passed.push(error);
      }
    }
    const last = passed.pop() ?? missing;
    throw afterAll(passed, last, told);
  };

  return {
    open: async (text) => {
      const source = sourceOf(text);
      if (source !== undefined) return source.open(text);
      const reference = parseReference(text, existsSync);
      if (reference.transport !== null) throw noSource(text, sources);
      if (!reference.pathOnly && existsSync(reference.path) && isStranger(reference.path)) {
        const path = `./${text}`;
        const told = `the file or folder at ${path} was passed over: write ${path} if you mean that`;
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

/** A bare word means a file only where an image is: one that is none does not hide the image of that name. */
function isAbsent({ code }: VarveError): boolean {
  return code === 'image-not-found' || code === 'malformed';
}

const isOnHub = (text: string): boolean => parseDockerName(text).host === 'docker.io';

/** The error of the engine; the name may be one of a registry nevertheless. */
function builtNowhere(
  text: string,
  { code, message, object, hint, cause }: VarveError,
  told: readonly string[],
): VarveError {
  const inRegistry = `if it is in a registry, name that: docker://${text}`;
  return new VarveError(code, message, {
    ...(object !== undefined && { object }),
    ...(cause !== undefined && { cause }),
    hint: [...(hint === undefined ? [] : [hint]), ...told, inRegistry].join('; '),
  });
}

/** The last error of a search, which tells what was found in the engine before: mostly the image should be there. */
function afterAll(passed: readonly VarveError[], last: VarveError, told: readonly string[]): VarveError {
  const [, engine] = passed;
  if (engine === undefined && told.length === 0) return last;
  const hints = [...told, engine?.message, engine?.hint, last.hint].filter((hint) => hint !== undefined);
  return new VarveError(last.code, last.message, {
    ...(last.object !== undefined && { object: last.object }),
    cause: last.cause ?? last,
    hint: hints.join('; '),
  });
}

function noImageAt(text: string): VarveError {
  return new VarveError('image-not-found', `image ${text} does not exist`, { object: text });
}

function noSource(text: string, sources: readonly ImageSource[]): VarveError {
  const known = sources.map(({ prefix }) => prefix).join(', ');
  return new VarveError('bad-reference', `${text}: such references are not read here, only ${known}`, {
    object: text,
    hint: 'save the image as a file first: docker save -o image.tar NAME, or skopeo copy … oci:DIR',
  });
}
