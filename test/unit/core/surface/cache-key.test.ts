import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatCacheKey, hashEntryTrace } from '../../../../src/core/surface/cache-key.ts';

const sha256 = 'a'.repeat(64);

describe('the key of an entry of a cache', () => {
  it('is namespace, tenant and hash', () => {
    const key = { namespace: 'entrytrace.graph', tenant: 'acme', sha256 };
    expect(formatCacheKey(key)).toBe(`entrytrace.graph/acme/${sha256}`);
  });

  it.each([{ namespace: '../x' }, { tenant: 'A' }, { sha256: `sha256:${sha256}` }, { sha256: 'abc' }])(
    'is nothing with %j in it',
    (wrong) => {
      const key = { namespace: 'entrytrace.graph', tenant: 'acme', sha256, ...wrong };
      expect(() => formatCacheKey(key)).toThrow(expect.objectContaining({ kind: 'usage' }));
    },
  );
});

describe('the hash that the trace of an entry point is cached under', () => {
  const inputs = {
    options: { depth: 3, all: true },
    environment: { PATH: '/bin', A: '1' },
    entrypoint: ['/app', '-v'],
  };

  it('is over canonical JSON of options, environment and entry point, with a bar between', () => {
    const text = '{"all":true,"depth":3}|{"A":"1","PATH":"/bin"}|["/app","-v"]';
    expect(hashEntryTrace(inputs)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is the same for an environment in lines, where the last of a name counts', () => {
    const environment = ['A=0', 'PATH=/bin', 'A=1'];
    expect(hashEntryTrace({ ...inputs, environment })).toBe(hashEntryTrace(inputs));
    expect(hashEntryTrace({ ...inputs, environment: ['A'] })).toBe(
      hashEntryTrace({ ...inputs, environment: { A: '' } }),
    );
  });

  it.each([
    { options: {} },
    { environment: {} },
    { entrypoint: ['/app -v'] },
    { environment: { 'A=1|': '' } },
  ])('is another one with %j', (other) => {
    expect(hashEntryTrace({ ...inputs, ...other })).not.toBe(hashEntryTrace(inputs));
  });
});
