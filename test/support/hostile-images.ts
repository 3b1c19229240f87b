import { layoutFiles, writeFolder } from './image-forms.ts';
import { type ImagePlan, layerOf, makeImage } from './image-maker.ts';
import { type HeaderFields, tarEntry, tarOf } from './tar-writer.ts';

const MTIME = 1_700_000_000;
const entry = (fields: HeaderFields, content = '') => tarEntry({ mtime: MTIME, ...fields }, content);

/** Entries of a tar, named just as given. */
export const file = (name: string, content: string = name) => entry({ name }, content);
export const dir = (name: string) => entry({ name: `${name}/`, type: '5', mode: 0o755 });
export const symlink = (name: string, link: string) => entry({ name, type: '2', mode: 0o777, link });
export const hardlink = (name: string, link: string, mode = 0o644) => entry({ name, type: '1', mode, link });

/** Writes an image whose layers have the given entries in this order. Gives a reference to it. */
export function writeImage(
  folder: string,
  layers: readonly (readonly Buffer[])[],
  plan: ImagePlan = {},
): string {
  const image = makeImage(
    layers.map((entries) => layerOf(tarOf(...entries))),
    plan,
  );
  return `oci:${writeFolder(folder, layoutFiles([image.descriptor], image.blobs))}`;
}
