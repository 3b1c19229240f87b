import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Pointer } from '../../src/core/surface/pointer.ts';
import { type CallOutcome, callVarve } from '../support/call-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';

const newPath = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${FIXTURES}/app-v1`;
const V2 = `oci:${FIXTURES}/app-v2`;

let registry: DockerRegistry;
let repositories = 0;
let repository: string;
let baseline: string;

beforeAll(async () => {
  registry = await startDockerRegistry(newPath('registry'));
});

afterAll(() => registry.stop());

beforeEach(() => {
  repository = `${registry.host}/team/baselines-${++repositories}`;
  baseline = `oci://${repository}`;
});

/** Calls a command with the repository as baseline, on a machine that has nothing of its own. */
const call = (...args: readonly string[]): Promise<CallOutcome> =>
  callVarve(
    ...args,
    '--baseline',
    baseline,
    ...(args[0] === 'snapshot' ? ['--cas-root', newPath('cas')] : []),
  );

async function json<T>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await call(...args, '--format', 'json');
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

const snapshot = (image: string, ...args: readonly string[]) =>
  json<Pointer & { comparisonDocument: unknown }>('snapshot', image, '--name', 'shop', ...args);
const history = () => json<HistoryEntry[]>('history', 'shop');

async function tags(): Promise<string[]> {
  const response = await fetch(
    `http://${registry.host}/v2/${repository.split('/').slice(1).join('/')}/tags/list`,
  );
  return ((await response.json()) as { tags: string[] }).tags;
}

describe('a run with a repository as baseline', () => {
  it('adds to it, and the next is compared with it and reads only what is new', async () => {
    const first = await snapshot(V1, '--branch', 'main');
    expect(first.baseline).toBeNull();
    const second = await snapshot(V2, '--branch', 'main');
    expect(second.baseline).toMatchObject({ place: baseline, snapshotDigest: first.snapshotDigest });
    expect(second.layers.reused).toBeGreaterThan(0);
    const again = await snapshot(V2, '--branch', 'main');
    expect(again.layers).toMatchObject({ read: 0, bytesRead: 0 });
    expect(again.snapshotDigest).toBe(second.snapshotDigest);
    expect((await history()).map(({ scanId }) => scanId)).toEqual(
      [again, second, first].map(({ run: { scanId } }) => scanId),
    );
    expect(await json('surface', 'verify')).toEqual([]);
    const { stdout } = await call('surface', 'get', `image.snapshot@${first.snapshotDigest}`);
    expect(JSON.parse(stdout).layers).toHaveLength(first.layers.total);
    const day = again.run.generatedAt.slice(0, 10);
    expect((await tags()).filter((tag) => !tag.startsWith('h-')).sort()).toEqual([day, 'latest', 'main']);
  });

  it('says the same of an image as with a directory', async () => {
    const folder = newPath('directory');
    for (const image of [V1, V2]) {
      const there = await snapshot(image);
      const args = ['snapshot', image, '--name', 'shop', '--format', 'json', '--baseline', `dir:${folder}`];
      const here = JSON.parse((await callVarve(...args)).stdout);
      expect([there.manifestDigest, there.comparisonDocument]).toEqual([
        here.manifestDigest,
        here.comparisonDocument,
      ]);
    }
  });
});
