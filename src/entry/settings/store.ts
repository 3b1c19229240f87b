import { DEFAULT_TENANT } from '../../core/words/names.ts';
import { parseTenant, parseText } from './parse.ts';
import { BY_USER, optional, READERS, STORE_COMMANDS, setting } from './setting.ts';

/** Where the run keeps what it finds out. */
export const STORE_SETTINGS = {
  'cas-root': optional({
    value: 'PATH',
    description:
      'Folder of the store, which keeps everything under its digest. Default: the baseline if that is a store; otherwise RUNNER_TEMP/varve/store for the action, and ~/.local/share/varve on the command line.',
    parse: parseText,
    alias: 'surface-cas-root',
    faces: [...READERS, ...STORE_COMMANDS, 'buildkit-scan'],
    from: BY_USER,
  }),
  tenant: setting({
    value: 'TENANT',
    description: 'Part of the store to use. Tenants do not see each other.',
    parse: parseTenant,
    fallback: DEFAULT_TENANT,
    alias: 'surface-tenant',
    // `surface verify`, `gc` and `stats`, and `kit import`, are of all tenants.
    faces: [
      ...READERS,
      'buildkit-scan',
      'history',
      'surface put',
      'surface get',
      'surface list',
      'surface delete',
      'kit plan',
      'kit export',
      'kit receipt',
    ],
    from: BY_USER,
  }),
} as const;
