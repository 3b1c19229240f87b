import { VarveError } from '../../../base/errors.ts';
import type { ImageSource } from '../../../core/image/image-source.ts';
import type { EngineImageOptions } from './engine-image.ts';

/** The transport of images that a container engine has. What talks to one is loaded when it is first used. */
export function createEngineSource(options: EngineImageOptions): ImageSource {
  return {
    transport: 'docker-daemon',
    open: async (reference) => {
      if (reference.transport !== 'docker-daemon') {
        throw new VarveError('internal', `the docker-daemon source was asked for ${reference.transport}`);
      }
      const { openEngineImage } = await import('./engine-image.ts');
      return openEngineImage(reference.name, options);
    },
  };
}
