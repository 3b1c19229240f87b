import type { LayerFacts } from '../analysis/analyzer.ts';
import type { Analyzers } from '../analysis/analyzers.ts';
import type { ImageFacts } from '../analysis/image-analyzer.ts';

/** Looks into the head of a stored fragment. @throws VarveError `malformed` where it is not of what it should be. */
export type Examine = (head: Uint8Array, object: string) => void;

/** How a fragment of a kind is checked against its layer; undefined where no analyzer of this build can do it. */
export function examinerOfLayer(
  { layers }: Pick<Analyzers, 'layers'>,
  kind: string,
  layer: LayerFacts,
): Examine | undefined {
  const analyzer = layers.find(({ key }) => key.kind === kind);
  return analyzer?.examine && ((head, object) => analyzer.examine?.(head, layer, object));
}

/** The same for a fragment of a whole image. */
export function examinerOfImage(
  { images }: Pick<Analyzers, 'images'>,
  kind: string,
  image: ImageFacts,
): Examine | undefined {
  const analyzer = images.find(({ key }) => key.kind === kind);
  return analyzer?.examine && ((head, object) => analyzer.examine?.(head, image, object));
}
