import { parseBoolean, parseText } from './parse.ts';
import { BY_USER, optional, READERS, STORE_COMMANDS, setting } from './setting.ts';

const FACES = [
  ...READERS,
  'comment action',
  ...STORE_COMMANDS,
  'artifact unpack',
  'artifact push',
  'artifact pull',
] as const;

/** How registries are reached. */
export const NETWORK_SETTINGS = {
  ca: optional({
    value: 'FILE',
    description: 'File with additional CA certificates (PEM) to trust for registries and GitHub.',
    parse: parseText,
    faces: FACES,
    from: BY_USER,
  }),
  'plain-http': setting({
    value: 'BOOLEAN',
    description: 'Whether registries may be reached without TLS. Registries on this machine always may.',
    flip: 'Allow registries without TLS. Registries on this machine are always allowed.',
    parse: parseBoolean,
    fallback: false,
    faces: FACES,
    from: BY_USER,
  }),
} as const;
