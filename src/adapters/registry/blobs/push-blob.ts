import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { RangeSource } from '../../../base/range-source.ts';
import { transferTime, withinTime } from '../../http/deadlines.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { BlobUpload } from './blob-upload.ts';
import { hasBlob } from './has-blob.ts';
import { beginUpload, mountBlob, type UploadSession } from './upload-session.ts';

export interface PushBlobOptions {
  /** A repository of the same registry that may have the blob. */
  readonly mountFrom?: string;
  readonly signal?: AbortSignal;
}

/** How a blob came to be where it was to be: it was there, it was taken from another repository, it was sent. */
export type PushedBlob = 'present' | 'mounted' | 'uploaded';

/**
 * Sees to it that the registry has a blob, sending as little as can be.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `digest-mismatch`; what reading the source throws; the
 * reason of the signal.
 */
export async function pushBlob(
  requests: RepositoryRequests,
  digest: Digest,
  source: RangeSource,
  { mountFrom, signal: caller }: PushBlobOptions,
): Promise<PushedBlob> {
  const most = transferTime(source.size, requests.patience);
  const late = () => tooSlow(`${requests.name}: the blob ${digest}`);
  return withinTime(most, late, caller, async (signal) => {
    if (await hasBlob(requests, digest, signal)) return 'present';
    let begun: UploadSession | 'mounted' | null = null;
    if (mountFrom !== undefined && mountFrom !== requests.address.repository) {
      begun = await mountBlob(requests, digest, mountFrom, signal);
    }
    if (begun === 'mounted') return 'mounted';
    begun ??= await beginUpload(requests, signal);
    await new BlobUpload(requests, digest, source, signal).run(begun);
    return 'uploaded';
  });
}

function tooSlow(object: string): VarveError {
  return new VarveError('unreachable', `${object} is uploaded too slowly`, {
    object,
    hint: 'check the network and the registry, and try again',
  });
}
