import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import { runAction } from '../support/action-runner.ts';
import { type CachedEntry, CacheService } from '../support/cache-service.ts';
import { CachedWorkflow, type WorkflowOutcome } from '../support/cached-workflow.ts';
import { editFiles, editPack } from '../support/edit-archive.ts';
import { forgeSnapshot } from '../support/forge-pack.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { DIST, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MULTI = `oci:${join(import.meta.dirname, '../../__fixtures__/multi-platform')}`;
const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);
const images: Record<'one' | 'two' | 'three', string> = { one: '', two: '', three: '' };
/** A first run of image one at commit a, and the entry that it leaves. */
let first: WorkflowOutcome;
let seed: CachedEntry;

beforeAll(async () => {
  const base = await makeLayer({ 'etc/os-release': 'ID=test', 'usr/bin/tool': 'tool' });
  for (const name of ['one', 'two', 'three'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
  await using service = await CacheService.start();
  first = await new CachedWorkflow(service, newPath).push(images.one, commit('a'));
  const [entry] = service.entries;
  if (entry === undefined) throw new Error('nothing was saved');
  seed = entry;
});

/** The cache and the workflow after that first run. @param bytes what the entry has instead. */
async function startSeeded(bytes = seed.bytes) {
  const service = await CacheService.start();
  service.entries.push({ ...seed, bytes });
  return { service, workflow: new CachedWorkflow(service, newPath, 1) };
}

const KEPT = { 'baseline-found': 'true', 'baseline-saved': 'true' };

/** The outputs that speak of the image itself. */
function imageOutputs({ outputs }: WorkflowOutcome) {
  const { 'baseline-saved': _, ...others } = outputs;
  return others;
}

describe('the action with the cache of its workflow', () => {
  it('compares each push of a trusted pull request with its base commit, though main has moved on', async () => {
    const seeded = await startSeeded();
    await using service = seeded.service;
    const { workflow } = seeded;
    expect(first).toMatchObject({ status: 0, stderr: '', warnings: [] });
    expect(first.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true' });
    const moved = await workflow.push(images.three, commit('b'));
    expect(moved.outputs).toMatchObject({ ...KEPT, changed: 'true', 'layers-reused': '1' });

    const trusting = { inputs: { 'trust-cache': 'true' } };
    const opened = await workflow.pull(images.two, 7, commit('e'), commit('a'), trusting);
    expect(opened.outputs).toMatchObject({ ...KEPT, changed: 'true', 'layers-reused': '1' });
    expect(opened.pointer.baseline).toMatchObject({ found: 'base-commit', commit: commit('a') });

    const pushed = await workflow.pull(images.two, 7, commit('f'), commit('a'), trusting);
    expect(pushed.outputs).toMatchObject({ ...KEPT, changed: 'true', 'layers-reused': '2' });
    expect(pushed.pointer.baseline).toMatchObject({ found: 'base-commit', commit: commit('a') });
    expect(pushed.pointer.layers).toMatchObject({ read: 0, bytesRead: 0 });
    expect(pushed.pointer.comparison).toEqual(opened.pointer.comparison);
    expect(service.entries.every(({ finalized }) => finalized)).toBe(true);
  });

  it('keeps an entry for each platform', async () => {
    await using service = await CacheService.start();
    const push = (run: string) =>
      runAction({
        workspace: writeFolder(newPath('workspace'), []),
        inputs: { image: MULTI, name: 'shop', platform: 'all' },
        env: {
          ...service.environment({ scopes: ['refs/heads/main'] }),
          ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', GITHUB_SHA: commit(run) },
          GITHUB_RUN_ID: run,
        },
      });
    const first = await push('1');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const platforms = first.outputs.platforms?.split('\n') ?? [];
    expect(platforms.length).toBeGreaterThan(1);
    expect(new Set(service.entries.map(({ key }) => key)).size).toBe(platforms.length);
    const second = await push('2');
    expect(second.outputs['baseline-found']).toBe('true');
    expect(second.stdout).toContain(`${platforms.length} platforms: all unchanged`);
    expect(second.outputs['snapshot-digest']).toBe(first.outputs['snapshot-digest']);
    expect(service.entries).toHaveLength(2 * platforms.length);
  });

  it('says that a read-only token may not save, and does all else as ever', async () => {
    const seeded = await startSeeded();
    await using _ = seeded.service;
    const { workflow } = seeded;
    const refused = await workflow.push(images.two, commit('b'), { writable: false });
    const kept = await workflow.push(images.two, commit('b'));
    expect(refused).toMatchObject({ status: 0, stderr: '' });
    expect(refused.outputs['baseline-saved']).toBe('false');
    expect(kept.outputs['baseline-saved']).toBe('true');
    expect(imageOutputs(refused)).toEqual(imageOutputs(kept));
    expect(refused.pointer.comparison).toEqual(kept.pointer.comparison);
    expect(refused.warnings).toEqual(kept.warnings);
    expect(refused.stdout.match(/^::notice.*$/gm)).toEqual([
      expect.stringContaining('the snapshot was not saved in cache: the token of this run can only read it'),
    ]);
  });

  it('says that another job of the run has saved an entry under the name', async () => {
    await using service = (await startSeeded()).service;
    const second = await new CachedWorkflow(service, newPath).push(images.one, commit('a'));
    expect(second.outputs['baseline-saved']).toBe('false');
    expect(second.warnings.at(-1)).toMatch(/this run has saved one under the name shop already.*input name/);
  });

  it('goes on without a cache that cannot be reached', async () => {
    const service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await service[Symbol.asyncDispose]();
    const outcome = await workflow.push(images.one, commit('a'));
    expect(outcome.status).toBe(0);
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(outcome.warnings[0]).toContain('nothing was restored from cache: ');
    expect(outcome.warnings[0]).toContain('ECONNREFUSED');
    expect(outcome.warnings[1]).toContain('the snapshot was not saved in cache either');
  });

  it('goes on where there is no room for an entry', async () => {
    await using service = await CacheService.start();
    const outcome = await runAction({
      workspace: writeFolder(newPath('workspace'), []),
      inputs: { image: images.one, name: 'shop', 'cas-root': newPath('store') },
      env: { ...service.environment({ scopes: ['refs/heads/main'] }), RUNNER_TEMP: '/proc/nowhere' },
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(outcome.stdout).toMatch(/nothing was restored from cache: .*ENOENT/);
    expect(service.seen).toEqual([]);
  });

  it('says what to use where no cache is', async () => {
    const workspace = writeFolder(newPath('plain'), []);
    const step = await runAction({ workspace, inputs: { image: images.one, name: 'shop' } });
    expect(step.status).toBe(0);
    expect(step.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(step.stdout).toMatch(/::warning title=Varve::.*dir:PATH/);

    const root = newPath('cas-root');
    const line = ['snapshot', images.one, '--name', 'shop', '--baseline', 'cache', '--cas-root', root];
    const cli = await runVarve(line);
    expect(cli.status).toBe(0);
    expect(cli.stdout).toMatch(/GitHub.*dir:PATH/s);
  });
});

describe('an entry whose archive was edited', () => {
  /** What a run says that finds no entry. */
  let alone: WorkflowOutcome;

  beforeAll(async () => {
    await using service = await CacheService.start();
    alone = await new CachedWorkflow(service, newPath, 1).push(images.two, commit('b'));
  });

  /** Runs against what an edit made of the first run's archive; the machine of the run may be looked at. */
  async function runEdited(edit: (archive: Buffer) => Promise<Buffer> | Buffer): Promise<WorkflowOutcome> {
    const { service, workflow } = await startSeeded(await edit(seed.bytes));
    await using _ = service;
    return await workflow.push(images.two, commit('b'));
  }

  function expectFirstRun(edited: WorkflowOutcome, reason: string): void {
    expect(edited).toMatchObject({ status: 0, stderr: '' });
    expect(edited.warnings.join('\n')).toContain(reason);
    expect(edited.outputs).toEqual(alone.outputs);
    expect(edited.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true' });
  }

  it('is told when it ends too early, or is no archive', async () => {
    expectFirstRun(await runEdited((bytes) => bytes.subarray(0, bytes.length >> 1)), 'cannot be unpacked');
    expectFirstRun(await runEdited(() => Buffer.from('no archive')), 'cannot be unpacked');
  });

  it('is told when a file of it is without end', async () => {
    const folder = writeFolder(newPath('bomb'), []);
    mkdirSync(join(folder, 'varve-baseline'));
    const file = join(folder, 'varve-baseline/history.jsonl.gz');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    const tar = ['--create', '--sparse', '--directory', folder, 'varve-baseline'];
    const bomb = zstdCompressSync(execFileSync('tar', tar));
    expectFirstRun(await runEdited(() => bomb), 'cannot be unpacked');
  });

  it('is told when a file of it was changed', async () => {
    const outcome = await runEdited((bytes) =>
      editFiles(bytes, (file) =>
        file.name.includes('layer.files') && 'bytes' in file
          ? [
              {
                name: file.name,
                bytes: file.bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) as Buffer,
              },
            ]
          : [file],
      ),
    );
    expectFirstRun(outcome, 'is damaged and was not used: layer.files-');
  });

  it('writes to no place but its own folder', async () => {
    const outside = writeFolder(newPath('outside'), []);
    const evil = Buffer.from('evil');
    const outcome = await runEdited((bytes) =>
      editFiles(bytes, (file) => [
        { name: join(outside, 'absolute'), bytes: evil },
        { name: '../../above', bytes: evil },
        { name: 'varve-baseline/link', symlink: outside },
        { name: 'varve-baseline/link/through', bytes: evil },
        file,
      ]),
    );
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync(join(outside, '../../above'))).toBe(false);
    // What stands next to the files of the pack is never looked at.
    expect(outcome.outputs).toMatchObject(KEPT);
  });

  it('is not followed where a link stands for a file', async () => {
    const outcome = await runEdited((bytes) =>
      editFiles(bytes, (file) =>
        file.name.includes('image.snapshot') ? [{ name: file.name, symlink: '/etc/passwd' }] : [file],
      ),
    );
    expectFirstRun(outcome, 'is damaged and was not used: image.snapshot-');
  });
});

describe('an entry that is consistent in itself, and untrue', () => {
  it.each<[string, (first: SnapshotLayer, second: SnapshotLayer) => void, string]>([
    [
      'another layer in a blob',
      (first, second) => Object.assign(second, { diffId: first.diffId, fragments: first.fragments }),
      'says that blob',
    ],
    [
      'the inventory of another layer',
      (first, second) => Object.assign(second, { fragments: first.fragments }),
      'is not the inventory of layer',
    ],
    [
      'another length',
      (_, second) => Object.assign(second, { uncompressedSize: second.uncompressedSize + 512 }),
      'is not the inventory of layer',
    ],
  ])('is named, makes a first run, and is gone with the next: %s', async (_what, forge, claim) => {
    const untrue = await editPack(seed.bytes, (files) =>
      forgeSnapshot(files, ([first, second]) => {
        if (first === undefined || second === undefined) throw new Error('the image has two layers');
        forge(first, second);
      }),
    );
    const { service, workflow } = await startSeeded(untrue);
    await using _ = service;
    const fooled = await workflow.push(images.one, commit('b'));
    expect(fooled).toMatchObject({ status: 0, stderr: '' });
    expect(fooled.warnings.join('\n')).toContain(claim);
    expect(fooled.warnings.join('\n')).toContain('cannot be used (');
    expect(fooled.pointer).toMatchObject({
      comparison: null,
      baseline: null,
      layers: { reused: 0, read: 2 },
    });
    expect(fooled.outputs['manifest-digest']).toBe(first.outputs['manifest-digest']);
    expect(fooled.outputs['snapshot-digest']).toBe(first.outputs['snapshot-digest']);

    const next = await workflow.push(images.one, commit('c'));
    expect(next.outputs).toMatchObject({ ...KEPT, changed: 'false' });
    expect(next.warnings.join('\n')).not.toMatch(/damaged|first run/);
    expect(next.pointer.layers).toMatchObject({ reused: 2, read: 0 });
  });
});

it('a process of the cache that no call comes to ends', async () => {
  const worker = join(DIST, 'cache-process.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [worker], { input: '', encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
