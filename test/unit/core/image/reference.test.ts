import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  formatReference,
  type ImageReference,
  parseReference,
} from '../../../../src/core/image/reference.ts';

const digest = digestOf('x');
const hex = digest.slice(7);

describe('parseReference', () => {
  it.each<[string, ImageReference]>([
    ['oci:out', { transport: 'oci', path: 'out', tag: null, digest: null }],
    ['oci:/srv/out:v1', { transport: 'oci', path: '/srv/out', tag: 'v1', digest: null }],
    ['oci:out:ghcr.io/a/b:v1', { transport: 'oci', path: 'out', tag: 'ghcr.io/a/b:v1', digest: null }],
    [`oci:out@${digest}`, { transport: 'oci', path: 'out', tag: null, digest }],
    ['oci-archive:a.tar', { transport: 'oci-archive', path: 'a.tar', tag: null, digest: null }],
    [`oci-archive:a.tar@${digest}`, { transport: 'oci-archive', path: 'a.tar', tag: null, digest }],
    ['docker-archive:a.tar', { transport: 'docker-archive', path: 'a.tar', name: null }],
    ['docker-archive:a.tar:app:1', { transport: 'docker-archive', path: 'a.tar', name: 'app:1' }],
    [
      'docker-archive:a.tar:h:5000/a/b:1',
      { transport: 'docker-archive', path: 'a.tar', name: 'h:5000/a/b:1' },
    ],
    [`docker-archive:a.tar@${digest}`, { transport: 'docker-archive', path: 'a.tar', name: null, digest }],
    ['oci:out@sha256:abcd', { transport: 'oci', path: 'out', tag: null, digest: 'sha256:abcd' }],
    ['docker-daemon:app@sha256:abcd', { transport: 'docker-daemon', name: 'app@sha256:abcd' }],
    ['docker-daemon:app', { transport: 'docker-daemon', name: 'app' }],
    ['docker-daemon:localhost/app:1', { transport: 'docker-daemon', name: 'localhost/app:1' }],
    [`docker-daemon:${digest}`, { transport: 'docker-daemon', name: digest }],
    ['docker-daemon:4bcff63911fc', { transport: 'docker-daemon', name: '4bcff63911fc' }],
    [
      'docker://alpine',
      { transport: 'docker', host: 'docker.io', repository: 'library/alpine', tag: null, digest: null },
    ],
    [
      `docker://h.example:443/a/b:v1@${digest}`,
      { transport: 'docker', host: 'h.example:443', repository: 'a/b', tag: 'v1', digest },
    ],
  ])('%s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it('takes digits alone for the beginning of a digest where they follow a path that is there', () => {
    const there = (path: string) => path === 'out';
    expect(parseReference('oci:out@abcd', there)).toMatchObject({ path: 'out', digest: 'sha256:abcd' });
    expect(parseReference('oci:out@abcd')).toMatchObject({ path: 'out@abcd', digest: null });
    expect(parseReference('oci:out@abcd', () => true)).toMatchObject({ path: 'out@abcd', digest: null });
  });

  it('takes the longest path that is there, colons in it and all', () => {
    const there =
      (...paths: string[]) =>
      (path: string) =>
        paths.includes(path);
    expect(parseReference('oci:a:b:c', there('a', 'a:b'))).toMatchObject({ path: 'a:b', tag: 'c' });
    expect(parseReference('oci:a:b:c', there('a'))).toMatchObject({ path: 'a', tag: 'b:c' });
    expect(parseReference('oci:a:b:c', there('a:b:c'))).toMatchObject({ path: 'a:b:c', tag: null });
    expect(parseReference('oci:a:b:c')).toMatchObject({ path: 'a', tag: 'b:c' });
  });

  it.each([
    ['./image.tar', { path: './image.tar', selector: null, pathOnly: true }],
    ['/srv/image.tar:app:1', { path: '/srv/image.tar', selector: 'app:1', pathOnly: true }],
    ['../out:v1', { path: '../out', selector: 'v1', pathOnly: true }],
    [`./out@${digest}`, { path: './out', selector: null, digest, pathOnly: true }],
    ['.', { path: '.', pathOnly: true }],
    ['alpine', { path: 'alpine', selector: null, pathOnly: false }],
    ['ghcr.io/acme/app:v1', { path: 'ghcr.io/acme/app:v1', selector: null, pathOnly: false }],
    ['My Image.tar', { path: 'My Image.tar', pathOnly: true }],
  ])('%s has no transport: what it means shows later', (text, expected) => {
    expect(parseReference(text)).toMatchObject({ transport: null, text, ...expected });
  });

  it.each([
    '',
    '  ',
    'oci:',
    'oci::v1',
    'oci:out:',
    'oci:a\0b',
    `oci:out:v1@${digest}`,
    'oci:out@sha256:../../etc/passwd',
    `oci:out@sha256:${hex.toUpperCase()}`,
    'oci:out@sha256:abc',
    'docker-archive:a.tar:UPPER',
    'docker://alpine@sha256:abcd',
    'docker://alpine@abcd',
    'sha256:abc',
    'docker-daemon:',
    'docker-daemon:Bad/Name',
    'docker://',
    'docker://a:b:c',
    'docker://host/UPPER',
    'docker://alpine:ta g',
    `docker://alpine@${digest}@${digest}`,
    'docker://alpine@sha512:abc',
    'dir:/srv/out',
    'containers-storage:alpine_:x',
    'https://registry.example/app',
  ])('refuses %j and says what to write', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'bad-reference', hint: expect.stringMatching(/\S/) }),
    );
  });

  it('takes a path that looks like an unknown transport when it is there', () => {
    expect(parseReference('dir:/srv/out', () => true)).toMatchObject({
      transport: null,
      path: 'dir:/srv/out',
    });
  });
});

