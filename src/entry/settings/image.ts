import { parsePlatformWish } from '../../core/words/platform.ts';
import { parseBoolean, parseLines, parseName, parseText } from './parse.ts';
import { ANYWHERE, BY_USER, JOB, optional, READERS, setting } from './setting.ts';

/** Which image is meant. */
export const IMAGE_SETTINGS = {
  image: setting({
    value: 'IMAGE',
    description:
      'Image reference; of several lines, the first image that exists is taken. May be left out where metadata is given.',
    parse: parseLines,
    fallback: [],
    faces: ['action'],
    from: BY_USER,
  }),
  metadata: optional({
    value: 'FILE',
    description:
      'Metadata file of docker buildx build or bake, or its JSON itself: the image is found by it, and must be the one that was built.',
    parse: parseText,
    faces: JOB,
    from: BY_USER,
  }),
  target: optional({
    value: 'NAME',
    description: 'Which target of a bake the metadata is read for, where there are several.',
    parse: parseText,
    faces: JOB,
    from: ANYWHERE,
  }),
  name: optional({
    value: 'NAME',
    description:
      'Name under which the history of the image is kept. Default: the repository in the reference, without tag or digest.',
    parse: parseName,
    faces: JOB,
    from: ANYWHERE,
  }),
  platform: optional({
    value: 'OS/ARCH[/VARIANT]|all',
    description:
      'Which platform of a multi-platform image, or all of them. Default: linux on the architecture of this machine.',
    parse: parsePlatformWish,
    faces: [...READERS, 'history'],
    from: ANYWHERE,
  }),
  reread: setting({
    value: 'BOOLEAN',
    description: 'Whether to read and verify layers again that earlier runs have verified.',
    flip: 'Read and verify layers again that earlier runs have verified.',
    parse: parseBoolean,
    fallback: false,
    faces: READERS,
    from: ANYWHERE,
  }),
} as const;
