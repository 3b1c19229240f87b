import type { Digest } from '../../../base/digest.ts';
import type { Limits } from '../../../base/limits.ts';
import { type ImageConfig, parseConfig, platformOf } from '../../../core/image/config.ts';
import { alignHistory } from '../../../core/image/history.ts';
import type { OpenedSource, SourceImage } from '../../../core/image/image-source.ts';
import { DOCKER_CONFIG } from '../../../core/image/media-type.ts';
import { parseJsonObject, type RawDocument } from '../../../core/image/raw-document.ts';
import type { Inspection } from '../../engine/engine-messages.ts';
import type { KnownDocuments } from '../known-documents.ts';
import { openLayoutImage } from '../layout-image.ts';
import { loadEngineDocuments } from './engine-documents.ts';

/**
 * Opens an image whose documents are known, without an export. Where its layers are is left open.
 * @returns null when one of its documents is not known.
 */
export async function openKnownImage(
  inspection: Inspection,
  known: KnownDocuments,
  limits: Limits,
): Promise<OpenedSource | null> {
  const config = inspection.Descriptor === undefined ? await findConfig(inspection.Id, known, limits) : null;
  if (config !== null) return openConfigured(config);
  const documents = await loadEngineDocuments(inspection, known, limits);
  return documents && openLayoutImage(documents, documents.entries, documents.place);
}

/** The config that an ID stands for; null where it is not known, or stands for a manifest. */
async function findConfig(
  digest: Digest,
  known: KnownDocuments,
  limits: Limits,
): Promise<RawDocument<ImageConfig> | null> {
  const object = `the config ${digest}`;
  const bytes = await known.config(digest);
  if (bytes === null || !('rootfs' in parseJsonObject(bytes, object))) return null;
  return parseConfig(bytes, { object, mediaType: DOCKER_CONFIG, digest, size: null }, limits);
}

/** An image of the classic store, or of Podman's: it has a config, and no manifest that was distributed. */
function openConfigured(config: RawDocument<ImageConfig>): OpenedSource {
  const image: SourceImage = {
    platform: platformOf(config.value),
    manifest: null,
    config,
    layers: config.value.rootfs.diff_ids.map((diffId, index) => ({
      index,
      diffId,
      digest: null,
      size: null,
      mediaType: null,
      // The engine unpacked the layer itself, and keeps it by this.
      address: diffId,
      storedSize: 0,
      location: { kind: 'deferred' },
    })),
    findings: alignHistory(config.value).findings,
  };
  return {
    reference: '',
    digest: null,
    embeddedName: null,
    platforms: [image.platform],
    absent: [],
    attachments: [],
    image: async () => image,
    readDocument: async () => null,
    [Symbol.asyncDispose]: async () => {},
  };
}
