import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../../src/base/digest.ts';
import { isProvenance, listStatements, parseStatement } from '../../../../src/core/image/attestation.ts';
import type { Attachment } from '../../../../src/core/image/image-source.ts';
import { makeAttestation, makeStatement } from '../../../support/image-maker.ts';

const subject = digestOf('an image');
const listed = (bytes: Buffer, mediaType = 'application/vnd.oci.image.manifest.v1+json'): Attachment => ({
  kind: 'attestation',
  digest: digestOf(bytes),
  mediaType,
  size: bytes.length,
  artifactType: null,
  subject,
});
const list = (bytes: Buffer) => listStatements(bytes, listed(bytes));

describe('the statements of an attestation', () => {
  it('are named by their types, in order', () => {
    const statements = [makeStatement([subject]), makeStatement([subject], 'https://spdx.dev/Document')];
    const [manifest] = makeAttestation(subject, statements).blobs;
    expect(list(manifest?.bytes ?? Buffer.alloc(0))).toMatchObject([
      { descriptor: { digest: statements[0]?.digest }, predicateType: 'https://slsa.dev/provenance/v1' },
      { descriptor: { digest: statements[1]?.digest }, predicateType: 'https://spdx.dev/Document' },
    ]);
  });

  it('are only those that say that they are such', () => {
    const { mediaType: _, ...descriptor } = makeStatement([subject]).descriptor;
    const manifest = {
      schemaVersion: 2,
      config: { ...descriptor, mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [
        { ...descriptor, mediaType: 'application/vnd.oci.image.layer.v1.tar' },
        { ...descriptor, annotations: {}, mediaType: 'application/vnd.in-toto+json' },
      ],
    };
    expect(list(Buffer.from(JSON.stringify(manifest)))).toMatchObject([{ predicateType: null }]);
  });

  it.each(['', '[]', '{"schemaVersion":2}', '{"schemaVersion":2,"manifests":[]}'])(
    'are none of %j',
    (text) => {
      expect(() => list(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );
});

describe('a statement', () => {
  const parse = (value: unknown) => parseStatement(Buffer.from(JSON.stringify(value)), 'the statement');
  const statement = { predicateType: 'https://slsa.dev/provenance/v1', predicate: { a: 1 } };

  it('tells what it says, and of what', () => {
    const { bytes } = makeStatement([subject, digestOf('b')], 'x', { a: 1 });
    expect(parseStatement(bytes, 'the statement')).toEqual({
      predicateType: 'x',
      subjects: [hexOf(subject), hexOf(digestOf('b'))],
      predicate: { a: 1 },
    });
  });

  it('may speak of nothing, or of things by other hashes', () => {
    expect(parse(statement).subjects).toEqual([]);
    expect(parse({ ...statement, subject: null }).subjects).toEqual([]);
    const subjects = [
      { name: 'a' },
      { digest: {} },
      { digest: { sha512: 'x' } },
      { digest: { sha256: 'y' } },
    ];
    expect(parse({ ...statement, subject: subjects }).subjects).toEqual(['y']);
  });

  it.each([
    [[]],
    ['text'],
    [{ ...statement, predicate: null }],
    [{ ...statement, predicate: [] }],
    [{ ...statement, predicateType: 1 }],
    [{ ...statement, subject: {} }],
    [{ ...statement, subject: [{ digest: { sha256: 1 } }] }],
  ])('is not %j', (value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('is a provenance by its type alone', () => {
    expect(['https://slsa.dev/provenance/v0.2', 'https://slsa.dev/provenance/v1'].map(isProvenance)).toEqual([
      true,
      true,
    ]);
    expect([null, 'https://spdx.dev/Document', 'x https://slsa.dev/provenance/v1'].map(isProvenance)).toEqual(
      [false, false, false],
    );
  });
});
