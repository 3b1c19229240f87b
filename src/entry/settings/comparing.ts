import { parseIgnores } from '../../core/comparison/ignore-rule.ts';
import { parseBoolean, parseLines } from './parse.ts';
import { ANYWHERE, COMPARERS, setting } from './setting.ts';

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
} as const;
