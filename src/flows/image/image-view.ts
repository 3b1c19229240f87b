import { fromText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import { type AnalyzerKey, callOf, keyText } from '../../core/analysis/analyzer-key.ts';
import {
  readContents,
  type WantedContent,
  wantContents,
} from '../../core/analysis/contents/contents-analyzer.ts';
import { INVENTORY_KIND } from '../../core/analysis/files/inventory.ts';
import { Inventory } from '../../core/analysis/files/inventory-view.ts';
import type { ImageView } from '../../core/analysis/image-analyzer.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import { normalizePath } from '../../core/layer/entry-path.ts';
import type { LayerReading } from '../../core/reading/layer-reader.ts';
import { RootfsLookup } from '../../core/rootfs/rootfs-lookup.ts';
import { malformed } from '../../core/words/stored-json.ts';
import type { AnalyzedLayer, LayerTools } from './analyze-layers.ts';
import { readFragment } from './read-fragment.ts';
import { readLayers } from './read-layers.ts';

/** Bytes of files that one question may get. */
const MOST_BYTES = 64 * 1024 * 1024;

/** An image as one of its analyzers sees it. */
export class AnalyzedImageView implements ImageView {
  readonly object: string;
  /** Layers that were read for their files, and the ways that were taken to them. */
  readonly readings: LayerReading[] = [];
  readonly from: string[] = [];
  readonly #tools: LayerTools;
  readonly #tenant: string;
  readonly #image: SourceImage;
  readonly #analyzed: readonly AnalyzedLayer[];
  readonly #needs: readonly AnalyzerKey[];

  constructor(
    tools: LayerTools,
    tenant: string,
    image: SourceImage,
    analyzed: readonly AnalyzedLayer[],
    needs: readonly AnalyzerKey[],
  ) {
    this.object = `image ${image.config.digest}`;
    this.#tools = tools;
    this.#tenant = tenant;
    this.#image = image;
    this.#analyzed = analyzed;
    this.#needs = needs;
  }

  get platform() {
    return this.#image.platform;
  }

  get config() {
    return this.#image.config.value;
  }

  get layers(): number {
    return this.#analyzed.length;
  }

  async *fragments(kind: string): AsyncGenerator<Buffer> {
    const needed = this.#needs.find((key) => key.kind === kind);
    if (needed === undefined) throw new VarveError('internal', `${kind} is read without being needed`);
    for (const { layer, fragments } of this.#analyzed) {
      const fragment = fragments.find((each) => keyText(each) === keyText(needed));
      if (fragment === undefined)
        throw new VarveError('internal', `${kind} of layer ${layer.index} was not made`);
      const payload = await readFragment(this.#tools.store.surface, this.#tenant, fragment);
      if (payload === null) throw malformed(`${kind} ${fragment.digest}`, 'is no longer in the store');
      yield payload;
    }
  }

  async readFiles(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    if (this.platform.os === 'windows') return new Map();
    const inventories = await this.#inventories();
    const rootfs = new RootfsLookup(inventories);
    const wanted = new Map<string, WantedContent>();
    for (const path of paths) {
      const state = rootfs.find(normalizePath(fromText(path)));
      if (state?.sha256 !== undefined) wanted.set(path, { sha256: state.sha256, size: state.size });
    }
    const distinct = new Map([...wanted.values()].map((each) => [each.sha256, each]));
    const contents = await this.#read([...distinct.values()], inventories);
    const files = new Map<string, Buffer>();
    for (const [path, { sha256 }] of wanted) {
      const content = contents.get(sha256);
      if (content === undefined)
        throw malformed(`${INVENTORY_KIND} of ${this.object}`, `states ${path} with bytes that no layer has`);
      files.set(path, content);
    }
    return files;
  }

  async #inventories(): Promise<Inventory[]> {
    const inventories: Inventory[] = [];
    for await (const payload of this.fragments(INVENTORY_KIND))
      inventories.push(new Inventory(payload, `${INVENTORY_KIND} of layer ${inventories.length}`));
    return inventories;
  }

  /** Reads each content out of the uppermost layer that has it, whatever it is called there. */
  async #read(
    wanted: readonly WantedContent[],
    inventories: readonly Inventory[],
  ): Promise<ReadonlyMap<string, Buffer>> {
    const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
    if (bytes > MOST_BYTES) {
      throw new VarveError(
        'limit-exceeded',
        `${this.object}: an analyzer asks for ${bytes} bytes of its files`,
        {
          object: this.object,
        },
      );
    }
    const byLayer = Map.groupBy(wanted, ({ sha256 }) =>
      inventories.findLastIndex((inventory) => inventory.hasContent(sha256)),
    );
    const plans = this.#image.layers.flatMap((layer) => {
      const contents = byLayer.get(layer.index);
      if (contents === undefined) return [];
      const want = [callOf(wantContents(contents))];
      return [{ action: 'read', layer, known: null, want, reason: 'not-analyzed' } as const];
    });
    const [outcome] = await readLayers(this.#tools, [{ plans, ways: this.#image.ways ?? [] }]);
    if (outcome === undefined || outcome instanceof VarveError)
      throw outcome ?? new VarveError('internal', 'the layers were not read');
    this.from.push(...outcome.from);
    const found = new Map<string, Buffer>();
    for (const reading of outcome.readings.values()) {
      this.readings.push(reading);
      for (const fragment of reading.fragments) {
        const payload = await readFragment(this.#tools.store.surface, this.#tenant, fragment);
        for (const [sha256, content] of readContents(payload ?? Buffer.alloc(0))) found.set(sha256, content);
      }
    }
    return found;
  }
}
