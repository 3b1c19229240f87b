import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  type ArtifactFile,
  buildArtifactManifest,
  EMPTY,
  parseArtifact,
} from '../../../../src/core/artifact/artifact-manifest.ts';
import { ARTIFACT_TYPES } from '../../../../src/core/artifact/media-type.ts';

const artifactType = ARTIFACT_TYPES.files;
const file = (path: string): ArtifactFile => ({ path, digest: digestOf(path), size: path.length });
const build = (...paths: string[]) => buildArtifactManifest({ artifactType, files: paths.map(file) });

type Edit = (manifest: Record<string, unknown> & { layers: Record<string, unknown>[] }) => void;

/** Reads a manifest after an edit that keeps it whole. */
function parseEdited(edit: Edit, paths: readonly string[] = ['a.json', 'b/c.md']) {
  const manifest = JSON.parse(Buffer.from(build(...paths).bytes).toString());
  edit(manifest);
  return parseArtifact(Buffer.from(JSON.stringify(manifest)), { object: 'it', digest: null });
}
const titled =
  (title: string): Edit =>
  (manifest) => {
    const [first] = manifest.layers;
    if (first) first.annotations = { 'org.opencontainers.image.title': title };
  };

describe('the manifest of an artifact', () => {
  it('is what the specification wants', () => {
    const { bytes, mediaType, digest } = build('report.md');
    expect([mediaType, digest]).toEqual(['application/vnd.oci.image.manifest.v1+json', digestOf(bytes)]);
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.varve.files.v1',
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        size: 2,
        data: 'e30=',
      },
      layers: [
        {
          mediaType: 'application/vnd.varve.report.v1+markdown',
          digest: digestOf('report.md'),
          size: 9,
          annotations: { 'org.opencontainers.image.title': 'report.md' },
        },
      ],
    });
  });

  it('has a layer even where there is nothing', () => {
    const { value, bytes } = build();
    expect(value.layers).toEqual([EMPTY]);
    expect(parseArtifact(bytes, { object: 'it', digest: null }).files).toEqual([]);
  });

  it('names its subject', () => {
    const subject = {
      mediaType: 'application/vnd.oci.image.index.v1+json',
      digest: digestOf('image'),
      size: 7,
    };
    expect(buildArtifactManifest({ artifactType, files: [], subject }).value.subject).toEqual(subject);
  });

  it('is the same in whatever order its files come, and is read back', () => {
    const name = fc.stringMatching(/^[a-z0-9._ü-]{1,12}$/).filter((each) => each !== '.' && each !== '..');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 8 }), (paths) => {
        const clash = paths.some((each) => paths.some((other) => other.startsWith(`${each}/`)));
        fc.pre(!clash);
        const { bytes, digest } = build(...paths);
        expect(build(...paths.toReversed()).bytes).toEqual(bytes);
        const { files, artifactType: type } = parseArtifact(bytes, { object: 'it', digest });
        expect([type, files]).toEqual([
          artifactType,
          paths.map(file).sort((a, b) => (a.path < b.path ? -1 : 1)),
        ]);
      }),
    );
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../../b',
    'a\\b',
    'C:a',
    'a\0b',
    'a\nb',
    'é'.repeat(128),
    '\ud800',
  ])('takes no title %j, neither way', (title) => {
    expect(() => build(title)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => parseEdited(titled(title))).toThrow(expect.objectContaining({ kind: 'bytes' }));
  });

  it.each<[string, Edit, string]>([
    ['titles that stand twice', titled('b/c.md'), 'malformed'],
    ['a file that is a folder too', titled('b'), 'malformed'],
    ['a title of another type', titled('a.md'), 'malformed'],
    [
      'the type of another file',
      ({ layers }) =>
        Object.assign(layers[0] ?? {}, { mediaType: 'application/vnd.varve.report.v1+markdown' }),
      'malformed',
    ],
    [
      'layers of images',
      ({ layers }) => Object.assign(layers[0] ?? {}, { mediaType: 'application/vnd.oci.image.layer.v1.tar' }),
      'unsupported',
    ],
    [
      'no title and a type of many files',
      ({ layers }) => Object.assign(layers[0] ?? {}, { annotations: {} }),
      'malformed',
    ],
    [
      'a digest that is a path',
      ({ layers }) => Object.assign(layers[0] ?? {}, { digest: '../../etc/passwd' }),
      'malformed',
    ],
    ['a size below nothing', ({ layers }) => Object.assign(layers[0] ?? {}, { size: -1 }), 'malformed'],
    [
      'a size that cannot be counted',
      ({ layers }) => Object.assign(layers[0] ?? {}, { size: 2 ** 60 }),
      'malformed',
    ],
    ['layers that are none', (manifest) => Object.assign(manifest, { layers: {} }), 'malformed'],
    ['the fields of an index', (manifest) => Object.assign(manifest, { manifests: [] }), 'malformed'],
    [
      'the config of an image',
      (manifest) =>
        Object.assign(manifest, {
          artifactType: undefined,
          config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(''), size: 0 },
        }),
      'unsupported',
    ],
    [
      'embedded data of another digest',
      (manifest) => Object.assign(manifest, { config: { ...EMPTY, data: 'e3s=' } }),
      'digest-mismatch',
    ],
  ])('is refused with %s', (_, edit, code) => {
    expect(() => parseEdited(edit)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['stands twice', 'b.md/c.md'],
    ['is a file and a folder', 'b.md'],
  ])('is refused with a title that %s', (problem, title) => {
    const fault = { code: 'malformed', message: expect.stringContaining(problem) };
    expect(() => parseEdited(titled(title), ['a.md', 'b.md/c.md'])).toThrow(expect.objectContaining(fault));
  });

  it('may leave the title of a file away that its type names', () => {
    const files = parseEdited(
      ({ layers }) => Object.assign(layers[0] ?? {}, { annotations: undefined }),
      ['report.md'],
    );
    expect(files.files.map(({ path }) => path)).toEqual(['report.md']);
  });

  it('is held against the digest it was fetched by', () => {
    const { bytes } = build('a');
    expect(() => parseArtifact(bytes, { object: 'it', digest: digestOf('other') })).toThrow(
      expect.objectContaining({ code: 'digest-mismatch' }),
    );
  });
});
