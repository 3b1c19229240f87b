import { attempt, VarveError } from '../../base/errors.ts';
import { callOf } from '../../core/analysis/analyzer-key.ts';
import {
  type CodeFacts,
  readCode,
  type WantedCode,
  wantCode,
} from '../../core/analysis/compiled/compiled-analyzer.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Platform } from '../../core/words/platform.ts';
import type { LayeredImage, LayerTools } from './analyze-layers.ts';
import { type ImageTools, openImage } from './open-image.ts';
import { readFragment } from './read-fragment.ts';
import { readLayers } from './read-layers.ts';

type ReadCode = NonNullable<SnapshotView['readCode']>;

/** Looks into compiled files of an image that is open. */
export function codeReader(tools: LayerTools, tenant: string, image: LayeredImage): ReadCode {
  return (files) => readImageCode(tools, tenant, image, files);
}

/** The same of an image that is opened again for it, as long as it is still the one that a snapshot is of. */
export function reopeningCodeReader(
  tools: ImageTools & LayerTools,
  tenant: string,
  {
    reference,
    platform,
    snapshot,
  }: { readonly reference: string; readonly platform: Platform; readonly snapshot: Snapshot },
): ReadCode {
  return async (files) => {
    const opened = await attempt(['bytes', 'outside', 'usage'], () =>
      openImage(tools, [reference], platform),
    );
    if (opened instanceof VarveError) return new Map();
    await using held = opened;
    if (held.image.config.digest !== snapshot.config.digest) return new Map();
    return readImageCode(tools, tenant, held.image, files);
  };
}

/** What cannot be read is not known, and nothing more: it serves to count fewer differences. */
async function readImageCode(
  tools: LayerTools,
  tenant: string,
  image: LayeredImage,
  files: ReadonlyMap<number, readonly WantedCode[]>,
): Promise<ReadonlyMap<string, CodeFacts>> {
  const plans = image.layers.flatMap((layer) => {
    const wanted = files.get(layer.index);
    if (wanted === undefined) return [];
    return [
      {
        action: 'read',
        layer,
        known: null,
        want: [callOf(wantCode(wanted))],
        reason: 'not-analyzed',
      } as const,
    ];
  });
  const [outcome] = await readLayers(tools, [{ plans, ways: image.ways ?? [] }]);
  const found = new Map<string, CodeFacts>();
  if (outcome === undefined || outcome instanceof VarveError) return found;
  for (const { fragments } of outcome.readings.values()) {
    for (const fragment of fragments) {
      const payload = await readFragment(tools.store.surface, tenant, fragment);
      for (const [sha256, facts] of readCode(payload ?? Buffer.alloc(0))) found.set(sha256, facts);
    }
  }
  return found;
}
