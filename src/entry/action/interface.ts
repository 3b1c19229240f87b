/** Every output of the action with what it holds. */
export const ACTION_OUTPUTS = {
  platforms: 'Platforms that were recorded, such as `linux/amd64`, one on each line.',
  'manifest-uri': '`cas://` URI of the surface manifest; with several platforms, one on each line.',
  'manifest-digest': 'Digest of the surface manifest; with several platforms, one on each line.',
  'pointer-path':
    'Path of the pointer, which names everything that the run recorded; empty if it could not be written.',
  'snapshot-digest': 'Digest of the snapshot; with several platforms, one on each line.',
  changed:
    '`true` when files or config of any platform differ in a way that counts, a platform is new or gone, or something could not be compared; empty without a baseline, or when nothing differs from an unverified one.',
  headline: 'What changed, in one line of plain text.',
  'layers-added': 'Number of layers that the baseline does not have. Numbers are sums over all platforms.',
  'layers-removed': 'Number of layers of the baseline that are gone.',
  'layers-rebuilt': 'Number of layers that the same step, or an edited one, made again.',
  'layers-reused': 'Number of layers that were known and not read again.',
  size: 'Size of the image in bytes: its compressed layers, or its uncompressed ones if none is compressed.',
  'size-delta': 'Size of the image minus that of the baseline, in bytes.',
  'pull-bytes': 'Bytes that a machine with the baseline has to pull to get the image.',
  'comparison-path':
    'Path of the comparison (JSON); empty without a baseline, or if it could not be written.',
  'result-path':
    'Path of the result (JSON), from which another job can make a comment; empty if it could not be written.',
  'report-path': 'Path of the report (Markdown); empty if it could not be written.',
  'baseline-found': '`true` when there was a snapshot to compare with, of any platform.',
  'baseline-saved':
    '`true` when the snapshot of every platform was kept where later runs find it. Runs for tags, merge queues and, without `trust-cache`, pull requests save nothing in the cache, since no other run could read it.',
  'comment-url': "The page of the pull request's comment; empty without one.",
  'kit-path': 'Path of the kit; empty without `kit`, or if it could not be written.',
  published:
    'Where the run was published, as `oci://HOST/REPO@DIGEST`; with several platforms, one on each line; empty without `publish`.',
} as const;

export type ActionOutput = keyof typeof ACTION_OUTPUTS;
