import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { buildSnapshot, snapshotBytes } from '../../../../src/core/snapshot/build-snapshot.ts';
import { parseSnapshot } from '../../../../src/core/snapshot/parse-snapshot.ts';
import { INVENTORY_ANALYZER } from '../../../support/item-makers.ts';
import { makeSourceImage, makeSourceLayer } from '../../../support/source-makers.ts';

const content = { step: 'RUN x', createdBy: 'RUN x # buildkit', uncompressedSize: 5, fragments: [] };

describe('building a snapshot', () => {
  it('records what manifest, config and layers say', () => {
    const image = makeSourceImage([makeSourceLayer('a'), makeSourceLayer('b')]);
    const snapshot = buildSnapshot(image, [content, { ...content, step: 'COPY' }]);
    expect(snapshot).toMatchObject({
      platform: image.platform,
      manifest: { digest: image.manifest?.digest, mediaType: image.manifest?.mediaType, size: 2 },
      config: { digest: image.config.digest, size: image.config.bytes.length },
      layers: [
        { index: 0, diffId: digestOf('layer a'), digest: digestOf('blob a'), step: 'RUN x' },
        { index: 1, diffId: digestOf('layer b'), digest: digestOf('blob b'), step: 'COPY' },
      ],
    });
    expect(parseSnapshot(snapshotBytes(snapshot), 'it')).toEqual(snapshot);
  });

  it('makes nothing up where the transport has no manifest', () => {
    const layer = makeSourceLayer('a', { digest: null, size: null, mediaType: null });
    const snapshot = buildSnapshot({ ...makeSourceImage([layer]), manifest: null }, [content]);
    expect(snapshot.manifest).toBeNull();
    expect(snapshot.layers[0]).toMatchObject({ digest: null, size: null, mediaType: null });
  });

  it('puts fragments in their order', () => {
    const fragment = (kind: string) => ({ ...INVENTORY_ANALYZER, kind, digest: digestOf(kind) });
    const fragments = [fragment('layer.fragments'), fragment('layer.files')];
    const snapshot = buildSnapshot(makeSourceImage([makeSourceLayer('a')]), [{ ...content, fragments }]);
    expect(snapshot.layers[0]?.fragments.map(({ kind }) => kind)).toEqual(['layer.files', 'layer.fragments']);
  });

  it('survives steps that are no well-formed text', () => {
    const image = makeSourceImage([makeSourceLayer('a')]);
    const snapshot = buildSnapshot(image, [{ ...content, step: 'RUN \ud800', createdBy: '\udc00' }]);
    expect(parseSnapshot(snapshotBytes(snapshot), 'it').layers[0]?.step).toBe('RUN \ufffd');
  });
});
