import { toVarveError } from '../../base/errors.ts';
import { absentPlatforms } from '../../core/image/image-source.ts';
import { noteDamages } from '../../core/surface/damage.ts';
import { hintsLater } from '../base-image/read-hints.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { viewSnapshot } from '../image/load-snapshot.ts';
import { type ImageTools, openImage } from '../image/open-image.ts';
import { reopeningCodeReader } from '../image/read-code.ts';
import { forgetLayers, takeSnapshot } from '../image/take-snapshot.ts';
import { type Baseline, type BaselineSearch, type ComparedImage, type Keeping, NOTHING } from './baseline.ts';

/** Another image, which is read like the run's own. Nothing is kept in it. */
export class ImageBaseline implements Baseline {
  readonly #reference: string;

  constructor(reference: string) {
    this.#reference = reference;
  }

  async shareDocuments(): Promise<void> {}

  async shareLayers(): Promise<readonly string[]> {
    return [];
  }

  async keep(): Promise<Keeping> {
    return { keptIn: null, notes: [] };
  }

  async find(tools: ImageTools & LayerTools, subject: ComparedImage): Promise<BaselineSearch> {
    const { platform, origin, alone } = subject;
    const opened = await openImage(tools, [this.#reference], platform).catch((fault: unknown) => {
      if (!alone && toVarveError(fault).code === 'platform-not-found') return null;
      throw fault;
    });
    if (opened === null) return { ...NOTHING, none: 'absent', notes: [] };
    await using held = opened;
    const { source, image } = held;
    const taken = await takeSnapshot(tools, image, origin);
    const readAgain = async () => {
      await forgetLayers(tools.store, origin.tenant, taken.snapshot.layers);
      return (await this.find(tools, subject)).baseline;
    };
    const view = await viewSnapshot(tools.store, origin.tenant, taken);
    const baseline = {
      snapshot: {
        ...view,
        readCode: reopeningCodeReader(tools, origin.tenant, {
          ...{ reference: this.#reference, platform, snapshot: taken.snapshot },
        }),
      },
      base: null,
      readHints: hintsLater(tools, this.#reference, source, view),
      read: { reading: taken.reading, findings: taken.findings },
      facts: {
        found: 'image',
        place: source.reference,
        snapshotDigest: taken.digest,
        commit: null,
        branch: null,
        time: null,
        distance: null,
      },
      countedFrom: 'built',
      own: true,
      readAgain,
    } as const;
    return {
      baseline,
      none: null,
      notes: noteDamages(tools.store.location, taken.damages),
      platforms: [...source.platforms, ...absentPlatforms(source.absent)],
    };
  }
}
