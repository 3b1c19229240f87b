import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { alignLayers } from '../../../../src/core/comparison/align.ts';
import { compareDescriptions } from '../../../../src/core/comparison/blob-descriptions.ts';
import type { SnapshotView } from '../../../../src/core/comparison/snapshot-view.ts';
import type { Descriptor, ImageManifest } from '../../../../src/core/image/manifest.ts';
import { snapshotView } from '../../../support/inventory-snapshot.ts';

type Words = Partial<Descriptor>;

const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

/** An image of one layer; `blob` is where two of them have another blob of the same tar. */
function view(
  layer: Words,
  config: Words = {},
  blob = '',
  annotations?: Record<string, string>,
): SnapshotView {
  const digest = digestOf(`blob ${blob}`);
  const made = snapshotView({ layers: [{ digest }] });
  const manifest: ImageManifest = {
    schemaVersion: 2,
    config: { mediaType: CONFIG, digest: made.snapshot.config.digest, size: 2, ...config },
    layers: [{ mediaType: GZIP, digest, size: 100, ...layer }],
    ...(annotations && { annotations }),
  };
  const text = JSON.stringify(manifest);
  return {
    ...made,
    snapshot: {
      ...made.snapshot,
      manifest: { digest: digestOf(text), mediaType: MANIFEST, size: text.length },
    },
    loadManifest: async () => manifest,
  };
}

const compare = (base: SnapshotView, target: SnapshotView) =>
  compareDescriptions(base, target, alignLayers(base.snapshot.layers, target.snapshot.layers));

const annotated = (...entries: [string, string][]): Words => ({ annotations: Object.fromEntries(entries) });
const TOC = 'containerd.io/snapshot/stargz/toc.digest';

const layer = (side: 'base' | 'target', ...findings: string[]) => [
  { what: 'files', why: 'passed-over', side, layer: 0, findings },
];

describe('what two manifests say of their blobs', () => {
  it('is not read where both have the same one, or none', async () => {
    const unread = (each: SnapshotView): SnapshotView => ({
      ...each,
      loadManifest: () => Promise.reject(new Error('it was read')),
    });
    const one = unread(view({}));
    expect(await compare(one, one)).toEqual([]);
    const none = unread(snapshotView({ layers: [] }));
    expect(await compare(none, none)).toEqual([]);
  });

  it('is named where a manifest is lost', async () => {
    const [one, other] = [view({}), view({ mediaType: 'x' })];
    const lost = (each: SnapshotView): SnapshotView => ({ ...each, loadManifest: async () => null });
    const named = (side: 'base' | 'target', { snapshot }: SnapshotView) => ({
      ...{ what: 'manifest', why: 'lost', side, digest: snapshot.manifest?.digest },
    });
    expect(await compare(lost(one), other)).toEqual([named('base', one)]);
    expect(await compare(lost(one), lost(other))).toEqual([named('base', one), named('target', other)]);
  });

  it('is named on the side that says something unusual', async () => {
    const [usual, odd] = [view({}), view({ mediaType: 'x', ...annotated([TOC, 'a']) })];
    expect(await compare(usual, odd)).toEqual(layer('target', 'engine-annotation', 'media-type'));
    expect(await compare(odd, usual)).toEqual(layer('base', 'engine-annotation', 'media-type'));
    const chart = view({}, { mediaType: 'application/vnd.cncf.helm.config.v1+json' });
    expect(await compare(chart, usual)).toEqual([
      { what: 'config', why: 'passed-over', side: 'base', findings: ['media-type'] },
    ]);
  });

  it.each<[string, string]>([
    ['org.systemd.property.ExecStopPost', '["/bin/sh"]'],
    ['module.wasm.image/variant', 'compat'],
    ['org.criu.config', '/etc/criu'],
    ['dev.gvisor.flag.network', 'host'],
    ['io.katacontainers.config.hypervisor.path', '/x'],
    ['run.oci.handler', 'krun'],
    ['io.podman.annotations.privileged', 'TRUE'],
    ['com.example.any', 'thing'],
  ])('is named where runtimes may act on it: %s', async (name, value) => {
    const [plain, odd] = [view({}), view({}, {}, '', { [name]: value })];
    const config = (side: 'base' | 'target') => [
      { what: 'config', why: 'passed-over', side, findings: ['engine-annotation'] },
    ];
    expect(await compare(plain, odd)).toEqual(config('target'));
    expect(await compare(odd, plain)).toEqual(config('base'));
    expect(await compare(odd, view({}, {}, 'other', { [name]: 'else' }))).toEqual(config('target'));
    expect(await compare(odd, view({}, {}, 'other', { [name]: value }))).toEqual([]);
    const without = {
      ...plain,
      snapshot: { ...plain.snapshot, manifest: null },
      loadManifest: async () => null,
    };
    expect(await compare(without, odd)).toEqual(config('target'));
    expect(await compare(without, view({ ...annotated([TOC, 'a']), mediaType: 'x' }))).toEqual([]);
  });

  it.each([
    'org.opencontainers.image.created',
    'org.opencontainers.image.base.digest',
    'org.label-schema.build-date',
    'com.docker.official-images.bashbrew.arch',
    'containerd.io/distribution.source.ghcr.io',
    'io.buildah.version',
  ])('is nothing where it describes the image alone: %s', async (name) => {
    expect(await compare(view({}), view({}, {}, '', { [name]: 'x' }))).toEqual([]);
  });

  it.each(['containerd.io/uncompressed', 'containerd.io/distribution.source.docker.io'])(
    'is nothing where containerd notes it of a layer that it has: %s',
    async (name) => {
      expect(await compare(view({}), view(annotated([name, 'x'])))).toEqual([]);
    },
  );

  it('may differ on the content of other blobs, but not on that of the same one', async () => {
    const [a, b] = [annotated([TOC, 'a']), annotated([TOC, 'b'])];
    expect(await compare(view(a), view(b))).toEqual(layer('target', 'engine-annotation'));
    expect(await compare(view(a), view(b, {}, 'other'))).toEqual([]);
    expect(await compare(view(a), view({}, {}, 'other'))).toEqual(layer('base', 'engine-annotation'));
    const zstd = { mediaType: GZIP.replace('gzip', 'zstd') };
    expect(await compare(view({}), view(zstd))).toEqual(layer('target', 'media-type'));
    expect(await compare(view({}), view(zstd, {}, 'other'))).toEqual([]);
    const none = { mediaType: GZIP.replace('+gzip', '') };
    expect(await compare(view({}), view(none, {}, 'other'))).toEqual(layer('target', 'media-type'));
  });
});
