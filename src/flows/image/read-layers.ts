import { toVarveError, type VarveError } from '../../base/errors.ts';
import type { LayerWay } from '../../core/image/image-source.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../core/reading/layer-reader.ts';
import type { LayerPlan } from '../../core/snapshot/plan-layers.ts';

/** What reading layers needs of the outside. */
export interface ReadingTools {
  readonly reader: LayerReader;
  readonly startProgress: StartProgress;
  /** Ends the run between two steps; what is under way ends by the signal that it was given itself. */
  readonly signal?: AbortSignal;
}

/** Begins to tell how a read goes on. */
export type StartProgress = (plan: ReadPlan) => ReadProgress;

export interface ReadPlan {
  /** How many layers are read; null while an engine exports an image, before any is. */
  readonly layers: number | null;
  /** Stored bytes to come; of an export about as many. */
  readonly bytes: number;
  /** What is done to them where they are not of layers, such as `verified`. */
  readonly done?: string;
}

export interface ReadProgress {
  /** Stored bytes that were read since the last call. */
  advance(bytes: number): void;
  finishLayer(): void;
  /** The read is over, or failed. */
  clear(): void;
}

/** What is to be read of one image, and how one comes to it. */
export interface ImagePlan {
  readonly plans: readonly LayerPlan[];
  readonly ways: readonly LayerWay[];
}

export interface LayerReadings {
  /** By the layer's index. */
  readonly readings: ReadonlyMap<number, LayerReading>;
  /** The ways that were taken to layers whose location was not known. */
  readonly from: readonly string[];
}

/**
 * Reads together what is not known of several images: the layers whose location is known, then the others by the first
 * way that leads to each.
 * @returns for each image what was read, or why something could not be: one's damage is nothing to the others.
 */
export async function readLayers(
  tools: ReadingTools,
  images: readonly ImagePlan[],
): Promise<(LayerReadings | VarveError)[]> {
  const states = images.map((image) => new ImageReading(image));
  await readTogether(tools, states, (state) => state.atHand());
  while (states.some((state) => state.goesOn)) {
    tools.signal?.throwIfAborted();
    for (const state of states) await state.takeNextWay();
    await readTogether(tools, states, (state) => state.reachable);
  }
  return states.map((state) => state.outcome);
}

/** How far one image has come. */
class ImageReading {
  readonly readings = new Map<number, LayerReading>();
  /** Layers that the way which was taken last leads to. */
  reachable: readonly LayerPlan[] = [];
  readonly #unknown: readonly LayerPlan[];
  readonly #ways: LayerWay[];
  readonly #from: string[] = [];
  #way: LayerWay | null = null;
  #fault: VarveError | null = null;
  /** What proved wrong about a way, should none be left. */
  #doubt: VarveError | null = null;

  constructor({ plans, ways }: ImagePlan) {
    this.#unknown = plans.filter(({ action }) => action !== 'reuse');
    this.#ways = [...ways];
  }

  atHand(): LayerPlan[] {
    return this.#pending.filter(({ layer }) => layer.location.kind !== 'deferred');
  }

  get goesOn(): boolean {
    return this.#fault === null && this.#ways.length > 0 && this.#pending.length > 0;
  }

  get outcome(): LayerReadings | VarveError {
    if (this.#fault !== null) return this.#fault;
    if (this.#doubt !== null && this.#pending.length > 0) return this.#doubt;
    return { readings: this.readings, from: this.#from };
  }

  async takeNextWay(): Promise<void> {
    this.reachable = [];
    if (!this.goesOn) return;
    this.#way = this.#ways.shift() ?? null;
    const pending = this.#pending;
    try {
      const located = await this.#way?.locate(pending.map(({ layer }) => layer));
      this.reachable = pending.flatMap((plan) => {
        const found = located?.get(plan.layer.index);
        return found === undefined ? [] : [{ ...plan, layer: { ...plan.layer, ...found } }];
      });
    } catch (fault) {
      this.#fault = toVarveError(fault);
    }
  }

  take(reading: LayerReading): void {
    this.readings.set(reading.index, reading);
    const name = this.#way?.name;
    if (name !== undefined && !this.#from.includes(name)) this.#from.push(name);
  }

  /** A way that proves wrong is left for the next one; other faults are not of the way. */
  fail(fault: VarveError): void {
    if (fault.code === 'storage-differs') this.#doubt = fault;
    else this.#fault = fault;
  }

  get #pending(): readonly LayerPlan[] {
    return this.#unknown.filter(({ layer }) => !this.readings.has(layer.index));
  }
}

/**
 * Reads layers of several images in one go. Where some prove wrong, what is left of each image is read alone, so that
 * only the images that have them fail; other faults fail all that are not done.
 */
async function readTogether(
  { reader, startProgress }: ReadingTools,
  images: readonly ImageReading[],
  pick: (image: ImageReading) => readonly LayerPlan[],
): Promise<void> {
  const plans = images.map(pick);
  const wanted = plans.flat();
  if (wanted.length === 0) return;
  const requests = plans.map((of, image) => of.map((plan) => toRequest(plan, image)));
  const bytes = wanted.reduce((sum, { layer }) => sum + layer.storedSize, 0);
  const progress = startProgress({ layers: wanted.length, bytes });
  const read = async (some: readonly LayerRequest[]): Promise<VarveError | null> => {
    try {
      for await (const reading of reader.read(some, (count) => progress.advance(count))) {
        images[reading.image ?? 0]?.take(reading);
        progress.finishLayer();
      }
      return null;
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.isFatal) throw fault;
      return error;
    }
  };
  try {
    const fault = await read(requests.flat());
    if (fault === null) return;
    const alone = images.length > 1 && (fault.kind === 'bytes' || fault.code === 'storage-differs');
    for (const [place, image] of images.entries()) {
      const left = (requests[place] ?? []).filter(({ index }) => !image.readings.has(index));
      const problem = left.length === 0 ? null : alone ? await read(left) : fault;
      if (problem !== null) image.fail(problem);
    }
  } finally {
    progress.clear();
  }
}

function toRequest({ layer, want }: LayerPlan, image: number): LayerRequest {
  const { index, location, digest, address, size, diffId } = layer;
  return {
    index,
    image,
    location,
    expected: { digest: digest ?? address, size, diffId },
    want,
  };
}
