import * as core from '@actions/core';
import { formatCount, formatSize } from '../../base/human-size.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';

/** Says in the log what is about to be read: a bar would fill it with lines. */
export const logReads: StartProgress = ({ layers, bytes }) => {
  core.info(
    layers === null
      ? `The engine exports the image, about ${formatSize(bytes)}`
      : `Reading ${formatCount(layers, 'layer')}, ${formatSize(bytes)}`,
  );
  return { advance() {}, finishLayer() {}, clear() {} };
};
