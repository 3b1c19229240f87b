/** Every output of the action with what it holds. */
export const ACTION_OUTPUTS = {
  platforms: 'Platforms that were recorded, such as `linux/amd64`, one on each line.',
  'manifest-uri': '`cas://` URI of the surface manifest; with several platforms, one on each line.',
  'manifest-digest': 'Digest of the surface manifest; with several platforms, one on each line.',
  'pointer-path': 'Path of the manifest pointer; empty where it could not be written.',
  'snapshot-digest': 'Digest of the snapshot; with several platforms, one on each line.',
  changed:
    '`true` when files or config of any platform differ in a way that counts, a platform came or went, or something could not be compared; empty without a baseline, or when nothing differs from an unverified one.',
  headline: 'What changed, in one line of plain text.',
  'layers-added':
    'Number of layers that have no counterpart in the baseline. Numbers are sums over all platforms.',
  'layers-removed': 'Number of layers of the baseline that are gone.',
  'layers-rebuilt': 'Number of layers that the same step, or an edited one, made again.',
  'layers-reused': 'Number of layers that did not have to be read, because they were known.',
  size: 'Bytes of the image: compressed layers, or uncompressed ones where nothing is compressed.',
  'size-delta': 'How many bytes that is more (or less) than the baseline.',
  'pull-bytes': 'Bytes that a machine with the baseline has to pull.',
  'comparison-path':
    'Path of the comparison document; empty without a baseline, or where it could not be written.',
  'report-path': 'Path of the Markdown report; empty where it could not be written.',
  'baseline-found': '`true` when there was a snapshot to compare with, of any platform.',
  'baseline-saved':
    '`true` when the snapshot of every platform was kept where later runs find it. Runs of tags, merge queues and, without `trust-cache`, pull requests keep none in the cache, where no other run could read it.',
  published:
    'Where the run was published, as `oci://HOST/REPO@DIGEST`; with several platforms, one on each line; empty when that was not asked for.',
} as const;

export type ActionOutput = keyof typeof ACTION_OUTPUTS;
