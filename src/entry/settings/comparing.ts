import { parseIgnores } from '../../core/comparison/ignore-rule.ts';
import type { BaseImageWish } from '../../core/image/base-image.ts';
import { parseReference } from '../../core/image/reference.ts';
import { type Parse, parseBoolean, parseLines, parseText } from './parse.ts';
import { ANYWHERE, BY_USER, COMPARERS, setting } from './setting.ts';

const parseBase: Parse<BaseImageWish> = (text) => {
  const value = parseText(text);
  if (value === 'auto' || value === 'off') return value;
  parseReference(value);
  return { reference: value };
};

/** Which differences count. */
export const COMPARING_SETTINGS = {
  ignore: setting({
    value: 'PATTERN',
    description:
      'Differences that do not count, in addition to the built-in list: globs of paths (var/log/**) and pointers to config fields (/config/Labels/build), one on each line.',
    parse: (text) => parseIgnores(parseLines(text)),
    fallback: [],
    faces: COMPARERS,
    from: ANYWHERE,
    isRule: true,
  }),
  'ignore-defaults': setting({
    value: 'BOOLEAN',
    description: 'Whether the built-in list of meaningless differences is used.',
    flip: 'Do not use the built-in list of meaningless differences.',
    parse: parseBoolean,
    fallback: true,
    faces: COMPARERS,
    from: ANYWHERE,
    isRule: true,
  }),
  mtime: setting({
    value: 'BOOLEAN',
    description: 'Whether a changed modification time alone makes a file differ.',
    flip: 'Let a changed modification time alone make a file differ.',
    parse: parseBoolean,
    fallback: false,
    faces: COMPARERS,
    from: ANYWHERE,
    isRule: true,
  }),
  'base-image': setting({
    value: 'auto|off|IMAGE',
    description:
      'Base image, which the report tells apart from what was built on it: auto looks for it in the store, and in the registry or engine that the annotations, labels and provenance of the image name; off does not look; an image reference names it.',
    parse: parseBase,
    fallback: 'auto' as BaseImageWish,
    faces: COMPARERS,
    from: BY_USER,
  }),
} as const;
