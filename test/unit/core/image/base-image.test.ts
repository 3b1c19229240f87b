import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  chooseBase,
  differentHints,
  hintsInDocuments,
  hintsInProvenance,
  isBase,
} from '../../../../src/core/image/base-image.ts';
import { formatDockerName } from '../../../../src/core/image/docker-name.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(digestOf) as [never, never, never, never];
const hex = '0123456789abcdef'.repeat(4);
const amd64 = { os: 'linux', architecture: 'amd64' };

describe('a base image', () => {
  it.each([
    ['has the first layers of the image', [a, b], [a, b, c], true],
    ['may be one layer', [a], [a, b], true],
    ['is not the image itself', [a, b], [a, b], false],
    ['is not larger than the image', [a, b, c], [a, b], false],
    ['does not stand in the middle', [b], [a, b, c], false],
    ['is not in another order', [b, a], [a, b, c], false],
    ['differs in no layer', [a, d], [a, b, c], false],
    ['is not empty', [], [a], false],
  ])('%s', (_, base, image, expected) => {
    expect(isBase(base, image)).toBe(expected);
  });

  it('is the one with most layers of several', () => {
    const candidates = [
      { name: 'debian', digest: null, diffIds: [a] },
      { name: 'node', digest: d, diffIds: [a, b] },
      { name: 'liar', digest: null, diffIds: [a, b, d] },
      { name: 'itself', digest: null, diffIds: [a, b, c] },
    ];
    expect(chooseBase(candidates, [a, b, c])).toEqual({ name: 'node', digest: d, layers: 2 });
    expect(chooseBase(candidates, [c, b, a])).toBeNull();
    expect(chooseBase([], [a, b])).toBeNull();
    expect(chooseBase([{ name: 'x'.repeat(1001), digest: d, diffIds: [a] }], [a, b])?.name).toBeNull();
  });
});

describe('a hint at the base image', () => {
  const read = (...documents: Parameters<typeof hintsInDocuments>) =>
    hintsInDocuments(...documents).map(formatDockerName);
  const base = (name: string, digest?: string) => ({
    'org.opencontainers.image.base.name': name,
    ...(digest !== undefined && { 'org.opencontainers.image.base.digest': digest }),
  });

  it('stands in annotations and labels', () => {
    const digest = `sha256:${hex}`;
    const labels = { config: { Labels: base('ghcr.io/acme/base:1') } };
    expect(read({ annotations: base('node:22', digest) }, labels)).toEqual([
      `docker.io/library/node:22@${digest}`,
      'ghcr.io/acme/base:1',
    ]);
    expect(read(null, { config: { labels: base('node') } })).toEqual(['docker.io/library/node']);
  });

  it.each([
    ['nothing', null, null],
    ['labels that are not there', null, { config: { Labels: null } }],
    ['labels of another kind', null, { config: { Labels: ['x'] } }],
    ['a name that is not one', { annotations: base('http://169.254.169.254/latest') }, null],
    ['a number', null, { config: { Labels: { 'org.opencontainers.image.base.name': 7 } } }],
    ['a path', { annotations: base('../../etc/passwd') }, null],
  ])('is not in %s', (_, manifest, config) => {
    expect(read(manifest, config)).toEqual([]);
  });

  it('leaves out what is not a digest', () => {
    expect(read({ annotations: base('node:22', 'sha256:short') }, null)).toEqual([
      'docker.io/library/node:22',
    ]);
  });

  const materials = [
    { uri: 'pkg:docker/docker/dockerfile@1', digest: { sha256: hex } },
    { uri: 'pkg:docker/node@22-slim?platform=linux%2Famd64', digest: { sha256: hex } },
    { uri: 'pkg:docker/node@22-slim?platform=linux%2Farm64', digest: { sha256: hex } },
    { uri: `pkg:docker/ghcr.io/acme/base?digest=sha256:${hex}&platform=linux%2Famd64` },
    { uri: 'pkg:docker/localhost%3A5000/base@v1' },
    { uri: 'pkg:docker/odd@v1?platform=%25' },
    { uri: 'https://github.com/acme/web.git', digest: { sha1: 'abc' } },
    { uri: 'pkg:docker/%FF%' },
    7,
  ];

  it.each([
    ['SLSA v0.2', { materials }],
    ['SLSA v1', { buildDefinition: { resolvedDependencies: materials } }],
  ])('stands in the provenance: %s', (_, predicate) => {
    expect(hintsInProvenance(predicate, amd64).map(formatDockerName)).toEqual([
      `docker.io/library/node:22-slim@sha256:${hex}`,
      `ghcr.io/acme/base@sha256:${hex}`,
      'localhost:5000/base:v1',
    ]);
  });

  it.each([[{}], [{ materials: 'x' }], [{ buildDefinition: null }]])('is not in %j', (predicate) => {
    expect(hintsInProvenance(predicate, amd64)).toEqual([]);
  });

  it('is followed once, and few of them are', () => {
    const names = ['one', 'two', 'one', 'three', 'four', 'five', 'six', 'seven'];
    const hints = names.flatMap((name) => hintsInDocuments({ annotations: base(name) }, null));
    expect(differentHints(hints).map(({ repository }) => repository)).toEqual(
      ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `library/${name}`),
    );
  });
});
