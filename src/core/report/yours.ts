import { formatCount, formatNumber, formatSize } from '../../base/human-size.ts';
import type { PathCounts } from './count-paths.ts';
import type { FileGroup } from './file-lines.ts';
import type { LayerLine } from './layer-lines.ts';
import { layerNamer } from './name-layer.ts';
import { list, type Phrase, phrase, strong } from './phrase.ts';
import type { ImageReport } from './report.ts';
import { baseBump, isUpstream } from './upstream.ts';
import { isChanged } from './verdict.ts';

/** Layers that a sentence names; it counts the others. */
const NAMED = 2;

/**
 * What became of the author's own layers and what that costs, in a sentence or two; what happened upstream has a sentence
 * of its own. Null where there is nothing to tell.
 */
export function tellYours(image: ImageReport): Phrase | null {
  const { change, size } = image;
  if (change === null) return null;
  if (baseBump(image) !== null) return phrase`${strong('Yours')}: ${tellOwnLayers(image)}${tellCost(size)}`;
  const only = tellOnlyLayer(image);
  if (only !== null) return phrase`${only}${tellCost(size)}`;
  const { story, comparison } = change;
  if (story === null || comparison.changed !== true || size.compressed === null) return story;
  return phrase`${story} The image is ${formatSize(size.compressed)}.`;
}

/** What came and went in the only layer that is not the baseline's; null where there are several, or none. */
function tellOnlyLayer(image: ImageReport): Phrase | null {
  const [only, ...others] = image.layers.filter(({ status }) => status === 'rebuilt' || status === 'added');
  if (only === undefined || others.length > 0 || !isChanged(only)) return null;
  const files = tellFilesOf(only, image);
  return files === null ? null : phrase`${nameIn(image)(only)}: ${files}.`;
}

/** What changed of the layers on top of the base image. */
function tellOwnLayers(image: ImageReport): Phrase {
  const own = image.layers.filter((line) => !isUpstream(line, image));
  const changed = own.filter(isChanged);
  const again = own.filter((line) => line.status === 'rebuilt' && !isChanged(line)).length;
  const rest =
    again === 0
      ? ''
      : `; ${formatCount(again, changed.length === 0 ? 'layer' : 'more layer')} rebuilt on top`;
  const [only] = changed;
  if (only === undefined) return phrase`no file changed${rest}.`;
  const named = changed.slice(0, NAMED).map(nameIn(image));
  const more = changed.length - named.length;
  const names = more === 0 ? list(named) : list([...named, [formatCount(more, 'more layer')]]);
  const files = changed.length === 1 ? tellFilesOf(only, image) : null;
  return files === null ? phrase`${names} changed${rest}.` : phrase`${names}: ${files}${rest}.`;
}

const nameIn = ({ layers }: ImageReport): ((line: LayerLine) => Phrase) => {
  const present = layers.filter(({ status }) => status !== 'removed');
  return layerNamer(
    present,
    present.map(({ location }) => location),
  );
};

/** `6 files added, 3 modified`; null where the layer has no file that counts, or files were not compared. */
function tellFilesOf({ index }: LayerLine, { files }: ImageReport): string | null {
  const group = files?.groups.find(({ layer }) => layer === index);
  return group === undefined ? null : tellCounts(countLines(group));
}

function countLines({ lines }: FileGroup): PathCounts {
  const counts = { added: 0, modified: 0, removed: 0 };
  for (const { status, isDirectory } of lines) if (!isDirectory) counts[status] += 1;
  return counts;
}

function tellCounts(counts: PathCounts): string | null {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  if (told.length === 0) return null;
  return told
    .map(
      ([status, count], place) =>
        `${place === 0 ? formatCount(count, 'file') : formatNumber(count)} ${status}`,
    )
    .join(', ');
}

/** What hosts pull that have the image that is compared with, and how large the image is. */
function tellCost({ pull, compressed }: ImageReport['size']): Phrase {
  if (pull === null || pull === 0 || compressed === null) return [];
  if (pull === compressed) return phrase` Hosts pull all of it, ${strong(formatSize(pull))}.`;
  return phrase` Hosts pull ${strong(formatSize(pull))}; the image is ${formatSize(compressed)}.`;
}
