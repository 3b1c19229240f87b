import { join } from 'node:path';
import { DEFAULT_PATIENCE, type NetworkOptions } from '../../adapters/http/network-options.ts';
import type { RegistryAccess } from '../../adapters/registry/registry-access.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { NETWORK_SETTINGS } from '../settings/network.ts';

/** The settings that say how registries are reached. */
export type NetworkSettings = Pick<Settings, keyof typeof NETWORK_SETTINGS>;

/** The settings that say how any service is reached. */
export type ServiceSettings = Pick<Settings, 'ca'>;

/** How services are reached, as settings and host say. */
export function readNetworkOptions({ ca }: ServiceSettings, { proxies }: Host): NetworkOptions {
  return { caFile: ca ?? null, proxies, patience: DEFAULT_PATIENCE };
}

/** How registries are reached, as settings and host say. */
export function readRegistryAccess(settings: NetworkSettings, host: Host): RegistryAccess {
  return {
    ...readNetworkOptions(settings, host),
    plainHttp: settings['plain-http'],
    credentialsFile: host.dockerFolder && join(host.dockerFolder, 'config.json'),
  };
}
