import * as v from 'valibot';
import { VarveError } from '../../../base/errors.ts';
import { readFileOrPipe } from '../../../base/read-file.ts';
import { parseShallowJson } from '../../../base/strict-json.ts';
import { askCredentialHelper } from './credential-helper.ts';
import type { Credentials } from './credentials.ts';

const text = v.optional(v.string(), '');
const ConfigSchema = v.object({
  auths: v.optional(
    v.pipe(
      v.unknown(),
      v.check((entries) => !Array.isArray(entries)),
      v.record(
        v.string(),
        v.object({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text }),
      ),
    ),
    {},
  ),
  credsStore: text,
  credHelpers: v.optional(v.record(v.string(), v.string()), {}),
});

/** The name that Docker keeps the credentials of its own registry under. */
const HUB = 'https://index.docker.io/v1/';

/**
 * Finds the credentials for a host in Docker's `config.json`, or asks the program that it names for them.
 * Only an entry of exactly that host counts.
 * @returns null when there are none.
 * @param signal ends the program.
 * @throws VarveError `bad-option` for a file that cannot be read as what it should be, `denied` when a program fails;
 * the reason of the signal.
 * @see https://github.com/docker/cli/blob/v27.0.0/cli/config/configfile/file.go
 */
export async function findCredentials(
  file: string,
  host: string,
  signal?: AbortSignal,
): Promise<Credentials | null> {
  const config = await readConfig(file);
  if (config === null) return null;
  const server = host === 'docker.io' ? HUB : host;
  const helper = ownEntry(config.credHelpers, host) ?? config.credsStore;
  if (helper !== '') {
    const found = await askCredentialHelper(helper, server, { ...(signal && { signal }) });
    if (found !== null) return found;
  }
  const entry = ownEntry(config.auths, host);
  return entry === undefined ? null : toCredentials(entry, file);
}

async function readConfig(file: string): Promise<v.InferOutput<typeof ConfigSchema> | null> {
  const unreadable = (cause?: unknown): VarveError =>
    new VarveError('bad-option', `${file} cannot be read as Docker's configuration`, {
      object: file,
      ...(cause !== undefined && { cause }),
      hint: 'repair it, or name another folder with DOCKER_CONFIG',
    });
  let content: string;
  try {
    content = (await readFileOrPipe(file)).toString('utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && ['ENOENT', 'ENOTDIR'].includes(String(cause.code)))
      return null;
    throw unreadable(cause);
  }
  let document: unknown;
  try {
    document = parseShallowJson(content);
  } catch {
    // The parser's own words would quote the file, which has secrets in it.
    throw unreadable();
  }
  const parsed = v.safeParse(ConfigSchema, document);
  if (!parsed.success) throw unreadable();
  return parsed.output;
}

/** The entry of a host, whatever scheme and version its key has: `https://ghcr.io/v1/` is `ghcr.io`. */
function ownEntry<T>(entries: Readonly<Record<string, T>>, host: string): T | undefined {
  const exact = Object.hasOwn(entries, host) ? entries[host] : undefined;
  if (exact !== undefined) return exact;
  return Object.entries(entries).find(([key]) => hostOfKey(key) === host)?.[1];
}

function hostOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  return host === 'index.docker.io' ? 'docker.io' : host;
}

function toCredentials(
  entry: v.InferOutput<typeof ConfigSchema>['auths'][string],
  file: string,
): Credentials | null {
  if (entry.registrytoken !== '') return { kind: 'registry-token', token: entry.registrytoken };
  if (entry.identitytoken !== '') return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.auth === '') {
    if (entry.username === '') return null;
    return { kind: 'password', username: entry.username, password: entry.password };
  }
  const decoded = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  if (colon < 1) {
    throw new VarveError('bad-option', `${file} has an "auth" that is not a user and password`, {
      object: file,
      hint: 'log in again: docker login',
    });
  }
  return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
