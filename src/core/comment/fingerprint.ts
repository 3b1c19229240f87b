import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf, hexOf } from '../../base/digest.ts';
import { attentionKey } from '../attention/attention.ts';
import type { ImageReport } from '../report/report.ts';
import type { FileState } from '../rootfs/file-state.ts';

/**
 * Tells two findings apart: what counts of the differences between images and their baselines. Building the same again
 * gives the same, whatever the times in the image are.
 */
export function fingerprintOf(images: readonly ImageReport[]): string {
  const found = images.map(({ name, platform, outcome, attention, change }) => {
    const { files, config } = change?.comparison ?? { files: null, config: null };
    return {
      name,
      platform,
      kind: outcome.kind,
      attention: attention.map(attentionKey),
      files: files?.entries
        .filter(({ volatile }) => volatile !== true)
        .map(({ path, status, target }) => [path, status, target === undefined ? null : identityOf(target)]),
      config: config?.filter(({ volatile }) => volatile !== true),
    };
  });
  return hexOf(digestOf(canonicalJson(JSON.parse(JSON.stringify(found))))).slice(0, 16);
}

const identityOf = ({ type, mode, uid, gid, sha256, linkTarget }: FileState) => [
  ...[type, mode, uid, gid],
  sha256 ?? linkTarget ?? null,
];
