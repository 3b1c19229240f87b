import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';
import { readAtOnce } from '../../base/read-file.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { type EngineTls, readCertificates } from './engine-certificates.ts';

/** A named engine of the docker client's. */
export interface DockerContext {
  readonly name: string;
  readonly host: string;
  readonly tls: EngineTls | null;
}

/** The name that stands for what the client does without contexts. */
const NO_CONTEXT = 'default';

const ConfigSchema = v.object({ currentContext: v.optional(v.string(), '') });

const ContextSchema = v.object({
  Endpoints: v.object({
    docker: v.object({ Host: v.string(), SkipTLSVerify: v.optional(v.boolean(), false) }),
  }),
});

/**
 * Finds the context that the docker client uses.
 * @param folder Docker's own, `~/.docker`.
 * @param named as `DOCKER_CONTEXT` names it; else the one that is in use counts.
 * @returns null when there is none.
 * @throws VarveError `bad-option` for a context that is not there or cannot be read.
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export function findDockerContext(folder: string, named: string | undefined): DockerContext | null {
  const name = named || currentContext(join(folder, 'config.json'));
  if (name === '' || name === NO_CONTEXT) return null;
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts/meta', id, 'meta.json');
  const parsed = v.safeParse(ContextSchema, readJson(file));
  if (!parsed.success) throw noContext(name, file);
  const { Host: host, SkipTLSVerify: skips } = parsed.output.Endpoints.docker;
  const certificates = join(folder, 'contexts/tls', id, 'docker');
  return { name, host, tls: existsSync(certificates) ? readCertificates(certificates, !skips) : null };
}

/** A configuration that cannot be read names no context: those who need more of it say what is wrong with it. */
function currentContext(file: string): string {
  const parsed = v.safeParse(ConfigSchema, readJson(file));
  return parsed.success ? parsed.output.currentContext : '';
}

function readJson(file: string): unknown {
  try {
    return parseShallowJson(readAtOnce(file).toString('utf8'));
  } catch {
    return null;
  }
}

function noContext(name: string, file: string): VarveError {
  return new VarveError('bad-option', `there is no docker context ${JSON.stringify(name.slice(0, 100))}`, {
    object: file,
    hint: 'docker context ls lists them; DOCKER_CONTEXT=default uses none',
  });
}
