import { VarveError } from '../../base/errors.ts';
import { formatDockerName, parseDockerName } from '../../core/image/docker-name.ts';
import type { StoreKind } from './store-kind.ts';

/** Repositories of registries; the tag, `latest` where none is given, moves on to each new snapshot. */
export const ociStores: StoreKind = {
  form: 'oci://HOST/REPO[:TAG]',
  parse(text) {
    if (!text.startsWith('oci://')) return null;
    const { host, repository, tag, digest } = parseDockerName(text.slice('oci://'.length));
    if (digest !== null) {
      throw new VarveError('bad-option', 'a baseline in a registry is named by repository and tag', {
        object: text,
        hint: 'write oci://HOST/REPO[:TAG]',
      });
    }
    const setting = { host, repository, tag };
    return {
      key: `oci://${formatDockerName({ ...setting, digest: null })}`,
      shown: `oci://${host}/${repository}`,
      workable: false,
      open: async (circumstances) => {
        const { openOciStore } = await import('./open-oci.ts');
        return openOciStore(setting, circumstances);
      },
    };
  },
};
