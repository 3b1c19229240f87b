import type { HintedImages } from '../../adapters/sources/hinted-images.ts';
import { findDocumentsIn } from '../../adapters/sources/known-documents.ts';
import type { Store } from '../../core/store/store.ts';
import type { BaseLookUp } from '../../flows/base-image/base-search.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/catalogue.ts';
import { readLimits } from '../settings/limits.ts';
import { readRegistryAccess } from './network.ts';
import type { SourceSettings } from './tools.ts';

/** How base images are found, where the user wants them. */
export function composeBases(
  store: Store,
  settings: SourceSettings & Pick<Settings, 'base-image'>,
  host: Host,
  resources: AsyncDisposableStack,
  signal: AbortSignal,
): { readonly bases?: BaseLookUp } {
  const wish = settings['base-image'];
  if (wish === 'off') return {};
  const options = {
    access: readRegistryAccess(settings, host),
    limits: readLimits(settings),
    known: findDocumentsIn(store.surface, settings.tenant),
    engine: host,
    signal,
  };
  let opened: Promise<HintedImages> | null = null;
  const open = async (): Promise<HintedImages> => {
    const { HintedImages } = await import('../../adapters/sources/hinted-images.ts');
    return resources.use(new HintedImages(options));
  };
  return {
    bases: {
      wish,
      images: {
        async *find(hint, image) {
          opened ??= open();
          yield* (await opened).find(hint, image);
        },
      },
    },
  };
}
