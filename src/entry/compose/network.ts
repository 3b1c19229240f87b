import { join } from 'node:path';
import { DEFAULT_PATIENCE } from '../../adapters/http/network-options.ts';
import type { RegistryAccess } from '../../adapters/registry/registry-access.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { NETWORK_SETTINGS } from '../settings/network.ts';

/** The settings that say how registries are reached. */
export type NetworkSettings = Pick<Settings, keyof typeof NETWORK_SETTINGS>;

/** How registries are reached, as settings and host say. */
export function readRegistryAccess(
  settings: NetworkSettings,
  { dockerFolder, proxies }: Host,
): RegistryAccess {
  return {
    caFile: settings.ca ?? null,
    plainHttp: settings['plain-http'],
    credentialsFile: dockerFolder && join(dockerFolder, 'config.json'),
    proxies,
    patience: DEFAULT_PATIENCE,
  };
}
