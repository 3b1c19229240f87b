import { parsePlatformWish } from '../../core/words/platform.ts';
import { parseBoolean, parseLines, parseName, parseText } from './parse.ts';
import { ANYWHERE, BY_USER, JOB, optional, READERS, setting } from './setting.ts';

/** Which image is meant. */
export const IMAGE_SETTINGS = {
  image: setting({
    value: 'IMAGE',
    description:
      'Image reference. With several lines, the first image that exists is taken. Not needed with metadata.',
    parse: parseLines,
    fallback: [],
    faces: ['action', 'ci'],
    from: BY_USER,
  }),
  metadata: optional({
    value: 'FILE',
    description:
      'Metadata file that docker buildx build or bake wrote, or its JSON. It says which image was built, and the image must be that one.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  target: optional({
    value: 'NAME',
    description: 'Target of a bake, if the metadata has several.',
    parse: parseText,
    faces: JOB,
    from: ANYWHERE,
  }),
  name: optional({
    value: 'NAME',
    description:
      'Name under which the history of the image is kept. Default: the repository in the image reference, or the name of the file or folder.',
    parse: parseName,
    faces: JOB,
    from: ANYWHERE,
  }),
  platform: optional({
    value: 'OS/ARCH[/VARIANT]|all',
    description:
      'Platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine.',
    parse: parsePlatformWish,
    faces: [...READERS, 'history'],
    from: ANYWHERE,
  }),
  reread: setting({
    value: 'BOOLEAN',
    description: 'Whether to read and verify again the layers that earlier runs verified.',
    flip: 'Read and verify again the layers that earlier runs verified.',
    parse: parseBoolean,
    fallback: false,
    faces: READERS,
    from: ANYWHERE,
  }),
} as const;
