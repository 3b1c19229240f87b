import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseComparison } from '../../src/core/comparison/parse-comparison.ts';
import { callVarve } from '../support/call-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What version 0.1 wrote: `__fixtures__/README.md` says how. */
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const OLD = join(FIXTURES, 'v0.1');
const folder = temporaryFolder();
const at = (reference: string) => reference.replace(':', `:${FIXTURES}/`);

interface OldDigests {
  readonly snapshotDigest: string;
  readonly layerFiles: readonly string[];
}
const DIGESTS: Readonly<Record<string, readonly OldDigests[]>> = JSON.parse(
  readFileSync(join(OLD, 'digests.json'), 'utf8'),
);
const digestOfImage = (reference: string) => DIGESTS[reference]?.[0]?.snapshotDigest ?? '';
const [V1, V2] = [digestOfImage('oci:app-v1'), digestOfImage('oci:app-v2')];

/** A copy of the store: two snapshots of `shop`, and the comparison of the second with the first. */
function oldStore(): string {
  const store = folder('store');
  cpSync(join(OLD, 'store'), store, { recursive: true });
  return store;
}

async function varve(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await callVarve(...args);
  expect(status).toBe(0);
  // One fixture is an archive of one platform out of two.
  expect(stderr).toMatch(/^(?:varve: the index names 1 platform whose images are not here.*\n)?$/);
  return stdout;
}

describe('the digests of version 0.1', () => {
  it.each(Object.entries(DIGESTS))('are those of %s', async (reference, expected) => {
    const options = ['--name', 'x', '--baseline', 'none', '--platform', 'all', '--format', 'json'];
    const output = JSON.parse(
      await varve('snapshot', at(reference), '--cas-root', folder('store'), ...options),
    );
    interface Listed {
      readonly kind: string;
      readonly digest: string;
    }
    interface Taken {
      readonly snapshotDigest: string;
      readonly manifest: { readonly artifacts: readonly Listed[] };
    }
    const taken: readonly Taken[] = output.platforms ?? [output];
    const found = taken.map(({ snapshotDigest, manifest }) => ({
      snapshotDigest,
      layerFiles: manifest.artifacts
        .filter(({ kind }) => kind === 'layer.files')
        .map(({ digest }) => digest)
        .sort(),
    }));
    expect(found).toEqual(expected);
  });
});

describe('a store of version 0.1', () => {
  it('is sound', async () => {
    expect(await varve('surface', 'verify', '--cas-root', oldStore())).toContain('nothing is damaged');
  });

  it('is a baseline that an unchanged image has not changed from, without reading a layer', async () => {
    const args = [
      'snapshot',
      at('oci:app-v2'),
      '--name',
      'shop',
      '--baseline',
      `dir:${oldStore()}`,
      '--branch',
      'main',
    ];
    const json = JSON.parse(await varve(...args, '--format', 'json'));
    expect(json).toMatchObject({
      snapshotDigest: V2,
      baseline: { snapshotDigest: V2 },
      layers: { read: 0 },
      comparisonDocument: { schema: 'varve.comparison@2', changed: false, sections: {} },
    });
    expect(await varve(...args)).toContain('✓ no change');
  });

  it('is compared with, and its history listed', async () => {
    const store = oldStore();
    const [one, other] = ['history:shop~1', 'history:shop'];
    const { headline, references, ...json } = JSON.parse(
      await varve('compare', one, other, '--cas-root', store, '--format', 'json'),
    );
    expect([headline, references]).toEqual([expect.any(String), { base: one, target: other }]);
    const old = JSON.parse(await storedComparison(store));
    const { schema, packages: _, ...facts } = old;
    expect(schema).toBe('varve.comparison@1');
    expect(json).toEqual({ ...facts, schema: 'varve.comparison@2', sections: {} });
    const history = JSON.parse(await varve('history', 'shop', '--cas-root', store, '--format', 'json'));
    expect(JSON.stringify(history)).toContain(V1);
    expect(JSON.stringify(history)).toContain(V2);
  });

  it('helps a run that works in a store of its own', async () => {
    const options = ['--name', 'shop', '--branch', 'main', '--format', 'json', '--cas-root', folder('own')];
    const json = JSON.parse(
      await varve('snapshot', at('oci:app-v2'), '--baseline', `dir:${oldStore()}`, ...options),
    );
    expect(json).toMatchObject({ snapshotDigest: V2, layers: { read: 0 } });
  });
});

describe('comparisons of version 0.1', () => {
  it('are read as those of today', async () => {
    const text = await storedComparison(oldStore());
    const { schema: _, packages: __, ...facts } = JSON.parse(text);
    expect(parseComparison(Buffer.from(text), 'it')).toEqual({
      ...facts,
      schema: 'varve.comparison@2',
      sections: {},
    });
  });
});

async function storedComparison(store: string): Promise<string> {
  const args = ['surface', 'list', '--kind', 'image.comparison', '--cas-root', store, '--format', 'ndjson'];
  const [line = ''] = (await varve(...args)).split('\n');
  const { digest }: { digest: string } = JSON.parse(line);
  return varve('surface', 'get', `image.comparison@${digest}`, '--cas-root', store);
}
