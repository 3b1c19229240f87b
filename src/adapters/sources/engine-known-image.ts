import type { Limits } from '../../base/limits.ts';
import { type ImageConfig, parseConfig, platformOf } from '../../core/image/config.ts';
import { alignHistory } from '../../core/image/history.ts';
import type { OpenedSource } from '../../core/image/image-source.ts';
import { DOCKER_CONFIG } from '../../core/image/media-type.ts';
import type { RawDocument } from '../../core/image/raw-document.ts';
import type { Inspection } from '../engine/engine-messages.ts';
import { loadEngineDocuments } from './engine-documents.ts';
import type { EngineExport } from './engine-export.ts';
import type { KnownDocuments } from './known-documents.ts';
import { openLayoutImage } from './layout-image.ts';

export interface KnownImageOptions {
  readonly known: KnownDocuments;
  readonly limits: Limits;
}

/**
 * Opens an image whose documents were met before, without an export: its layers are located when they must be read.
 * @returns null when one of its documents is not known.
 */
export async function openKnownImage(
  inspection: Inspection,
  exported: EngineExport,
  options: KnownImageOptions,
): Promise<OpenedSource | null> {
  if (inspection.Descriptor !== undefined) return openDistributed(inspection, exported, options);
  const bytes = await options.known.config(inspection.Id);
  if (bytes === null) return null;
  const { Id: digest } = inspection;
  const object = `the config ${digest}`;
  const declared = { object, mediaType: DOCKER_CONFIG, digest, size: null };
  return openConfigured(parseConfig(bytes, declared, options.limits), exported);
}

/** An image of the classic store, or of Podman's: it has a config, and no manifest that was distributed. */
function openConfigured(config: RawDocument<ImageConfig>, exported: EngineExport): OpenedSource {
  const image = exported.defer({
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
  });
  return {
    reference: '',
    embeddedName: null,
    platforms: [image.platform],
    absentPlatforms: [],
    attachments: [],
    image: async () => image,
    [Symbol.asyncDispose]: async () => {},
  };
}

/** An image of an engine whose images containerd keeps: as it was distributed, with manifest and compressed layers. */
async function openDistributed(
  inspection: Inspection,
  exported: EngineExport,
  { known, limits }: KnownImageOptions,
): Promise<OpenedSource | null> {
  const documents = await loadEngineDocuments(inspection, known, limits);
  if (documents === null) return null;
  const opened = await openLayoutImage(documents, documents.entries, documents.place);
  return { ...opened, image: async (index) => exported.defer(await opened.image(index)) };
}
