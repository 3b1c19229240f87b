import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { formatLocation, locateLayers } from '../../../../src/core/image/source-location.ts';

const blobs = ['base 0', 'base 1', 'copy', 'run'].map(digestOf);
const chain = (...digests: readonly string[]) => digests.map((digest) => ({ digest, size: 1 }));
const line = (first: number, last = first) => ({ start: { line: first }, end: { line: last } });
const at = (...ranges: readonly unknown[]) => ({ locations: [{ ranges }] });

const LOCATIONS: Record<string, unknown> = {
  step0: at(line(1)),
  step1: at(line(3)),
  step2: at(line(5), line(7), line(6)),
  step3: {},
};
const LAYERS: Record<string, unknown> = {
  'step0:0': [chain(...blobs.slice(0, 2))],
  'step1:0': [chain(...blobs.slice(0, 3))],
  'step2:0': [chain(digestOf('other compression')), chain(...blobs)],
};
const STEPS = [
  { id: 'step0', op: { Op: { source: { identifier: 'docker-image://alpine' } } } },
  { id: 'step1' },
];

interface Change {
  readonly locations?: unknown;
  readonly infos?: unknown;
  readonly layers?: unknown;
  readonly steps?: unknown;
}

const build = ({ locations = LOCATIONS, infos = [{ filename: 'Dockerfile' }], layers = LAYERS }: Change) => ({
  source: { locations, infos },
  layers,
});

/** The two versions that BuildKit writes. */
const VERSIONS = {
  'v0.2': (change: Change = {}) => ({
    buildConfig: { llbDefinition: change.steps ?? STEPS },
    metadata: { 'https://mobyproject.org/buildkit@v1#metadata': build(change) },
  }),
  v1: (change: Change = {}) => ({
    buildDefinition: { internalParameters: { buildConfig: { llbDefinition: change.steps ?? STEPS } } },
    runDetails: { metadata: { buildkit_metadata: build(change) } },
  }),
};
const { v1 } = VERSIONS;

const shown = (predicate: Record<string, unknown>, of: readonly (typeof blobs)[number][] = blobs) =>
  locateLayers(predicate, of).map((location) => location && formatLocation(location));

