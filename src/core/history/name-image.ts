import { VarveError } from '../../base/errors.ts';
import { familiarRepository, isDockerName, parseDockerName } from '../image/docker-name.ts';
import type { OpenedSource } from '../image/image-source.ts';

/** The name that the history of an image is kept under. */
export interface ImageName {
  readonly name: string;
  /** What the same image was called by earlier versions: its history goes on under the new name. */
  readonly former: string | null;
  /** What a user should know of how the name was found. */
  readonly aside: string | null;
}

/**
 * Chooses the name: the one that is given; the repository that the place states, without the address of a registry on
 * this machine, which is an accident of the build; or what the file or folder is called.
 * @param given by the user. @param isKept whether anything is looked up or found again by the name.
 * @throws VarveError `bad-option` where there is none.
 */
export function nameImage(
  given: string | undefined,
  { embeddedName, pathName, reference }: OpenedSource,
  isKept: boolean,
): ImageName {
  if (given !== undefined) return { name: given, former: null, aside: null };
  if (embeddedName !== null) {
    const name = nameRepository(embeddedName);
    return { name, former: name === embeddedName ? null : embeddedName, aside: null };
  }
  if (pathName !== undefined) {
    const aside = `the image states no name, so its history is kept as \`${pathName}\`, after its path: --name gives another`;
    return { name: pathName, former: null, aside };
  }
  if (!isKept) return { name: reference, former: null, aside: null };
  throw new VarveError('bad-option', `${reference} does not give the image a name`, {
    object: reference,
    hint: 'give a name for its history with --name (input name), such as shop/web',
  });
}

/** What the images of a repository are called: without the address of a registry on this machine. */
export const nameRepository = (repository: string): string => repository.replace(LOCAL_HOST, '');

/** What an image that is written so is called: `shop` of `docker://localhost:5000/shop:v2`; null for any other text. */
export function nameWritten(text: string): string | null {
  const reference = text.replace(/^(?:docker:\/\/|docker-daemon:)/, '');
  return isDockerName(reference) ? nameRepository(familiarRepository(parseDockerName(reference))) : null;
}

/** A registry on this machine, or the host that Podman gives to what has none. */
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?\//;
