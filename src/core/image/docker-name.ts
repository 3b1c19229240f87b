import { type Digest, parseDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';

/** The name of an image in a registry, every part that Docker lets one leave out filled in but tag and digest. */
export interface DockerName {
  readonly host: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

const DEFAULT_HOST = 'docker.io';
const DEFAULT_FOLDER = 'library/';

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const LONGEST_REPOSITORY = 255;

/**
 * Reads `[HOST/]NAME[:TAG][@DIGEST]`; `alpine` is docker.io/library/alpine. The first part is a host when it has
 * a dot, a colon or a capital letter, or is `localhost`.
 * @throws VarveError `bad-reference`.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export function parseDockerName(text: string): DockerName {
  if (withoutUserInfo(text) !== text)
    throw badName(text, 'a name carries no credentials: log in with docker login');
  const [named = '', ...digests] = text.split('@');
  if (digests.length > 1) throw badName(text, 'it has more than one @');
  const digest = digests[0] === undefined ? null : parseDigest(digests[0]);

  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : null;
  if (tag !== null && !isTag(tag)) throw badName(text, 'its tag is not well formed');

  const { host, repository } = splitHost(tagged ? named.slice(0, colon) : named);
  if (!HOST.test(host)) throw badName(text, 'its host is not well formed');
  if (!REPOSITORY.test(repository) || host.length + repository.length >= LONGEST_REPOSITORY) {
    const lower = repository.toLowerCase();
    if (lower !== repository && REPOSITORY.test(lower)) throw hasCapitals(text, repository);
    throw badName(text, 'a repository is lowercase letters, digits and single separators between slashes');
  }
  return { host, repository, tag, digest };
}

function splitHost(path: string): { host: string; repository: string } {
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:A-Z[]/.test(first);
  const host = isHost ? first : DEFAULT_HOST;
  const rest = isHost ? path.slice(slash + 1) : path;
  if (host !== DEFAULT_HOST && host !== 'index.docker.io') return { host, repository: rest };
  return { host: DEFAULT_HOST, repository: rest.includes('/') ? rest : `${DEFAULT_FOLDER}${rest}` };
}

const hasCapitals = (text: string, repository: string): VarveError =>
  badName(
    text,
    'a repository has no capital letters',
    `did you mean ${lowerPart(text, repository.replace(DEFAULT_FOLDER, ''))}?`,
  );

const lowerPart = (text: string, part: string): string => text.replace(part, part.toLowerCase());

const EXAMPLES = 'a name looks like alpine:3.20, ghcr.io/acme/app:v1 or localhost:5000/app@sha256:…';

function badName(text: string, why: string, hint: string = EXAMPLES): VarveError {
  const object = withoutSecretParts(text).slice(0, 200);
  return new VarveError('bad-reference', `${JSON.stringify(object)} is not an image name: ${why}`, {
    object,
    hint,
  });
}

/** A reference as it may be shown: what is written like the query of a URL may hold a token. */
export const withoutSecretParts = (text: string): string => withoutUserInfo(text).replace(/\?.+$/s, '?…');

/** A reference without the user before the host, as a URL has it, which may hold a password. */
export function withoutUserInfo(text: string): string {
  const [, scheme = '', authority = '', rest = ''] = /^((?:[a-z-]+:)?\/\/)?([^/]*)(.*)$/is.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const isDigest = rest === '' && /^[a-z\d]+:[\da-f]*$/i.test(authority.slice(at + 1));
  return at === -1 || isDigest ? text : `${scheme}…@${authority.slice(at + 1)}${rest}`;
}

/** A name in full: `docker.io/library/alpine:3.20`. */
export function formatDockerName({ host, repository, tag, digest }: DockerName): string {
  return `${host}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** The repository as people write it, without tag and digest: `alpine`, `acme/app`, `ghcr.io/acme/app`. */
export function familiarRepository({ host, repository }: DockerName): string {
  if (host !== DEFAULT_HOST) return `${host}/${repository}`;
  const short = repository.slice(DEFAULT_FOLDER.length);
  return repository.startsWith(DEFAULT_FOLDER) && !short.includes('/') ? short : repository;
}

/** Tells whether a text is a well-formed tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Tells whether a text could be the name of an image in a registry. */
export function isDockerName(text: string): boolean {
  try {
    parseDockerName(text);
    return true;
  } catch {
    return false;
  }
}

/** Tells whether two names, in any spelling, are one image; a name without a tag means `latest`. */
export function sameDockerName(a: string, b: string): boolean {
  return wholeName(a) === wholeName(b);
}

/** A name in full with its tag, `latest` where it states none; a text that is not a name as it is. */
export function wholeName(text: string): string {
  if (!isDockerName(text)) return text;
  const name = parseDockerName(text);
  return formatDockerName({ ...name, tag: name.tag ?? (name.digest === null ? 'latest' : null) });
}
