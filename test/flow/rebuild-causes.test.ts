import { rmSync } from 'node:fs';
import fc, { type GeneratorValue } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import type { Digest } from '../../src/base/digest.ts';
import type { Comparison, RebuildCause } from '../../src/core/comparison/comparison.ts';
import { ImageComparer } from '../support/image-comparer.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, makeImage } from '../support/image-maker.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { CAUSES, drawRebuild, type RebuiltLayer } from '../support/rebuilt-layers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

const comparer = new ImageComparer(openDirectoryStore(folder('store')));
afterAll(() => comparer[Symbol.asyncDispose]());

/** What is to become of one layer. */
type Plan = { readonly fate: 'unchanged' | 'recompressed' | 'rebuilt'; readonly layer: RebuiltLayer };

const IMAGES = 20;
const REBUILT_IN_EACH = 10;

function drawPlans(g: GeneratorValue): Plan[] {
  const kept = g(fc.array<Plan['fate']>, fc.constantFrom('unchanged', 'recompressed'), { maxLength: 2 });
  const fates = [...kept, ...Array.from({ length: REBUILT_IN_EACH }, () => 'rebuilt' as const)];
  const shuffled = g(fc.shuffledSubarray<Plan['fate']>, fates, { minLength: fates.length });
  return shuffled.map((fate, index) => ({ fate, layer: drawRebuild(g, `layer-${index}`) }));
}

function writeImage(plans: readonly Plan[], side: 'base' | 'target'): string {
  const again = side === 'target';
  const layers = plans.map(({ fate, layer }) => {
    const tar = fate === 'rebuilt' ? layer[side] : layer.base;
    return layerOf(tar, again && fate === 'recompressed' ? 'zstd' : 'gzip');
  });
  const history = plans.map(({ fate, layer }, index) => {
    const edited = again && fate === 'rebuilt' && layer.cause === 'step';
    return { created_by: `RUN /bin/sh -c make layer-${index}${edited ? ' --again' : ''} # buildkit` };
  });
  const image = makeImage(layers, { config: { history } });
  return writeFolder(folder(side), layoutFiles([image.descriptor], image.blobs));
}

async function compare(base: string, target: string): Promise<Comparison> {
  return (await comparer.compare(base, target, [])).comparison;
}

/** Takes a snapshot and removes the image. */
async function snapshotOnly(image: string): Promise<Digest> {
  const { target } = await compare(`oci:${image}`, `oci:${image}`);
  rmSync(image, { recursive: true });
  return target.snapshotDigest;
}

function expected({ fate, layer }: Plan): readonly [string, RebuildCause | null] {
  return fate === 'rebuilt' ? [fate, layer.cause] : [fate, null];
}

describe('200 rebuilds of layers, compared with what a store has of their base', () => {
  it('have the one cause that they were made with', async () => {
    const seen = new Set<RebuildCause>();
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const plans = drawPlans(g);
        const base = await snapshotOnly(writeImage(plans, 'base'));
        const target = writeImage(plans, 'target');
        const comparison = await compare(base, `oci:${target}`);
        const found = comparison.layers.map(({ status, cause }) => [status, cause ?? null]);
        expect(found).toEqual(plans.map(expected));
        const rebuilt = plans.filter(({ fate }) => fate === 'rebuilt').map(({ layer }) => layer);
        expect(comparison.changed).toBe(rebuilt.some(({ visible }) => visible));
        expect(comparison.summary).toMatchObject({
          rebuilt: REBUILT_IN_EACH,
          cascade: { layers: REBUILT_IN_EACH },
          reuseRatio: (plans.length - REBUILT_IN_EACH) / plans.length,
        });
        for (const { cause } of rebuilt) seen.add(cause);

        const stored = await compare(base, await snapshotOnly(target));
        expect(canonicalJson(stored)).toBe(canonicalJson(comparison));
      }),
      // To find a smaller case would take minutes, and the one that failed tells enough.
      { numRuns: IMAGES, endOnFailure: true },
    );
    expect([...seen].sort()).toEqual([...CAUSES].sort());
  });
});
