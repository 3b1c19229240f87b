/** What is odd about an image and the place that it is in, or how it was looked at: each with one sentence for the documentation. */
export const IMAGE_FINDINGS = {
  'platform-twice':
    'The index has several images for one platform: the first counts, as for engines, and the others are passed over. They are named as not compared, unless the other side passed over the very same.',
  'platform-mismatch': 'Index and config state different platforms: the config counts.',
  'media-type': 'A media type is unknown, or is not that of its layer or manifest: the bytes count.',
  'config-misnamed': "An archive names a config by another digest than it has: the config's own counts.",
  'history-mismatch': 'The history has more or fewer steps than there are layers.',
  'index-mismatch':
    "An archive's `index.json` and its `manifest.json` lead to different images: one of them was read, and the others are named as not compared.",
  'duplicate-entry': 'Names stand in an archive more than once: the last counts.',
  'escaping-entry': 'Names lead out of an archive: they are passed over.',
  attestation: 'An attestation cannot be read: the image is what it is without it.',
  'limit-passed-over':
    'A layer is known and was not read again, so a limit did not hold for it: it is over `max-layer-bytes` or `max-layer-entries`, or a lower `max-sparse-bytes` or `max-header-bytes` than the default was set, and no record tells how much of that it has. `reread` reads it under the limits.',
} as const;
