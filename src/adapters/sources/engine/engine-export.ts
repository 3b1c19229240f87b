import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import type {
  LayerWay,
  LocatedLayer,
  OpenedSource,
  SourceImage,
  SourceLayer,
} from '../../../core/image/image-source.ts';
import { passOver } from '../../../core/image/listing.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import type { EngineExports } from '../../engine/engine-exports.ts';
import type { Inspection } from '../../engine/engine-messages.ts';
import { openDetected } from '../files/file-sources.ts';

export interface ExportOptions {
  readonly exports: EngineExports;
  readonly limits: Limits;
}

/** One image's export by an engine: made when it is first asked for, and once. Dispose of it to remove its file. */
export class EngineExport implements AsyncDisposable {
  readonly #engine: EngineClient;
  readonly #inspection: Inspection;
  readonly #options: ExportOptions;
  #saved: Promise<string> | null = null;

  constructor(engine: EngineClient, inspection: Inspection, options: ExportOptions) {
    this.#engine = engine;
    this.#inspection = inspection;
    this.#options = options;
  }

  /** Opens the archive as the place that the image is in; its layers say where they come from. */
  async open(): Promise<OpenedSource> {
    const opened = await this.#openArchive();
    return { ...opened, image: async (index) => this.defer(await opened.image(index)) };
  }

  /** An image whose layers this is the last way to. @param ways others, which are tried before. */
  defer(image: SourceImage, ways: readonly LayerWay[] = []): SourceImage {
    return {
      ...image,
      layers: image.layers.map((layer) =>
        layer.location.kind === 'absent' ? layer : { ...layer, location: { kind: 'deferred' } },
      ),
      ways: [...ways, this.#way(image.config.digest)],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const path = await this.#saved?.catch(() => null);
    if (path) await this.#options.exports.remove(path);
  }

  async #openArchive(): Promise<OpenedSource> {
    const { exports, limits } = this.#options;
    const { Id, Size } = this.#inspection;
    // By its ID: the name may have been given to another image meanwhile.
    this.#saved ??= exports.save(this.#engine, Id, Size);
    const path = await this.#saved;
    const plain = {
      transport: null,
      text: path,
      path,
      selector: null,
      digest: null,
      pathOnly: true,
    } as const;
    const opened = await openDetected(plain, limits);
    return { ...opened, image: async (index) => this.#verify(await opened.image(index), opened.digest) };
  }

  #way(config: Digest): LayerWay {
    return {
      name: 'an export of the engine',
      locate: async (layers) => {
        const image = await this.#find(config);
        const places = new Map(image.layers.map((layer) => [identify(layer), layer]));
        return new Map(
          layers.flatMap((layer): [number, LocatedLayer][] => {
            const place = places.get(identify(layer));
            return place === undefined ? [] : [[layer.index, place]];
          }),
        );
      },
    };
  }

  async #find(config: Digest): Promise<SourceImage> {
    const opened = await this.#openArchive();
    for (const index of opened.platforms.keys()) {
      const image = await opened.image(index);
      if (image.config.digest === config) return image;
    }
    throw this.#another(config);
  }

  /**
   * The export must be what the engine reported. If the engine has only a part of an index, it exports that part under
   * another digest: this cannot be checked unless the engine reports what the index has.
   * @param root the digest of the index or manifest in the archive.
   */
  #verify(image: SourceImage, root: Digest | null): SourceImage {
    const { Id } = this.#inspection;
    const { manifest, config } = image;
    if (manifest === null) {
      if (config.digest !== Id) throw this.#another(Id);
      // The engine unpacked these layers itself, and writes them uncompressed.
      return { ...image, layers: image.layers.map((layer) => ({ ...layer, address: layer.diffId })) };
    }
    if ([root, manifest.digest, config.digest].includes(Id)) return image;
    const told = this.#inspection.Manifests.map(({ Descriptor }) => Descriptor.digest);
    if (told.includes(manifest.digest)) return image;
    if (told.length > 0) throw this.#another(Id);
    return { ...image, passedOver: [...(image.passedOver ?? []), passOver(Id)] };
  }

  #another(wanted: Digest): VarveError {
    const object = `${this.#engine.address}: the image ${this.#inspection.Id}`;
    return new VarveError(
      'digest-mismatch',
      `${object}: the engine exported another image, without ${wanted}`,
      {
        object,
        hint: 'try again; if that does not help, save the image with another tool and name the file',
      },
    );
  }
}

const identify = ({ digest, diffId }: SourceLayer): string => `${digest} ${diffId}`;
