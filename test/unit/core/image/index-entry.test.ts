import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import { classifyEntry, classifyManifest, toAttachment } from '../../../../src/core/image/index-entry.ts';
import { type IndexEntry, parseManifest } from '../../../../src/core/image/manifest.ts';
import {
  DOCKER_MANIFEST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../../../src/core/image/media-type.ts';
import { makeAttestation, makeImage, makeLayer } from '../../../support/image-maker.ts';

const digest = digestOf('manifest');
const subject = digestOf('image');
const entry: IndexEntry = { mediaType: OCI_MANIFEST, digest, size: 1 };
const layers = [await makeLayer({ a: '1' })];
const parse = (bytes: Uint8Array) =>
  parseManifest(bytes, { object: 'it', mediaType: null, digest: null, size: null }, DEFAULT_LIMITS).value;

const CLAIM = { 'vnd.docker.reference.type': 'attestation-manifest' };
const NOWHERE = { os: 'unknown', architecture: 'unknown' };

describe('classifyEntry', () => {
  it.each<[string, Partial<IndexEntry>, string]>([
    ['a manifest', {}, 'manifest'],
    ['one of Docker', { mediaType: DOCKER_MANIFEST }, 'manifest'],
    ['an index', { mediaType: OCI_INDEX }, 'index'],
    ['what claims to attest', { annotations: CLAIM }, 'manifest'],
    ['what claims a type', { artifactType: 'application/spdx+json' }, 'manifest'],
    ['an index that claims a type', { mediaType: OCI_INDEX, artifactType: 'application/x' }, 'index'],
    ['an image listed as a referrer', { artifactType: OCI_CONFIG }, 'manifest'],
    ['an attestation', { annotations: CLAIM, platform: NOWHERE }, 'attestation'],
    ['what runs nowhere', { platform: NOWHERE }, 'artifact'],
    ['what is no manifest', { mediaType: 'application/vnd.oci.artifact.manifest.v1+json' }, 'artifact'],
  ])('%s', (_, change, kind) => {
    expect(classifyEntry({ ...entry, ...change })).toBe(kind);
  });
});

describe('classifyManifest', () => {
  it('tells images from artifacts and attestations', () => {
    expect(classifyManifest(parse(makeImage(layers).bytes))).toBe('image');
    expect(classifyManifest(parse(makeImage(layers, { flavour: 'docker' }).bytes))).toBe('image');
    expect(classifyManifest(parse(makeImage([]).bytes))).toBe('image');
    expect(
      classifyManifest(parse(makeImage(layers, { manifest: { artifactType: 'application/x' } }).bytes)),
    ).toBe('artifact');
    const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: 1 };
    expect(classifyManifest(parse(makeImage(layers, { manifest: { config } }).bytes))).toBe('artifact');
    const [manifest] = makeAttestation(subject).blobs;
    expect(classifyManifest(parse(manifest?.bytes ?? Buffer.alloc(0)))).toBe('attestation');
  });
});

describe('toAttachment', () => {
  it('says what an attestation speaks of', () => {
    const annotations = { 'vnd.docker.reference.digest': subject };
    expect(toAttachment('attestation', { ...entry, annotations })).toEqual({
      kind: 'attestation',
      digest,
      mediaType: OCI_MANIFEST,
      size: 1,
      artifactType: null,
      subject,
    });
    expect(
      toAttachment('attestation', { ...entry, annotations: { 'vnd.docker.reference.digest': 'sha256:../x' } })
        .subject,
    ).toBeNull();
  });

  it('takes the type and subject that the manifest states', () => {
    const descriptor = { mediaType: OCI_MANIFEST, digest: subject, size: 1 };
    const typed = parse(
      makeImage(layers, { manifest: { artifactType: 'application/x', subject: descriptor } }).bytes,
    );
    expect(toAttachment('artifact', entry, typed)).toMatchObject({ artifactType: 'application/x', subject });
    const config = { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: 1 };
    const chart = parse(makeImage(layers, { manifest: { config } }).bytes);
    expect(toAttachment('artifact', entry, chart)).toMatchObject({
      artifactType: config.mediaType,
      subject: null,
    });
  });
});
