import { parseDigest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import type { Store } from '../../core/store/store.ts';
import { knownBase } from '../base-image/find-bases.ts';
import { openSide } from '../compare/open-side.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { completeSnapshot } from '../look/find-by-prefix.ts';
import { type Baseline, type BaselineSearch, type ComparedImage, type Keeping, NOTHING } from './baseline.ts';

/** One snapshot that the user named, by its place in a history or its digest. Nothing is kept with it. */
export class KeptBaseline implements Baseline {
  readonly #store: Store;
  readonly #text: string;

  /** @param text `history:NAME~N`, or the beginning of a digest. */
  constructor(store: Store, text: string) {
    this.#store = store;
    this.#text = text;
  }

  async shareDocuments(): Promise<void> {}

  async shareLayers(): Promise<readonly string[]> {
    return [];
  }

  async keep(): Promise<Keeping> {
    return { keptIn: null, notes: [] };
  }

  async find(
    tools: ImageTools & LayerTools,
    { platform, origin, alone }: ComparedImage,
  ): Promise<BaselineSearch> {
    const text = await completeSnapshot(this.#store, origin.tenant, this.#text);
    const sides = await openSide(tools, this.#store, text, platform, origin).catch((fault: unknown) => {
      if (!alone && toVarveError(fault).code === 'not-in-store') return null;
      throw fault;
    });
    if (sides === null) return { ...NOTHING, none: 'absent', notes: [] };
    const [{ view, entry, notes, readHints }] = sides;
    const baseline = {
      snapshot: view,
      base: this.#store.isStranger ? null : knownBase(entry, view.snapshot),
      readHints,
      facts: {
        found: 'snapshot',
        place: this.#text,
        snapshotDigest: entry?.snapshotDigest ?? parseDigest(text),
        commit: entry?.commit ?? null,
        branch: entry?.branch ?? null,
        time: entry?.time ?? null,
        distance: null,
      },
      countedFrom: 'built',
      own: true,
      readAgain: null,
    } as const;
    return { baseline, none: null, notes, platforms: entry?.platforms ?? [] };
  }
}
