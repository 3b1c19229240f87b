import { keyText } from '../../core/analysis/analyzer-key.ts';
import { type Fragment, makeFragment } from '../../core/analysis/fragment.ts';
import type { ImageAnalyzer } from '../../core/analysis/image-analyzer.ts';
import { PayloadWriter } from '../../core/analysis/payload-writer.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import { FindingLog } from '../../core/layer/finding-log.ts';
import type { LayerReading } from '../../core/reading/layer-reader.ts';
import { examinerOfImage } from '../../core/snapshot/examine.ts';
import { findFragments } from '../../core/snapshot/known-fragments.ts';
import type { Damage, OnDamage } from '../../core/surface/surface-store.ts';
import type { Finding } from '../../core/words/finding.ts';
import type { AnalyzedLayer, LayerTools } from './analyze-layers.ts';
import { AnalyzedImageView } from './image-view.ts';
import { type AnalyzedFragment, isFresh } from './read-fragment.ts';

/** What analyzers found in an image as a whole. */
export interface AnalyzedImage {
  readonly fragments: readonly AnalyzedFragment[];
  readonly findings: readonly Finding[];
  /** Layers that were read for their files, and the ways that were taken to them. */
  readonly readings: readonly LayerReading[];
  readonly from: readonly string[];
  /** What of it proved wrong in the store. */
  readonly damages: readonly Damage[];
  /** Whether something was made again that the store has a record of. */
  readonly isRemade: boolean;
}

/**
 * Gets the fragments of an image as a whole: those that the store has, where all that they were made of was known too;
 * the others are made again.
 * @throws VarveError for damage in the store, and as reading layers does.
 */
export async function analyzeImage(
  tools: LayerTools,
  tenant: string,
  image: SourceImage,
  layers: readonly AnalyzedLayer[],
): Promise<AnalyzedImage> {
  const { store, analyzers } = tools;
  const config = image.config.digest;
  const damages: Damage[] = [];
  const onDamage: OnDamage = (damage) => damages.push(damage);
  const record =
    analyzers.images.length === 0 ? null : await store.layers.findLayer(tenant, config, onDamage);
  const examine = (kind: string) => examinerOfImage(analyzers, kind, { config });
  const place = { surface: store.surface, tenant };
  const known =
    record === null || tools.reread
      ? []
      : await findFragments(place, record, analyzers.images, examine, onDamage);
  const fresh = new Set(layers.flatMap(({ fragments }) => fragments.filter(isFresh).map(keyText)));

  const fragments: AnalyzedFragment[] = [];
  const readings: LayerReading[] = [];
  const from: string[] = [];
  for (const analyzer of analyzers.images) {
    const found = known.find((fragment) => keyText(fragment) === keyText(analyzer.key));
    if (found !== undefined && !analyzer.needs.some((key) => fresh.has(keyText(key)))) {
      fragments.push(found);
      continue;
    }
    const view = new AnalyzedImageView(tools, tenant, image, layers, analyzer.needs);
    fragments.push(await run(analyzer, view));
    readings.push(...view.readings);
    from.push(...view.from);
  }
  const made = fragments.filter(isFresh);
  const recorded = new Set(record?.fragments.map(keyText));
  return {
    fragments,
    findings: made.flatMap(({ findings }) => findings),
    readings,
    from,
    damages,
    isRemade: made.some((fragment) => recorded.has(keyText(fragment))),
  };
}

async function run(analyzer: ImageAnalyzer, view: AnalyzedImageView): Promise<Fragment> {
  const payload = new PayloadWriter();
  const findings = new FindingLog<string>({ object: view.object });
  try {
    await analyzer.analyze(view, { payload, findings });
    return makeFragment(analyzer, payload.end(), findings.list());
  } finally {
    payload.close();
  }
}
