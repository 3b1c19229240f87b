import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import { type ImageManifest, parseIndex, parseManifest } from '../../../../src/core/image/manifest.ts';
import {
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../../../src/core/image/media-type.ts';
import { makeBlob, makeImage, makeIndex, makeJson, makeLayer } from '../../../support/image-maker.ts';

const image = makeImage([await makeLayer({ a: '1' }), await makeLayer({ b: '2' })]);
const body = JSON.parse(image.bytes.toString());
const undeclared = { object: 'it', mediaType: null, digest: null, size: null };

const read = (value: unknown, declared = {}) =>
  parseManifest(Buffer.from(JSON.stringify(value)), { ...undeclared, ...declared }, DEFAULT_LIMITS);
const readIndex = (value: unknown, declared = {}) =>
  parseIndex(Buffer.from(JSON.stringify(value)), { ...undeclared, ...declared }, DEFAULT_LIMITS);
const withLayer = (change: object) => ({ ...body, layers: [{ ...body.layers[0], ...change }] });

describe('parseManifest', () => {
  it('keeps the bytes, their digest and every field that it does not know', () => {
    const text = JSON.stringify(
      {
        ...withLayer({ urls: ['https://a.example/l'], 'x.new': [1] }),
        'x.more': { deep: true },
        annotations: { a: 'b' },
      },
      null,
      3,
    );
    const bytes = Buffer.from(text);
    const document = parseManifest(
      bytes,
      { ...undeclared, digest: digestOf(bytes), size: bytes.length },
      DEFAULT_LIMITS,
    );
    expect(document.bytes).toBe(bytes);
    expect(document.digest).toBe(digestOf(text));
    expect(document.mediaType).toBe(OCI_MANIFEST);
    expect(document.value).toEqual(JSON.parse(text));
  });

  it('reads Docker schema 2, and manifests that do not state their type', () => {
    const docker = makeImage(image.layers, { flavour: 'docker' });
    expect(parseManifest(docker.bytes, undeclared, DEFAULT_LIMITS).mediaType).toBe(DOCKER_MANIFEST);
    const { mediaType: _, ...unstated } = body;
    expect(read(unstated).mediaType).toBe(OCI_MANIFEST);
    expect(read(unstated, { mediaType: DOCKER_MANIFEST }).mediaType).toBe(DOCKER_MANIFEST);
  });

  it('takes null for no layers, as engines written in Go write it', () => {
    expect(read({ ...body, layers: null }).value.layers).toEqual([]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['another schemaVersion', { ...body, schemaVersion: 3 }, 'malformed', /schemaVersion/],
    ['no schemaVersion', { ...body, schemaVersion: undefined }, 'malformed', /schemaVersion is missing$/],
    ['a schemaVersion in quotes', { ...body, schemaVersion: '2' }, 'malformed', /schemaVersion/],
    ['schema 1', { schemaVersion: 1, fsLayers: [], history: [] }, 'unsupported', /schema 1/],
    ['schema 1 in disguise', { ...body, fsLayers: [] }, 'unsupported', /schema 1/],
    ['manifests next to layers', { ...body, manifests: [] }, 'malformed', /"manifests"/],
    ['the type of an index', { ...body, mediaType: OCI_INDEX }, 'malformed', /image\.index/],
    ['a type of nothing', { ...body, mediaType: 'text/plain' }, 'malformed', /text\/plain/],
    ['a type that is no text', { ...body, mediaType: 7 }, 'malformed', /mediaType/],
    ['no config', { ...body, config: undefined }, 'malformed', /config is missing$/],
    ['null for config', { ...body, config: null }, 'malformed', /config/],
    ['no layers', { ...body, layers: undefined }, 'malformed', /layers/],
    ['a list', [body], 'malformed', /not an object/],
    ['a size of 2^62', withLayer({ size: 2 ** 62 }), 'malformed', /layers\.0\.size/],
    ['a size below 0', withLayer({ size: -1 }), 'malformed', /layers\.0\.size/],
    ['a broken size', withLayer({ size: 1.5 }), 'malformed', /layers\.0\.size/],
    ['a size in quotes', withLayer({ size: '10' }), 'malformed', /layers\.0\.size/],
    [
      'a digest as a path',
      withLayer({ digest: 'sha256:../../x' }),
      'malformed',
      /layers\.0\.digest.*not a digest/,
    ],
    ['a digest in capitals', withLayer({ digest: image.digest.toUpperCase() }), 'malformed', /digest/],
    ['a short digest', withLayer({ digest: 'sha256:abc' }), 'malformed', /digest/],
    ['a digest of another kind', withLayer({ digest: `sha512:${'0'.repeat(128)}` }), 'unsupported', /sha512/],
    ['urls that are no list', withLayer({ urls: 'https://a.example' }), 'malformed', /urls/],
    ['annotations that are no text', { ...body, annotations: { a: 1 } }, 'malformed', /annotations\.a/],
    ['embedded data that is no base64', withLayer({ data: '!' }), 'malformed', /data/],
    ['embedded data of another size', withLayer({ data: 'e30=' }), 'size-mismatch', /embedded/],
    ['other embedded data', withLayer({ data: 'e30=', size: 2 }), 'digest-mismatch', /embedded/],
  ])('refuses %s', (_, value, code, message) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('reads field names in any letter case, as engines do, but not one in two cases', () => {
    const { layers, ...rest } = body;
    const { digest, ...layer } = layers[0] as (typeof layers)[number];
    const odd = { ...rest, LAYERS: [{ ...layer, Digest: digest }, ...layers.slice(1)] };
    expect(read(odd).value.layers).toEqual(layers);
    expect(() => read({ ...body, Layers: [] })).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringMatching(/layers.*twice/) }),
    );
    expect(() => read({ ...body, Manifests: [] })).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => read({ ...body, layers: [{ ...layers[0], '\u017fize': 1 }] })).toThrow(/size.*twice/);
  });

  it('takes embedded data that is what it claims', () => {
    const config = { ...body.config, size: 2, digest: digestOf('{}'), data: 'e30=' };
    expect(read({ ...body, config }).value.config.data).toBe('e30=');
  });

  it('checks bytes against what their descriptor declares', () => {
    const { bytes, digest } = image;
    const parse = (declared: object): ImageManifest =>
      parseManifest(bytes, { ...undeclared, ...declared }, DEFAULT_LIMITS).value;
    expect(parse({ digest, size: bytes.length, mediaType: OCI_MANIFEST }).schemaVersion).toBe(2);
    expect(() => parse({ size: bytes.length + 1 })).toThrow(
      expect.objectContaining({ code: 'size-mismatch' }),
    );
    expect(() => parse({ size: bytes.length - 1 })).toThrow(
      expect.objectContaining({ code: 'size-mismatch' }),
    );
    expect(() => parse({ digest: digestOf('') })).toThrow(
      expect.objectContaining({ code: 'digest-mismatch' }),
    );
    expect(parse({ mediaType: DOCKER_MANIFEST }).mediaType).toBe(OCI_MANIFEST);
    expect(() => parse({ mediaType: OCI_INDEX })).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('refuses JSON over the limit before it reads it, and names the option', () => {
    const limits = { ...DEFAULT_LIMITS, jsonBytes: 100 };
    expect(() => parseManifest(Buffer.alloc(101), undeclared, limits)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', hint: expect.stringContaining('--max-json-bytes') }),
    );
  });

  it('survives every single byte being damaged: an error with a code, or a document', () => {
    for (let at = 0; at < image.bytes.length; at++) {
      const damaged = Buffer.from(image.bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x15;
      const declared = { ...undeclared, digest: image.digest, size: damaged.length };
      expect(() => parseManifest(damaged, declared, DEFAULT_LIMITS)).toThrow(
        expect.objectContaining({ code: 'digest-mismatch' }),
      );
      try {
        parseManifest(damaged, undeclared, DEFAULT_LIMITS);
      } catch (error) {
        expect(error).toMatchObject({ name: 'VarveError', kind: 'bytes' });
      }
    }
  });
});

describe('parseIndex', () => {
  const index = JSON.parse(makeIndex([image.descriptor]).bytes.toString());

  it('keeps platforms and fields that it does not know', () => {
    const platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348' };
    const value = { ...index, manifests: [{ ...image.descriptor, platform, 'x.new': 1 }], 'x.more': null };
    expect(readIndex(value).value).toEqual(value);
  });

  it('reads a manifest list of Docker', () => {
    const list = makeIndex([image.descriptor], {}, 'docker');
    expect(parseIndex(list.bytes, undeclared, DEFAULT_LIMITS).mediaType).toBe(DOCKER_INDEX);
  });

  it.each([
    ['layers next to manifests', { ...index, layers: [] }],
    ['config next to manifests', { ...index, config: image.descriptor }],
    ['the type of a manifest', { ...index, mediaType: OCI_MANIFEST }],
    ['no manifests', { ...index, manifests: undefined }],
    ['another schemaVersion', { ...index, schemaVersion: 1.5 }],
    ['a platform that is none', { ...index, manifests: [{ ...image.descriptor, platform: { os: 1 } }] }],
  ])('refuses %s', (_, value) => {
    expect(() => readIndex(value)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('refuses a key that stands twice', () => {
    const twice = Buffer.from(JSON.stringify(index).replace('{', '{"manifests":[],'));
    expect(() => parseIndex(twice, undeclared, DEFAULT_LIMITS)).toThrow(/"manifests" twice/);
    const { descriptor } = makeBlob(twice, OCI_INDEX);
    expect(() => parseIndex(twice, { ...undeclared, ...descriptor }, DEFAULT_LIMITS)).toThrow(/twice/);
    expect(() => readIndex(index, makeJson({}, OCI_INDEX).descriptor)).toThrow(/bytes, not/);
  });
});
