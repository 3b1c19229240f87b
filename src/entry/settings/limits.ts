import { DEFAULT_LIMITS, type Limits } from '../../base/limits.ts';
import { parseCount, parseSize } from './parse.ts';
import { ANYWHERE, READERS, setting } from './setting.ts';

const FACES = [...READERS, 'artifact unpack', 'artifact pull', 'verify'] as const;
/** What a root filesystem in a folder, and the files of other tools, are held to. */
const SCANNED_TOO = [...FACES, 'buildkit-scan'] as const;

/** How much of one image or artifact may be read. */
export const LIMIT_SETTINGS = {
  'max-layer-bytes': setting({
    value: 'SIZE',
    description:
      'Largest uncompressed size of a layer that is read, and of an archive that is compressed, is on standard input or comes from an engine.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.layerBytes,
    shown: '64GiB',
    faces: SCANNED_TOO,
    from: ANYWHERE,
  }),
  'max-layer-entries': setting({
    value: 'COUNT',
    description: 'Largest number of entries of a layer that is read.',
    parse: parseCount,
    fallback: DEFAULT_LIMITS.layerEntries,
    faces: SCANNED_TOO,
    from: ANYWHERE,
  }),
  'max-sparse-bytes': setting({
    value: 'SIZE',
    description: 'Largest size of the sparse files of a layer when expanded.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.sparseBytes,
    shown: '64GiB',
    faces: FACES,
    from: ANYWHERE,
  }),
  'max-header-bytes': setting({
    value: 'SIZE',
    description: 'Largest extended tar header.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.headerBytes,
    shown: '4MiB',
    faces: FACES,
    from: ANYWHERE,
  }),
  'max-json-bytes': setting({
    value: 'SIZE',
    description: 'Largest index, manifest or config.',
    parse: parseSize,
    fallback: DEFAULT_LIMITS.jsonBytes,
    shown: '20MiB',
    faces: SCANNED_TOO,
    from: ANYWHERE,
  }),
} as const;

/** The limits as settings name them. */
export function readLimits(settings: Readonly<Record<keyof typeof LIMIT_SETTINGS, number>>): Limits {
  return {
    layerBytes: settings['max-layer-bytes'],
    layerEntries: settings['max-layer-entries'],
    sparseBytes: settings['max-sparse-bytes'],
    headerBytes: settings['max-header-bytes'],
    jsonBytes: settings['max-json-bytes'],
  };
}