describe('formatReference', () => {
  const path = fc
    .string({ minLength: 1, unit: fc.constantFrom(...'abz019./-_ :@é') })
    .filter((text) => !text.startsWith(':') && text.trim() !== '' && !text.includes('@sha256:'));
  const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,9}$/);
  const repository = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => `lib/${parts.join('/')}`);
  const host = fc.constantFrom(
    'docker.io',
    'localhost',
    'ghcr.io',
    'localhost:5000',
    'h.example:443',
    '[::1]:5000',
  );
  const some = fc.string().map((text) => digestOf(text));
  const layout = fc.record({
    transport: fc.constantFrom('oci' as const, 'oci-archive' as const),
    path,
    tag: fc.option(tag),
    digest: fc.option(some),
  });
  const references: fc.Arbitrary<ImageReference> = fc.oneof(
    layout.map((reference) => (reference.tag === null ? reference : { ...reference, digest: null })),
    fc.record({
      transport: fc.constant('docker-archive' as const),
      path,
      name: fc.option(fc.tuple(host, repository, tag).map(([h, r, t]) => `${h}/${r}:${t}`)),
    }),
    fc.record({
      transport: fc.constant('docker' as const),
      host,
      repository,
      tag: fc.option(tag),
      digest: fc.option(some),
    }),
    fc.tuple(repository, tag).map(([r, t]) => ({ transport: 'docker-daemon' as const, name: `${r}:${t}` })),
  );

  it('gives a text that is read as the same reference', () => {
    fc.assert(
      fc.property(references, (reference) => {
        const there = 'path' in reference ? reference.path : null;
        expect(parseReference(formatReference(reference), (candidate) => candidate === there)).toEqual(
          reference,
        );
      }),
    );
  });

  it('needs nobody to look where the path has no colon', () => {
    fc.assert(
      fc.property(
        references.filter((reference) => !('path' in reference && reference.path.includes(':'))),
        (reference) => {
          expect(parseReference(formatReference(reference))).toEqual(reference);
        },
      ),
    );
  });
});
