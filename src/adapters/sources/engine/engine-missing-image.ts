import { VarveError } from '../../../base/errors.ts';
import { familiarRepository, isDockerName, parseDockerName } from '../../../core/image/docker-name.ts';
import { formatReference } from '../../../core/image/reference.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { listNames } from '../list-names.ts';

/** The error for an image that an engine does not have: it says what there is, and what may have gone wrong. */
export async function explainMissing(engine: EngineClient, name: string): Promise<VarveError> {
  const object = formatReference({ transport: 'docker-daemon', name });
  // A look for a better hint: trouble with it is none for the error itself.
  const images = await engine.list().catch(() => []);
  const hex = name.replace(/^sha256:/, '');
  const alike = images.filter(({ Id }) => Id.startsWith(`sha256:${hex}`));
  if (alike.length > 1) {
    return new VarveError('image-not-found', `${object}: the IDs of ${alike.length} images begin like this`, {
      object,
      hint: `give more of it: ${listNames(alike.map(({ Id }) => Id))}`,
    });
  }
  const names = images
    .flatMap(({ RepoTags }) => RepoTags)
    .filter(isDockerName)
    .sort();
  const hints = [whatThereIs(names, name)];
  if (!(await engine.isPodman())) {
    hints.push(
      'if buildx built it, it was not loaded: add load: true (--load), or outputs: type=oci and name that',
    );
  }
  return new VarveError('image-not-found', `the engine at ${engine.address} has no image ${name}`, {
    object,
    hint: hints.join('; '),
  });
}

function whatThereIs(names: readonly string[], wanted: string): string {
  if (names.length === 0) return 'it has no image with a name';
  const repository = (text: string): string => familiarRepository(parseDockerName(text)).replace(/^.*\//, '');
  const near = names.filter((name) => repository(name) === repository(wanted));
  return `it has ${listNames(near.length > 0 ? near : names)}`;
}
