import { tarEntry, tarOf } from '../../support/tar-writer.ts';

/** Tars of one small file each; a higher edition has another content in the last of them. */
export function numberedLayers(count: number, edition: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const content = index === count - 1 ? `edition ${edition}` : `layer ${index}`;
    return tarOf(tarEntry({ name: `layers/${index}` }, content));
  });
}
