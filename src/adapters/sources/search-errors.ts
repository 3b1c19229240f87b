import { existsSync } from 'node:fs';
import { isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { parseDockerName } from '../../core/image/docker-name.ts';
import { parseDigestPrefix } from '../../core/words/digest-prefix.ts';
import { askForNearFile } from './files/near-files.ts';

/** A search for what a bare word means, which found nothing. */
export interface Search {
  readonly text: string;
  /** What is wrong with the file of that name. */
  readonly missing: VarveError;
  /** Why no engine has it; undefined where none was asked. */
  readonly engine: VarveError | undefined;
  /** What was skipped. */
  readonly told: readonly string[];
}

export const isOnHub = (text: string): boolean => parseDockerName(text).host === 'docker.io';

/** The error of the engine; the name may be one of a registry nevertheless. */
export function builtNowhere(
  text: string,
  { code, message, object, hint, cause }: VarveError,
  told: readonly string[],
): VarveError {
  const inRegistry = `if it is in a registry, name that: docker://${text}`;
  return new VarveError(code, message, {
    ...(object !== undefined && { object }),
    ...(cause !== undefined && { cause }),
    hint: joinHints(askForNear(text) ?? undefined, hint, ...told, inRegistry),
  });
}

/** An archive, or the ID of an image: neither is ever what somebody wants of Docker Hub. */
export function isNeverOnHub(text: string): boolean {
  return isImageId(text) || /\.(?:tar|tgz|tzst|zip|oci|tar\.\w+)$/i.test(text);
}

const mayBeginDigest = (text: string): boolean => parseDigestPrefix(text) !== null && /\d/.test(text);

/** The ID of an image in the engine, or its beginning: `sha256:3279`, or as lists print it, `3279bdae9b85`. */
export function isImageId(text: string): boolean {
  return parseDigestPrefix(text)?.isCertain === true || /^[0-9a-f]{12,64}$/.test(text);
}

/** The error for what is neither a file nor in the engine. */
export function nowhere({ text, missing, engine, told }: Search): VarveError {
  // What is at the path, and is not an image, was meant; and an ID is nowhere but in an engine.
  if (existsSync(text) && told.length === 0) return missing;
  if (isImageId(text)) return notAnId(text, engine, told);
  if (engine === undefined && told.length === 0) return missing;
  return new VarveError('image-not-found', `there is no file or image ${text}`, {
    object: text,
    hint: joinHints(...told, missing.hint),
  });
}

const BEGINNING_HINT =
  'it looks like a digest: here that of an image ID in the engine; a manifest in a layout is oci:DIR@DIGEST, and only compare takes snapshots';

/** The error for digits that nothing here is called or begins with. */
function notAnId(text: string, engine: VarveError | undefined, told: readonly string[]): VarveError {
  const code = engine?.code ?? 'image-not-found';
  const id = isDigest(text) ? 'with that ID' : 'with an ID that begins so';
  return new VarveError(code, `there is no file ${text} here, and no image ${id}`, {
    object: text,
    hint: joinHints(...told, BEGINNING_HINT, engine?.message),
  });
}

const OFFLINE = 'to look on Docker Hub, check the network and the proxy settings';

/** The error for a name that Docker Hub does not give either. What is nearest comes first: the file, then the engine. */
export function notEvenOnHub(search: Search, hub: VarveError): VarveError {
  const { text, engine, told } = search;
  if (existsSync(text) && told.length === 0) return search.missing;
  const why =
    hub.code === 'denied'
      ? ' here, and Docker Hub refuses access to it'
      : ' here, and Docker Hub cannot be reached';
  const message = `there is no file or image ${text}${isAbsent(hub) ? '' : why}`;
  const near = askForNear(text);
  const elsewhere =
    engine?.kind === 'usage'
      ? [engine.message, engine.hint]
      : [engine?.message, hub.kind === 'outside' && hub.code !== 'denied' ? OFFLINE : hub.hint];
  return new VarveError(hub.code, message, {
    object: text,
    cause: hub,
    hint: joinHints(...told, near ?? (mayBeginDigest(text) ? BEGINNING_HINT : undefined), ...elsewhere),
  });
}

/** What else was meant, as a question: a file that is called alike, or the transport whose slashes are missing. */
function askForNear(text: string): string | null {
  const [, name] = /^docker:(.+)/.exec(text) ?? [];
  return askForNearFile(text) ?? (name === undefined ? null : `did you mean docker://${name}?`);
}

/** The error of a registry that is named, which is the nearest; the image may have been meant to be in the engine. */
export function notInRegistry({ engine, told }: Search, error: VarveError): VarveError {
  const { code, message, object, cause, hint } = error;
  return new VarveError(code, message, {
    ...(object !== undefined && { object }),
    ...(cause !== undefined && { cause }),
    hint: joinHints(...told, hint, engine?.message),
  });
}

/** The error for a name with the beginning of a digest, which an engine alone could complete. */
export function onlyInRegistry(error: VarveError, engine: VarveError | undefined): VarveError {
  const { code, message, hint, object } = error;
  return new VarveError(code, message, {
    ...(object !== undefined && { object }),
    hint: joinHints(hint, engine?.message),
  });
}

const joinHints = (...hints: readonly (string | undefined)[]): string =>
  hints
    .filter((hint) => hint !== undefined && hint !== '')
    .join('; ')
    .replaceAll('?; ', '? ');

/** A bare word means a file only if that is an image: another file does not hide the image of that name. */
export function isAbsent({ code }: VarveError): boolean {
  return code === 'image-not-found' || code === 'malformed';
}