describe('the lines that made the layers', () => {
  it.each(Object.entries(VERSIONS))('are told by a provenance of SLSA %s', (_, make) => {
    expect(shown(make())).toEqual(['Dockerfile:1', 'Dockerfile:1', 'Dockerfile:3', 'Dockerfile:5-7']);
  });

  it('are those of FROM for the layers of an image that was pulled, and of nothing else', () => {
    expect(shown(v1({ steps: [] }))).toEqual([null, 'Dockerfile:1', 'Dockerfile:3', 'Dockerfile:5-7']);
  });

  it('are known only for layers that stand on the very same ones', () => {
    const [first, second, , last] = blobs;
    if (!first || !second || !last) throw new Error('there are four');
    expect(shown(v1(), [first, second, digestOf('another'), last])).toEqual([
      'Dockerfile:1',
      'Dockerfile:1',
      null,
      null,
    ]);
    expect(shown(v1(), [first])).toEqual([null]);
    expect(shown(v1(), [])).toEqual([]);
  });

  it('are found by their number where an engine has no digests of its own', () => {
    const unknown = blobs.map(() => null);
    expect(locateLayers(v1(), unknown)).toEqual(locateLayers(v1(), blobs));
    expect(locateLayers(v1(), [null, ...unknown])).toEqual([null, ...unknown]);
    const twice = { ...LAYERS, 'step3:0': [chain(...blobs.toReversed())] };
    expect(locateLayers(v1({ layers: twice }), unknown)).toEqual(unknown);
  });

  it('are those of FROM even where a part of that image is pulled for itself', () => {
    const [first = digestOf('')] = blobs;
    const steps = [
      ...STEPS,
      { id: 'step4', op: { Op: { source: { identifier: 'docker-image://busybox' } } } },
    ];
    const layers = { 'step4:0': [chain(first)], ...LAYERS };
    const locations = { ...LOCATIONS, step4: at(line(4)) };
    expect(shown(v1({ locations, layers, steps }))[0]).toBe('Dockerfile:1');
  });

  it('are known of the other steps where one is told wrong', () => {
    const locations = { ...LOCATIONS, step1: at(line(0)), step9: 'nowhere' };
    const infos = [{ filename: 'Dockerfile' }, {}];
    expect(shown(v1({ locations, infos }))).toEqual(['Dockerfile:1', 'Dockerfile:1', null, 'Dockerfile:5-7']);
  });

  it('are none of steps that made no layer', () => {
    const layers = { ...LAYERS, 'step0:0': [[]], 'step4:0': [null], 'step5:0': null };
    const steps = [...STEPS, { id: 'step4', op: { Op: { source: { identifier: 'oci-layout://base' } } } }];
    expect(shown(v1({ layers, steps }))).toEqual([null, null, 'Dockerfile:3', 'Dockerfile:5-7']);
  });

  it('are those of the first instruction where one step stands for several', () => {
    const locations = {
      ...LOCATIONS,
      step1: { locations: [{ ranges: [] }, { sourceIndex: 1, ranges: [line(9)] }, { ranges: [line(3)] }] },
    };
    const infos = [{ filename: 'Dockerfile' }, { filename: 'docker-bake.hcl' }];
    expect(shown(v1({ locations, infos }))[2]).toBe('docker-bake.hcl:9');
  });

  it.each<[string, Change]>([
    ['without sources', { infos: [] }],
    ['with a source of no name', { infos: [{ filename: '' }] }],
    ['with a name that never ends', { infos: [{ filename: 'x'.repeat(1001) }] }],
    ['with lines before the first', { locations: { step2: at(line(0)) } }],
    ['with lines that are no numbers', { locations: { step2: at(line(1.5)) } }],
    ['with chains that are none', { layers: { 'step2:0': 'sha256:…' } }],
    ['of prototypes', { locations: JSON.parse('{"__proto__":{"locations":[]}}'), layers: {} }],
  ])('are not known by one %s', (_, change) => {
    expect(locateLayers(v1(change), blobs)).toEqual(blobs.map(() => null));
  });

  it('stand in the folder of the repository that the build states', () => {
    const within = (folder: unknown, filename = 'Dockerfile') => {
      const { source, layers } = build({ infos: [{ filename }] });
      const vcs = { 'localdir:context': '.', 'localdir:dockerfile': folder };
      return shown({ runDetails: { metadata: { buildkit_metadata: { source, layers, vcs } } } })[3];
    };
    expect(within('docker/web')).toBe('docker/web/Dockerfile:5-7');
    expect(within('docker/')).toBe('docker/Dockerfile:5-7');
    expect(within('docker', 'docker/Dockerfile')).toBe('docker/Dockerfile:5-7');
    for (const odd of ['.', '', '..', '../x', './x', '/etc', 'a\\b', 'x'.repeat(501), 7, null])
      expect(within(odd)).toBe('Dockerfile:5-7');
  });

  it('are not known by one of mode=min', () => {
    const metadata = { buildkit_metadata: { vcs: { source: 'https://example.com/shop' } } };
    expect(locateLayers({ runDetails: { metadata } }, blobs)).toEqual(blobs.map(() => null));
    expect(locateLayers({ metadata: null, runDetails: [] }, blobs)).toEqual(blobs.map(() => null));
  });

  it('are never made up, whatever stands there', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 6 }), fc.anything(), (predicate, odd) => {
        expect(locateLayers(predicate, blobs)).toEqual(blobs.map(() => null));
        const located = locateLayers(v1({ locations: { step2: odd } }), blobs);
        for (const location of located) expect(location?.firstLine ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});
