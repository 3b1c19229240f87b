/** What is odd about an image, the place that it is in, or how it was looked at, each with a text for the documentation. */
export const IMAGE_FINDINGS = {
  'platform-twice':
    'The index has several images for one platform, or for one release of Windows. The first counts, as for container engines. The others are named as not compared, unless the other side of the comparison has the same ones, listed in the same way: for the same platforms, and with the same place before or after the first. Where an index states something else of one, or puts it before, a digest of all that engines choose by stands for it.',
  'platform-mismatch':
    'Index and config state different platforms, or releases or features of Windows (`os.version` up to the revision, `os.features`): the config counts. Engines choose by the index: if the other side of a comparison is for another platform than the index says, the image is named as not compared.',
  'media-type':
    'A media type is unknown, or is not that of its layer or manifest: the bytes count. If engines may refuse it, and only one side of a comparison has it, its layer or the config is named as not compared.',
  'engine-annotation':
    'An annotation has engines take something else from the image than its layers and config say (`zstd:chunked`, eStargz, Nydus, SOCI), or is one of the manifest that runtimes may act on, as every one that does not only describe the image. It is not obeyed; if only one side of a comparison has it, or the same blob has another one, its layer or the config is named as not compared.',
  'config-misnamed': "An archive names a config by another digest than it has: the config's own counts.",
  'history-mismatch': 'The history has more or fewer steps than there are layers.',
  'index-mismatch':
    "An archive's `index.json` and its `manifest.json` lead to different images: one of them was read, and the others are named as not compared.",
  'duplicate-entry': 'An archive has a name more than once: the last one counts.',
  'escaping-entry': 'A name leads out of an archive: it is skipped.',
  attestation: 'An attestation cannot be read: this does not change the image.',
  'limit-passed-over':
    'A known layer was not read again, so a limit was not applied to it: it exceeds `max-layer-bytes` or `max-layer-entries`, or `max-sparse-bytes` or `max-header-bytes` is set below its default, and the store does not record how much of that the layer has. `reread` reads it under the limits.',
} as const;
