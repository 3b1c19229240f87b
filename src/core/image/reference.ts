import { type Digest, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type DigestBeginning, parseDigestPrefix } from '../words/digest-prefix.ts';
import {
  formatDockerName,
  isDockerName,
  parseDockerName,
  withoutSecretParts,
  withoutUserInfo,
} from './docker-name.ts';

/** Where an image is: transport and name, as skopeo and podman write them. */
export type ImageReference =
  | {
      readonly transport: 'oci' | 'oci-archive';
      readonly path: string;
      /** At most one of tag and digest is given. */
      readonly tag: string | null;
      readonly digest: DigestBeginning | null;
    }
  | {
      readonly transport: 'docker-archive';
      readonly path: string;
      /** At most one of name and digest is given. */
      readonly name: string | null;
      readonly digest?: DigestBeginning;
    }
  | { readonly transport: 'docker-daemon'; readonly name: string }
  | {
      readonly transport: 'docker';
      readonly host: string;
      readonly repository: string;
      readonly tag: string | null;
      readonly digest: Digest | null;
    };

export type Transport = ImageReference['transport'];

/** A reference of some transports. */
export type ReferenceOf<T extends Transport> = Extract<ImageReference, { readonly transport: T }>;

/** A name without a transport: what it means shows only when one looks at what is there. */
export interface PlainReference {
  readonly transport: null;
  readonly text: string;
  readonly path: string;
  /** Tag or name of the image at the path; null when the text does not say. */
  readonly selector: string | null;
  readonly digest: DigestBeginning | null;
  /** Written as a path, or not possible as a name: then nothing else is meant. */
  readonly pathOnly: boolean;
}

/** Tells whether a path exists: this distinguishes a path with a colon in it from a path and a tag. */
export type PathCheck = (path: string) => boolean;

/** The transports of images that are kept in files. */
export const FILE_TRANSPORTS = ['oci', 'oci-archive', 'docker-archive'] as const;
export type FileTransport = (typeof FILE_TRANSPORTS)[number];

const TRANSPORT_HINT =
  'write oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], docker-daemon:NAME[:TAG], ' +
  'docker://HOST/NAME[:TAG|@DIGEST], or a path such as ./image.tar';

/**
 * Reads an image reference. In `oci:PATH:TAG` the longest path that is there counts, else the text up to the
 * first colon.
 * @throws VarveError `bad-reference`.
 */
export function parseReference(
  text: string,
  isThere: PathCheck = () => false,
): ImageReference | PlainReference {
  if (text.includes('\0') || text.trim() === '') throw badReference(text, 'it is empty');
  if (text.startsWith('//') && withoutUserInfo(text) !== text)
    throw badReference(text, 'it carries credentials: log in with docker login');
  if (text.startsWith('docker://')) return parseRegistryReference(text);
  if (text.startsWith('docker-daemon:')) return parseDaemonReference(text);
  const transport = FILE_TRANSPORTS.find((name) => text.startsWith(`${name}:`));
  return transport === undefined ? parsePlain(text, isThere) : parseFileReference(text, transport, isThere);
}

/** Reads `docker://HOST/NAME[:TAG|@DIGEST]`. @throws VarveError `bad-reference`. */
export function parseRegistryReference(text: string): ReferenceOf<'docker'> {
  const name = text.slice('docker://'.length);
  if (name === '') throw badReference(text, 'it names no image');
  const short = splitShortDigest(name);
  if (short !== null) throw notInRegistryByPrefix(text, short);
  return { transport: 'docker', ...parseDockerName(name) };
}

/** Reads `docker-daemon:NAME[:TAG]`. @throws VarveError `bad-reference`. */
export function parseDaemonReference(text: string): ReferenceOf<'docker-daemon'> {
  const name = text.slice('docker-daemon:'.length);
  if (name === '') throw badReference(text, 'it names no image');
  if (name.startsWith('//')) {
    const meant = text.replace('://', ':');
    throw badReference(text, 'no slashes follow docker-daemon:', `did you mean ${meant}?`);
  }
  // Whole and short image IDs have the form of names too.
  parseDockerName(splitShortDigest(name)?.name ?? name);
  return { transport: 'docker-daemon', name };
}

/** Reads a reference to a file or folder, such as `oci:DIR[:TAG]`. @throws VarveError `bad-reference`. */
export function parseFileReference(
  text: string,
  transport: FileTransport,
  isThere: PathCheck,
): ReferenceOf<FileTransport> {
  const { path, selector, digest } = splitPath(text.slice(transport.length + 1), isThere);
  if (path === '') throw badReference(text, 'it names no path');
  if (transport !== 'docker-archive') return { transport, path, tag: selector, digest };
  if (selector !== null) parseDockerName(selector);
  return { transport, path, name: selector, ...(digest !== null && { digest }) };
}

/** The text of a reference: `parseReference` reads it as the same reference. */
export function formatReference(reference: ImageReference): string {
  switch (reference.transport) {
    case 'docker':
      return `docker://${formatDockerName(reference)}`;
    case 'docker-daemon':
      return `docker-daemon:${reference.name}`;
    case 'docker-archive':
      return `docker-archive:${reference.path}${formatChoice(reference.name, reference.digest ?? null)}`;
    default: {
      const { transport, path, tag, digest } = reference;
      return `${transport}:${path}${formatChoice(tag, digest)}`;
    }
  }
}

