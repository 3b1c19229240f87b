import { VarveError } from '../../base/errors.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';
import type { LayerRequest } from '../../core/reading/layer-reader.ts';
import { nameLayer } from '../../core/reading/verify-reading.ts';

/** A place that is read once, and the requests that it answers: an image may name the same bytes several times. */
export interface LayerRead {
  readonly location: HeldLocation;
  readonly requests: readonly LayerRequest[];
}

/**
 * What one thread does without a break: one read, or several out of one compressed archive, ascending and not
 * overlapping, so that one pass over the archive serves them all. Plain data: it travels to workers as it is.
 */
export type LayerTask = readonly [LayerRead, ...LayerRead[]];

/** The bytes of layers that a task reads. */
export function taskBytes(task: LayerTask): number {
  return task.reduce((sum, { location }) => sum + location.length, 0);
}

/**
 * Puts requests into tasks, the largest first.
 * @throws VarveError `blob-missing` for a layer that the transport does not hold, `unsupported` for an encrypted one.
 */
export function planTasks(requests: readonly LayerRequest[]): LayerTask[] {
  const reads = [...Map.groupBy(requests, placeOf).values()].map((sharing) => ({
    location: heldLocation(sharing[0] as LayerRequest),
    requests: sharing,
  }));
  reads.sort((a, b) => offsetOf(a.location) - offsetOf(b.location));
  const tasks: [LayerRead, ...LayerRead[]][] = [];
  for (const read of reads) {
    const open =
      read.location.kind !== 'compressed-file' ? undefined : tasks.find((task) => goesOn(task, read));
    if (open === undefined) tasks.push([read]);
    else open.push(read);
  }
  return tasks.sort((a, b) => taskBytes(b) - taskBytes(a));
}

/** What a layer that cannot be read is a case of, and what helps. */
const ABSENT = {
  gone: ['blob-missing', 'the image was copied only in part: make or fetch it again'],
  foreign: ['blob-missing', 'copy the image together with its foreign layers'],
  encrypted: ['unsupported', 'copy the image decrypted, as skopeo copy --decryption-key does'],
} as const;

function heldLocation(request: LayerRequest): HeldLocation {
  const { location } = request;
  const object = nameLayer(request);
  if (location.kind === 'deferred') throw new VarveError('internal', `${object} was not located`);
  if (location.kind !== 'absent') return location;
  const [code, hint] = ABSENT[location.why ?? 'gone'];
  throw new VarveError(code, `${object}: ${location.reason}`, { object, hint });
}

const offsetOf = (location: HeldLocation): number => ('offset' in location ? location.offset : 0);

/** Equal for requests that the same bytes answer. */
function placeOf({ location }: LayerRequest): string {
  if (location.kind === 'absent' || location.kind === 'deferred') return location.kind;
  if (location.kind === 'registry') {
    return JSON.stringify([location.kind, location.origin, location.repository, location.digest]);
  }
  if (location.kind === 'tar-split') return JSON.stringify([location.kind, location.metadata, location.root]);
  return JSON.stringify([location.kind, location.path, location.offset, location.length]);
}

/** Whether the pass of a task can take one more read on its way. */
function goesOn(task: LayerTask, { location }: LayerRead): boolean {
  const last = task.at(-1)?.location;
  return (
    last?.kind === 'compressed-file' &&
    location.kind === 'compressed-file' &&
    last.path === location.path &&
    last.offset + last.length <= location.offset
  );
}
