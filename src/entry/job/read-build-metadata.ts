import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { readFileOrPipe } from '../../base/read-file.ts';
import { type BuiltImage, parseBuildMetadata } from '../../core/image/built-image.ts';

/**
 * Reads what buildx wrote of a build.
 * @param text path of the file, or the JSON itself, as build-push-action gives it in its output.
 * @throws VarveError as `parseBuildMetadata` does; `image-not-found` when no file is there, `unreachable`.
 */
export async function readBuildMetadata(
  text: string,
  target: string | undefined,
  limits: Pick<Limits, 'jsonBytes'>,
): Promise<BuiltImage> {
  if (text.startsWith('{'))
    return parseBuildMetadata(Buffer.from(text), 'the build metadata', target, limits);
  return parseBuildMetadata(await readWhole(text, limits), text, target, limits);
}

async function readWhole(path: string, limits: Pick<Limits, 'jsonBytes'>): Promise<Buffer> {
  try {
    return await readFileOrPipe(path, limits.jsonBytes, () => limitExceeded('jsonBytes', limits, path));
  } catch (cause) {
    throw cause instanceof VarveError ? cause : unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): VarveError {
  const object = path.slice(0, 200);
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    return new VarveError('image-not-found', `there is no build metadata at ${object}`, {
      object,
      hint: 'give the file of buildx --metadata-file, or the output metadata of the build step itself',
      cause,
    });
  }
  return new VarveError('unreachable', `cannot read the build metadata at ${object}`, { object, cause });
}