const formatChoice = (name: string | null, digest: string | null): string =>
  `${name === null ? '' : `:${name}`}${digest === null ? '' : `@${digest}`}`;

/** `NAME@sha256:6a193d`, or `NAME@6a193d`; null for a text without a digest, or with a whole one. */
export function splitShortDigest(
  text: string,
): { readonly name: string; readonly digest: DigestBeginning } | null {
  const [, name = '', written = ''] = /^([^@]+)@([^@]+)$/.exec(text) ?? [];
  const prefix = parseDigestPrefix(written);
  return prefix === null || isDigest(written) ? null : { name, digest: prefix.text };
}

/** Registries have no request for what begins with some digits. */
export function notInRegistryByPrefix(
  text: string,
  { name, digest }: { readonly name: string; readonly digest: string },
): VarveError {
  const whole = `write all 64 digits; varve inspect docker://${name.replace(/^docker:\/\//, '')} prints the digest of what a tag stands for`;
  const asTag = /@sha256:/.test(text) ? '' : `; did you mean ${text.replace('@', ':')}?`;
  return new VarveError(
    'bad-reference',
    `${text}: a registry finds an image only by its whole digest, and ${digest} is the beginning of one`,
    { object: text, hint: `${whole}${asTag}` },
  );
}

function parsePlain(text: string, isThere: PathCheck): PlainReference {
  if (/^\.{0,2}\//.test(text) || text === '.' || text === '..') {
    return { transport: null, text, pathOnly: true, ...splitPath(text, isThere) };
  }
  if (/^sha\d+:/i.test(text) && !isThere(text) && parseDigestPrefix(text) === null)
    throw badReference(text, 'it is not the beginning of a digest', DIGEST_HINT);
  const [, name, tag] = /^([^@]+)@([\w.-]+)$/.exec(text) ?? [];
  if (name !== undefined && isDockerName(name) && splitShortDigest(text) === null && !isThere(text))
    throw badReference(text, 'a digest follows an @, and a tag a colon', `did you mean ${name}:${tag}?`);
  const isName = isDockerName(splitShortDigest(text)?.name ?? text);
  const [, scheme] = /^([a-z][a-z-]*):/i.exec(text) ?? [];
  if (scheme !== undefined && !isThere(text) && (!isName || scheme in OTHER_TRANSPORTS)) {
    throw badReference(text, `${scheme}: is not supported`, OTHER_TRANSPORTS[scheme.toLowerCase()]);
  }
  return { transport: null, text, path: text, selector: null, digest: null, pathOnly: !isName };
}

function splitPath(
  text: string,
  isThere: PathCheck,
): { path: string; selector: string | null; digest: DigestBeginning | null } {
  const [, before = '', written] = /^(.*)@(sha256:.*|[^@/]*)$/s.exec(text) ?? [];
  const isDigestGiven =
    written !== undefined && (written.startsWith('sha256:') || (isThere(before) && !isThere(text)));
  const prefix = isDigestGiven ? parseDigestPrefix(written) : null;
  if (isDigestGiven && prefix === null)
    // What is there is a path, and no password stands before the @.
    throw badReference(text, 'what follows the @ is not a digest', AFTER_AT, isThere(before));
  const digest = prefix?.text ?? null;
  const named = isDigestGiven ? before : text;
  const path = longestPath(named, isThere);
  const selector = path === named ? null : named.slice(path.length + 1);
  if (selector === '')
    throw badReference(text, 'nothing follows the colon', 'write a tag after the colon, or leave it out');
  if (selector !== null && digest !== null) throw badReference(text, 'give a tag or a digest, not both');
  return { path, selector, digest };
}

function longestPath(text: string, isThere: PathCheck): string {
  const colons = [...text.matchAll(/:/g)].map((match) => match.index);
  const paths = [text.length, ...colons.reverse()].map((end) => text.slice(0, end));
  return paths.find((path) => path !== '' && isThere(path)) ?? paths.at(-1) ?? text;
}

const AFTER_AT = 'write @sha256: and at least 4 of its digits, in lower case';

const DIGEST_HINT =
  'write sha256: and at least 4 digits, in lower case; an image in a registry is NAME@sha256:…';

/** Words of other tools before a colon, which are not taken for the names of images; with what to write instead. */
const OTHER_TRANSPORTS: Readonly<Record<string, string>> = {
  archive: 'write the path alone, such as ./image.tar',
  'containers-storage': 'save the image to a file first: podman save -o image.tar NAME',
  daemon: 'write docker-daemon:NAME',
  dir: 'a folder with an image is written oci:DIR',
  file: 'write the path alone, such as ./image.tar',
  http: 'an image in a registry is written docker://HOST/NAME',
  https: 'an image in a registry is written docker://HOST/NAME',
  podman: 'write docker-daemon:NAME',
  tar: 'write the path alone, such as ./image.tar',
};

function badReference(text: string, why: string, hint: string = TRANSPORT_HINT, isPath = false): VarveError {
  const object = (isPath ? text : withoutSecretParts(text)).slice(0, 200);
  return new VarveError('bad-reference', `${JSON.stringify(object)} is not an image reference: ${why}`, {
    object,
    hint,
  });
}
