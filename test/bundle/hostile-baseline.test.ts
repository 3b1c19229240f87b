import type { ServerResponse } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { file, writeImage } from '../support/hostile-images.ts';
import { type Fault, MemoryRegistry, sendJson } from '../support/memory-registry.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const one = writeImage(newPath('one'), [[file('a', '1')]]);
const two = writeImage(newPath('two'), [[file('a', '2')]]);
const HOUR = 3600_000;
const preload = (name: string, options: string) =>
  `--import=${new URL(`../support/${name}.ts?${options}`, import.meta.url)}`;

describe('a snapshot that a wrong clock dated ahead', () => {
  it.each(['the own store', 'another one'])(
    'is no longer compared with once there is another: %s',
    async (which) => {
      const store = newPath('store');
      const place = which === 'the own store' ? [] : ['--baseline', `dir:${newPath('baseline')}`];
      const headlineAt = async (image: string, hours: number): Promise<string> => {
        const args = ['snapshot', image, '--name', 'shop', '--cas-root', store, ...place, '-q'];
        const { stdout } = await runVarve(args, {
          env: { NODE_OPTIONS: preload('shifted-clock', `by=${hours * HOUR}`) },
        });
        return stdout.trimEnd();
      };
      expect(await headlineAt(one, 24)).toMatch(/^first snapshot/);
      expect(await headlineAt(two, 0)).toBe('1 layer rebuilt, 1 file changed');
      // What was ahead is the first image, and what was before this run the second.
      expect(await headlineAt(one, 0)).toBe('1 layer rebuilt, 1 file changed');
      expect(await headlineAt(one, 0)).toBe('no change');
    },
  );
});

describe('a registry that is a baseline', () => {
  let kept: ReturnType<MemoryRegistry['dump']>;
  let tag: string;

  beforeAll(async () => {
    await using registry = await MemoryRegistry.start();
    await run(registry, one);
    kept = registry.dump();
    [tag = ''] = registry.seen.flatMap(({ path }) => /\/manifests\/(h-.*)$/.exec(path)?.[1] ?? []);
  });

  const run = (registry: MemoryRegistry, image: string, env = {}): Promise<VarveOutcome> => {
    const where = ['--cas-root', newPath('store'), '--baseline', `oci://${registry.host}/base`];
    return runVarve(['snapshot', image, '--name', 'shop', ...where, '--format', 'json'], { env });
  };
  async function compareAgainst(fault: Fault, env = {}) {
    await using registry = await MemoryRegistry.start();
    registry.restore(kept);
    registry.faults.push(fault);
    const { status, stdout, stderr } = await run(registry, two, env);
    return {
      status,
      changed: JSON.parse(stdout).comparisonDocument?.changed ?? null,
      notes: stderr,
      requests: registry.seen.length,
    };
  }
  const inPlaceOf =
    (path: RegExp, answer: (response: ServerResponse, url: string) => void): Fault =>
    ({ url = '', method }, response) => {
      if (method !== 'GET' || !path.test(url)) return false;
      answer(response, url);
      return true;
    };
  /** Tags of entries that are newer than the one that is kept. */
  const others = (count: number): string[] =>
    Array.from({ length: count }, (_, at) =>
      tag.replace(/\d{8}T\d{9}Z/, `20990101T${String(at).padStart(9, '0')}Z`),
    );
  const listing = (tags: readonly string[], fault: (response: ServerResponse) => void): Fault => {
    const list = inPlaceOf(/\/tags\/list/, (response) => sendJson(response, 200, { tags }));
    const entry = inPlaceOf(/\/manifests\/h-.*-20990101T/, fault);
    return (...request) => list(...request) || entry(...request);
  };

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['has no end', (to) => to.end(`{"tags":["${'a'.repeat(21_000_000)}`), 'over the limit of'],
    ['is not JSON', (to) => to.end('<html>'), 'list of tags'],
    [
      'goes in a circle',
      (to) => {
        to.setHeader('Link', '</v2/base/tags/list?n=1000>; rel="next"');
        sendJson(to, 200, { tags: [] });
      },
      'has no end',
    ],
  ])('whose list of tags %s makes a first run that says so', async (_, answer, words) => {
    const outcome = await compareAgainst(inPlaceOf(/\/tags\/list/, answer));
    expect(outcome).toMatchObject({ status: 0, changed: null });
    expect(outcome.notes).toContain('cannot be used');
    expect(outcome.notes).toContain(words);
  });

  it('whose entries are damaged has the first of them told, and counted the others', async () => {
    const fault = listing([...others(500), tag], (response) => sendJson(response, 200, { a: 1 }));
    const outcome = await compareAgainst(fault);
    expect(outcome).toMatchObject({ status: 0, changed: true });
    expect(outcome.notes).toMatch(/20990101T000000499Z.* is damaged and was skipped: .*; so were 499 more/);
    expect(outcome.notes).not.toContain('20990101T000000498Z');
  });

  it('that answers each question in the nick of time is left after five minutes in all', async () => {
    const fault = listing([...others(2000), tag], (response) => {
      setTimeout(() => sendJson(response, 404, {}), 100);
    });
    // Each answer takes a minute, as the other side counts.
    const outcome = await compareAgainst(fault, { NODE_OPTIONS: preload('shortened-waits', 'clock=600') });
    expect(outcome).toMatchObject({ status: 0, changed: null });
    expect(outcome.notes).toContain('took 300 seconds in all for its answers');
    expect(outcome.requests).toBeLessThan(100);
  });
});
