import { type Digest, isDigest } from '../../../base/digest.ts';
import { type BaseCandidate, baseName } from '../../../core/image/base-image.ts';
import {
  type DockerName,
  familiarRepository,
  isDockerName,
  parseDockerName,
} from '../../../core/image/docker-name.ts';
import { EngineClient } from '../../engine/engine-client.ts';
import { type EngineSettings, findEngineEndpoint } from '../../engine/engine-endpoint.ts';
import type { Inspection } from '../../engine/engine-messages.ts';

/**
 * Asks the engine for an image under a name, without an export; null where it has none.
 * @throws VarveError `unreachable`, `denied`, `malformed`.
 */
export async function findInEngine(
  hint: DockerName,
  settings: EngineSettings,
  signal: AbortSignal | undefined,
): Promise<BaseCandidate | null> {
  const endpoint = findEngineEndpoint(settings);
  if (endpoint === null) return null;
  const engine = new EngineClient(endpoint, undefined, signal);
  const name = baseName(hint);
  const inspection = await engine.inspect(hint.tag === null && hint.digest ? `${name}@${hint.digest}` : name);
  if (inspection === null) return null;
  const diffIds = inspection.RootFS.Layers.filter(isDigest);
  return { name, digest: distributedDigest(inspection, hint), diffIds };
}

/** The digest that the image has in the repository of its name, as far as the engine knows it. */
function distributedDigest({ Descriptor, RepoDigests }: Inspection, hint: DockerName): Digest | null {
  const repository = familiarRepository(hint);
  const pulled = RepoDigests.filter(isDockerName)
    .map(parseDockerName)
    .find((each) => each.digest !== null && familiarRepository(each) === repository);
  return pulled?.digest ?? Descriptor?.digest ?? null;
}
