export { compressedLimit } from '../../core/surface/compressed-limit.ts';

/** No manifest of a single item, and no layer record, comes near this many bytes. */
export const MANIFEST_BYTES = 1024 * 1024;
