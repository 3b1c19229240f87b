import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { VarveError } from '../../../../src/base/errors.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import {
  type BuiltImage,
  isBuilt,
  otherImage,
  parseBuildMetadata,
  placesOf,
} from '../../../../src/core/image/built-image.ts';

/** Written by buildx: `__fixtures__/README.md` says how. */
const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../__fixtures__/buildx', name));

const parse = (value: unknown, target?: string): BuiltImage =>
  parseBuildMetadata(Buffer.from(JSON.stringify(value)), 'metadata.json', target, DEFAULT_LIMITS);
const parseFile = (name: string, target?: string): BuiltImage =>
  parseBuildMetadata(fixture(name), name, target, DEFAULT_LIMITS);

function faultOf(act: () => unknown): VarveError {
  try {
    act();
  } catch (fault) {
    if (fault instanceof VarveError) return fault;
    throw fault;
  }
  throw new Error('it was read');
}

const digest = digestOf('manifest');
const configDigest = digestOf('config');
const BUILT = { 'containerimage.digest': digest, 'image.name': 'acme/web:1' };

describe('what buildx writes of a build', () => {
  it('names the image and its digests', () => {
    expect(parseFile('build.json')).toMatchObject({
      object: 'build.json',
      names: ['registry.example/shop/web:2.0', 'registry.example/shop/web:latest'],
      digest: expect.stringMatching(/^sha256:/),
      configDigest: null,
      provenances: [{ buildType: 'https://mobyproject.org/buildkit@v1' }],
    });
    expect(parseFile('load.json').configDigest).toMatch(/^sha256:/);
    expect(parseFile('platforms.json')).toMatchObject({ configDigest: null, provenances: [] });
    expect(parseFile('unnamed.json').names).toEqual([]);
  });

  it('names one of the images of a bake', () => {
    expect(parseFile('bake.json', 'base')).toMatchObject({
      object: 'bake.json, target base',
      names: ['registry.example/shop/base:2.0'],
    });
    expect(parseFile('bake.json', 'web').digest).not.toBe(parseFile('bake.json', 'base').digest);
  });

  it('lists the targets there are when none, or one that is not there, is chosen', () => {
    expect(() => parseFile('bake.json')).toThrow(
      expect.objectContaining({ code: 'bad-option', message: 'bake.json has the targets base, web' }),
    );
    expect(() => parseFile('bake.json', 'api')).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: 'bake.json has no target api: it has the targets base, web',
      }),
    );
    expect(() => parseFile('build.json', 'web')).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining('of a single build') }),
    );
  });

  it('lists few of many targets, and says what helps', () => {
    const targets = Array.from({ length: 60 }, (_, at) => `t${at}`);
    const many = Object.fromEntries(targets.map((target) => [target, BUILT]));
    const { message, hint } = faultOf(() => parse(many));
    const shown = message
      .replace('metadata.json has the targets ', '')
      .replace(/ and \d+ more$/, '')
      .split(', ');
    expect(shown).toEqual(targets.slice(0, shown.length));
    expect(message.endsWith(` and ${60 - shown.length} more`)).toBe(true);
    expect(hint).toContain('choose one');
    const all = Object.fromEntries(shown.map((target) => [target, BUILT]));
    expect(faultOf(() => parse(all)).message).not.toContain('more');
    expect(faultOf(() => parse(BUILT, 'web')).hint).toContain('leave --target out');
  });

  it('needs no choice where a bake had one target, warnings next to it or not', () => {
    expect(parse({ web: BUILT }).object).toBe('metadata.json, target web');
    expect(parse({ 'buildx.build.warnings': {}, web: BUILT }).digest).toBe(digest);
  });

  it.each([
    [{ 'containerimage.descriptor': { digest } }, digest, null],
    [{ 'containerimage.config.digest': configDigest }, configDigest, configDigest],
    [{ ...BUILT, 'containerimage.config.digest': configDigest }, digest, configDigest],
  ])('gives the best digest there is: %#', (value, expected, config) => {
    expect(parse(value)).toMatchObject({ digest: expected, configDigest: config });
  });

  it.each([{}, { 'buildx.build.ref': 'a/b/c' }, { web: { 'buildx.build.ref': 'a/b/c' } }])(
    'may be of a build that made no image: %j',
    (value) => {
      expect(() => parse(value)).toThrow(
        expect.objectContaining({ code: 'image-not-found', hint: expect.stringContaining('cacheonly') }),
      );
    },
  );

  it('may hold the provenance of several platforms', () => {
    const [one, other] = [{ buildType: 'a' }, { buildType: 'b' }];
    const value = {
      ...BUILT,
      'buildx.build.provenance/linux/amd64': one,
      'buildx.build.provenance/linux/arm64': other,
      'buildx.build.provenances': {},
      'buildx.build.provenance': 'text',
    };
    expect(parse(value).provenances).toEqual([one, other]);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'malformed'],
    ['a text', 'sha256:', 'malformed'],
    ['a digest that is none', { 'containerimage.digest': 'latest' }, 'malformed'],
    ['a digest that is a path', { 'containerimage.digest': 'sha256:../../etc/passwd' }, 'malformed'],
    ['another hash', { 'containerimage.digest': `sha512:${'a'.repeat(128)}` }, 'unsupported'],
    ['names that are no text', { ...BUILT, 'image.name': ['a'] }, 'malformed'],
    ['a name that is an option', { ...BUILT, 'image.name': '--privileged' }, 'bad-reference'],
    ['a name that is a command', { ...BUILT, 'image.name': 'a:1,b;rm -rf' }, 'bad-reference'],
    ['a name that is another transport', { ...BUILT, 'image.name': 'oci:/etc' }, 'bad-reference'],
    ['more names than one asks for', { ...BUILT, 'image.name': numbered(101) }, 'limit-exceeded'],
    ['a descriptor without a digest', { ...BUILT, 'containerimage.descriptor': {} }, 'malformed'],
  ])('is refused with %s', (_, value, code) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused where it is no JSON, says a thing twice or is too large', () => {
    const refused = (text: string, limits = DEFAULT_LIMITS) =>
      expect(() => parseBuildMetadata(Buffer.from(text), 'm', undefined, limits));
    refused('{').toThrow(expect.objectContaining({ code: 'malformed' }));
    refused(`{"containerimage.digest":"${digest}","containerimage.digest":"${configDigest}"}`).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    refused(JSON.stringify(BUILT), { ...DEFAULT_LIMITS, jsonBytes: 20 }).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', hint: expect.stringContaining('--max-json-bytes') }),
    );
  });

  it('never makes anything but an error that says what is wrong', () => {
    fc.assert(
      fc.property(fc.json(), fc.option(fc.string(), { nil: undefined }), (text, target) => {
        try {
          parseBuildMetadata(Buffer.from(text), 'm', target, DEFAULT_LIMITS);
        } catch (fault) {
          expect(fault).toBeInstanceOf(VarveError);
          expect(fault).not.toMatchObject({ code: 'internal' });
        }
      }),
    );
  });
});

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `acme/web:${index}`).join(',');
}

