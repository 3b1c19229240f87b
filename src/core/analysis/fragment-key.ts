import { canonicalBytes } from '../../base/canonical-json.ts';
import { digestOf } from '../../base/digest.ts';
import type { LayerFragment } from '../layer/layer-reader.ts';
import type { LayerAnalyzer } from './analyzer.ts';

/** What marks the fragments of an analyzer: a fragment of a layer that bears it need not be made again. */
export function describeAnalyzer(
  analyzer: LayerAnalyzer,
): Pick<LayerFragment, 'kind' | 'analyzer' | 'options'> {
  const { id, version, kind, options } = analyzer;
  return { kind, analyzer: `${id}@${version}`, options: digestOf(canonicalBytes(options)) };
}
