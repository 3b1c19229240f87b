import { parseBoolean, parseText } from './parse.ts';
import { BY_USER, optional, READERS, STORE_COMMANDS, setting } from './setting.ts';

/** Faces that ask registries. */
const FACES = [
  ...READERS,
  ...STORE_COMMANDS,
  'kit ls',
  'artifact unpack',
  'artifact push',
  'artifact pull',
] as const;

/** How registries and servers of code are reached. */
export const NETWORK_SETTINGS = {
  ca: optional({
    value: 'FILE',
    description: 'File with additional CA certificates (PEM) to trust for registries, GitHub and GitLab.',
    parse: parseText,
    faces: [...FACES, 'comment action'],
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