describe('the places of what was built', () => {
  it('are the engine by each name, then the registries by the digest', () => {
    const names = 'web:1,ghcr.io/acme/web:1,ghcr.io/acme/web:latest, web:1';
    expect(placesOf(parse({ ...BUILT, 'image.name': names }))).toEqual([
      'docker-daemon:web:1',
      'docker-daemon:ghcr.io/acme/web:1',
      'docker-daemon:ghcr.io/acme/web:latest',
      `docker://docker.io/library/web@${digest}`,
      `docker://ghcr.io/acme/web@${digest}`,
    ]);
  });
});

describe('the image that was built', () => {
  const built = parse({ ...BUILT, 'containerimage.config.digest': configDigest });
  const none = { root: null, manifest: null, config: null };
  const other = digestOf('other');

  it.each([
    [{ ...none, root: digest }, true],
    [{ root: other, manifest: digest, config: other }, true],
    [{ ...none, config: configDigest }, true],
    [{ ...none, config: digest }, true],
    [{ root: other, manifest: other, config: other }, false],
    [none, false],
  ])('is known by any of its digests: %#', (found, expected) => {
    expect(isBuilt(built, found)).toBe(expected);
  });

  it('is not known by the want of one', () => {
    expect(isBuilt({ ...built, configDigest: null }, none)).toBe(false);
  });

  it.each([
    ['docker-daemon:web:1', { ...none, config: other }, configDigest, 'load: true'],
    ['docker-daemon:web:1', { root: other, manifest: null, config: null }, digest, 'load: true'],
    ['docker://docker.io/library/web:1', { ...none, root: other }, digest, 'pushed over the tag'],
    ['oci:image', { root: null, manifest: other, config: null }, digest, 'another build'],
  ])('is told from another in %s by both digests', (reference, found, made, hint) => {
    const error = otherImage(built, reference, found);
    expect(error).toMatchObject({ code: 'digest-mismatch', object: reference });
    expect(error.message).toBe(`${reference} is ${other}, but the build made ${made} (metadata.json)`);
    expect(error.hint).toContain(hint);
  });
});
