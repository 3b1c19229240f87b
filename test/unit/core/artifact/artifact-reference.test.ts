import { describe, expect, it } from 'vitest';
import { parseArtifactReference } from '../../../../src/core/artifact/artifact-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const parse = (text: string, ...there: string[]) =>
  parseArtifactReference(text, (path) => there.includes(path));

describe('where an artifact is', () => {
  it.each([
    ['oci:dir', { kind: 'layout', path: 'dir', tag: null, digest: null }],
    ['oci:dir:v1', { kind: 'layout', path: 'dir', tag: 'v1', digest: null }],
    [`./dir@${DIGEST}`, { kind: 'layout', path: './dir', tag: null, digest: DIGEST }],
    ['/tmp/dir', { kind: 'layout', path: '/tmp/dir', tag: null, digest: null }],
    [
      'oci://ghcr.io/acme/web',
      { kind: 'registry', host: 'ghcr.io', repository: 'acme/web', tag: null, digest: null },
    ],
    [
      'docker://localhost:5000/web:v1',
      { kind: 'registry', host: 'localhost:5000', repository: 'web', tag: 'v1', digest: null },
    ],
    [
      `oci://ghcr.io/web@${DIGEST}`,
      { kind: 'registry', host: 'ghcr.io', repository: 'web', tag: null, digest: DIGEST },
    ],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('takes the longest path that is there', () => {
    expect(parse('oci:a:b:c', 'a:b')).toMatchObject({ path: 'a:b', tag: 'c' });
  });

  it.each(['', 'oci:', 'oci://', 'oci:///web', 'oci://HOST/Web', 'oci:dir:', 'oci:a\0b'])(
    'refuses %j',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'bad-reference' }));
    },
  );
});
