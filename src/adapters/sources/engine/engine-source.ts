import type { ImageSource } from '../../../core/image/image-source.ts';
import { parseDaemonReference } from '../../../core/image/reference.ts';
import type { EngineImageOptions } from './engine-image.ts';

/** The transport of images that a container engine has. What talks to one is loaded when it is first used. */
export function createEngineSource(options: EngineImageOptions): ImageSource {
  return {
    prefix: 'docker-daemon:',
    open: async (text) => {
      const reference = parseDaemonReference(text);
      const { openEngineImage } = await import('./engine-image.ts');
      return openEngineImage(reference.name, options);
    },
  };
}
