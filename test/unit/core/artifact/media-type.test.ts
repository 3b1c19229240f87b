import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOfType, isFileType, mediaTypeOfFile } from '../../../../src/core/artifact/media-type.ts';

const HEX = 'a'.repeat(64);

describe('media types of files', () => {
  it.each([
    ['varve-pointer.json', 'pointer.v1+json'],
    ['folder/report.md', 'report.v1+markdown'],
    ['history.jsonl.gz', 'history.v1+jsonl+gzip'],
    [`layer.files-${HEX}.ndjson.zst`, 'layer.files.v1+ndjson+zstd'],
    [`image.config-${HEX}.json.zst`, 'image.config.v1+json+zstd'],
    ['other.json', 'file.v1+json'],
    ['x.ndjson.zst', 'file.v1+ndjson+zstd'],
    ['README.md', 'file.v1+markdown'],
    ['README', 'file.v1'],
    ['.json', 'file.v1+json'],
  ])('%s is %s', (path, type) => {
    expect(mediaTypeOfFile(path)).toBe(`application/vnd.varve.${type}`);
  });

  it('lead back to the name, where they are of one file', () => {
    for (const name of ['varve-pointer.json', 'comparison.json', 'report.md', 'manifests.jsonl.gz']) {
      expect(fileNameOfType(mediaTypeOfFile(name))).toBe(name);
    }
    expect(fileNameOfType(mediaTypeOfFile('x.json'))).toBeNull();
    expect(fileNameOfType('application/json')).toBeNull();
  });

  it('are all known again, and fit into a registry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        const type = mediaTypeOfFile(path);
        expect(isFileType(type)).toBe(true);
        // https://www.rfc-editor.org/rfc/rfc6838#section-4.2
        expect(type).toMatch(/^application\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/);
      }),
    );
  });

  it.each([
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.varve.',
    'application/vnd.varve.file.v2',
    'application/vnd.varve.file.v1+exe',
    'application/vnd.varve.UPPER.v1+json+zstd',
    'application/vnd.varve.snapshot.v1',
    'text/plain',
    '',
  ])('are not all that there are: %s', (type) => {
    expect(isFileType(type)).toBe(false);
  });
});
