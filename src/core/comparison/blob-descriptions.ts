import { canonicalJson } from '../../base/canonical-json.ts';
import type { Digest } from '../../base/digest.ts';
import type { IMAGE_FINDINGS } from '../image/image-findings.ts';
import type { Descriptor, ImageManifest } from '../image/manifest.ts';
import { isImageConfigType, parseLayerType } from '../image/media-type.ts';
import type { SnapshotLayer } from '../snapshot/snapshot.ts';
import type { LayerPair } from './align.ts';
import type { SnapshotView } from './snapshot-view.ts';
import type { UncomparedItem } from './uncompared.ts';

/**
 * Annotations of a layer by which engines take something else from it than its tar: tables of contents (`zstd:chunked`,
 * eStargz), other forms of a layer (Nydus, overlaybd, SOCI), keys. Notes of containerd about its own copy are not among
 * them.
 * @see https://github.com/containers/storage/blob/main/docs/containers-storage-zstd-chunked.md
 * @see https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md
 */
const CONTENT_ANNOTATION =
  /^(?:io\.github\.containers\.|io\.containers\.|containerd\.io\/(?!uncompressed$|distribution\.source\.)|com\.amazon\.soci\.|org\.opencontainers\.image\.enc\.)/;

/**
 * Annotations of a manifest that only describe the image. All others become those of its containers, where runtimes and
 * their plug-ins act on names that nobody lists: `run.oci.`, `org.systemd.property.`, `org.criu.`, `io.katacontainers.`.
 * @see https://github.com/containers/crun/blob/main/crun.1.md
 */
const DESCRIBING_ANNOTATION =
  /^(?:org\.opencontainers\.image\.(?!enc\.)|org\.label-schema\.|com\.docker\.(?:dhi|official-images)\.|dev\.chainguard\.|com\.github\.package\.|io\.artifacthub\.|io\.buildah\.version$|containerd\.io\/distribution\.source\.)/;

/** What a manifest says of a blob in words that engines act on; empty where it says the usual. */
type Description = Readonly<Record<Difference, string>>;
type Difference = Extract<keyof typeof IMAGE_FINDINGS, 'media-type' | 'engine-annotation'>;

const USUAL: Description = { 'media-type': '', 'engine-annotation': '' };

/**
 * Names the layers and configs that the manifests of two images describe in different words: engines may refuse what
 * has an unusual type, and take other files by an annotation, though the bytes are the same.
 */
export async function compareDescriptions(
  base: SnapshotView,
  target: SnapshotView,
  pairs: readonly LayerPair[],
): Promise<UncomparedItem[]> {
  const { manifest: before } = base.snapshot;
  const { manifest: after } = target.snapshot;
  if (before?.digest === after?.digest) return [];
  const one = before && (await base.loadManifest());
  const other = after && (await target.loadManifest());
  const lost = [
    ...(before && one === null ? [tellLost('base', before.digest)] : []),
    ...(after && other === null ? [tellLost('target', after.digest)] : []),
  ];
  if (lost.length > 0) return lost;
  // Where an image has no manifest, its layers have no descriptions that could be compared.
  const layers = one && other ? pairs.flatMap((pair) => compareLayers(pair, one, other)) : [];
  return [...compareConfigs(one, other), ...layers];
}

const tellLost = (side: UncomparedItem['side'], digest: Digest): UncomparedItem => ({
  ...{ what: 'manifest', why: 'lost', side, digest },
});

function compareConfigs(base: ImageManifest | null, target: ImageManifest | null): UncomparedItem[] {
  const isSame = base !== null && target !== null && tellBlobs(base) === tellBlobs(target);
  const describe = (manifest: ImageManifest | null): Description => {
    if (manifest === null) return USUAL;
    const { config, annotations } = manifest;
    return {
      'media-type': isImageConfigType(config.mediaType) ? '' : config.mediaType,
      'engine-annotation': tellAnnotations({ ...config.annotations, ...annotations }, isActedOn, isSame),
    };
  };
  const [before, after] = [describe(base), describe(target)];
  const findings = differing(before, after);
  if (findings.length === 0) return [];
  return [{ what: 'config', why: 'passed-over', side: unusualSide(before, after, findings), findings }];
}

function compareLayers(
  { base, target }: LayerPair,
  one: ImageManifest,
  other: ImageManifest,
): UncomparedItem[] {
  const isSame = base !== null && base.digest === target?.digest;
  const [before, after] = [describeLayer(base, one, isSame), describeLayer(target, other, isSame)];
  const findings = differing(before, after);
  if (findings.length === 0) return [];
  const side = unusualSide(before, after, findings);
  const layer = (side === 'base' ? base : target)?.index ?? 0;
  return [{ what: 'files', why: 'passed-over', side, layer, findings }];
}

function describeLayer(layer: SnapshotLayer | null, { layers }: ImageManifest, isSame: boolean): Description {
  const descriptor = layer === null ? undefined : layers[layer.index];
  if (layer === null || descriptor === undefined) return USUAL;
  return {
    'media-type': tellType(descriptor, layer, isSame),
    'engine-annotation': tellAnnotations(descriptor.annotations, isOnContent, isSame),
  };
}

/** @param isSame whether both sides have this blob, so that one of two compressions must be wrong. */
function tellType({ mediaType, digest }: Descriptor, { diffId }: SnapshotLayer, isSame: boolean): string {
  const type = parseLayerType(mediaType);
  if (type === null || type.encrypted) return mediaType;
  const { compression } = type;
  const isCompressed = digest !== diffId;
  if (isCompressed === (compression === 'none')) return `not ${compression}`;
  return isSame ? compression : '';
}

const isOnContent = (name: string): boolean => CONTENT_ANNOTATION.test(name);
const isActedOn = (name: string): boolean => !DESCRIBING_ANNOTATION.test(name);

/** @param isSame whether both sides have the same blobs: annotations on the content of others differ anyway. */
function tellAnnotations(
  annotations: Descriptor['annotations'],
  counts: (name: string) => boolean,
  isSame: boolean,
): string {
  const told = Object.entries(annotations ?? {})
    .filter(([name]) => counts(name))
    .map(([name, value]) => (isSame || !isOnContent(name) ? [name, value] : [name]));
  return told.length === 0 ? '' : canonicalJson(told.sort());
}

const tellBlobs = ({ layers }: ImageManifest): string => canonicalJson(layers.map(({ digest }) => digest));

const differing = (one: Description, other: Description): Difference[] =>
  (['engine-annotation', 'media-type'] as const).filter((code) => one[code] !== other[code]);

/** What is usual: nothing, or where both sides have the blob its compression. */
const USUAL_WORDS: ReadonlySet<string> = new Set(['', 'none', 'gzip', 'zstd']);

/** The side to name: the target, unless the base alone says something unusual. */
function unusualSide(
  base: Description,
  target: Description,
  findings: readonly Difference[],
): UncomparedItem['side'] {
  const isUnusual = (side: Description) => findings.some((code) => !USUAL_WORDS.has(side[code]));
  return isUnusual(base) && !isUnusual(target) ? 'base' : 'target';
}
