import { parseBoolean, parseText } from './parse.ts';
import { ANYWHERE, optional, READERS, STORE_COMMANDS, setting } from './setting.ts';

const FACES = [...READERS, ...STORE_COMMANDS, 'artifact unpack', 'artifact push', 'artifact pull'] as const;

/** How registries are reached. */
export const NETWORK_SETTINGS = {
  ca: optional({
    value: 'FILE',
    description:
      'PEM file with certificates of authorities that registries are trusted by, in addition to the usual ones.',
    parse: parseText,
    faces: FACES,
    from: ANYWHERE,
  }),
  'plain-http': setting({
    value: 'BOOLEAN',
    description: 'Whether registries are spoken to without TLS. Those on this machine may be anyway.',
    flip: 'Speak to registries without TLS. Those on this machine may be spoken to so anyway.',
    parse: parseBoolean,
    fallback: false,
    faces: FACES,
    from: ANYWHERE,
  }),
} as const;
