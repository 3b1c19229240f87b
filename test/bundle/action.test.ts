import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTION_OUTPUTS } from '../../src/entry/action/interface.ts';
import { type ActionOutcome, runAction } from '../support/action-runner.ts';
import { blobName } from '../support/image-forms.ts';
import { makeLayer } from '../support/image-maker.ts';
import { AMD64, ARM64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;

const newPath = temporaryFolder();

function newWorkspace(): string {
  const workspace = newPath('workspace');
  mkdirSync(workspace);
  return workspace;
}

let runs = 0;

/** A run of its own, for a commit of its own. */
function act(
  workspace: string,
  inputs: Record<string, string>,
  event?: unknown,
  more: Record<string, string> = {},
): Promise<ActionOutcome> {
  const run = String(++runs);
  const env = {
    ...{ GITHUB_RUN_ID: run, GITHUB_SHA: run.padStart(40, '0') },
    ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' },
    RUNNER_TEMP: newWorkspace(),
    ...more,
  };
  return runAction({ workspace, inputs: { name: 'shop', ...inputs }, env, event });
}

describe('the action', () => {
  it('writes a kit of what it recorded, which another machine imports and compares', async () => {
    const workspace = newWorkspace();
    const kits = [join(newWorkspace(), 'first.tar.zst'), join(newWorkspace(), 'second.tar.zst')];
    const baseline = `dir:${newPath('store')}`;
    for (const [at, image] of [V1, V2].entries()) {
      const kit = kits[at] ?? '';
      const outcome = await act(workspace, { image, baseline, kit });
      expect(outcome).toMatchObject({ status: 0, stderr: '', outputs: { 'kit-path': kit } });
    }
    const far = newPath('far');
    for (const kit of kits)
      expect((await runVarve(['kit', 'import', kit, '--cas-root', far])).status).toBe(0);
    const compared = await runVarve([
      'compare',
      'history:shop~1',
      'history:shop',
      '--cas-root',
      far,
      '--exit-code',
    ]);
    expect(compared).toMatchObject({ status: 1, stdout: expect.stringContaining('4 layers rebuilt') });
    const none = await act(workspace, { image: V1, baseline });
    expect(none.outputs['kit-path']).toBe('');
    const unwritable = await act(workspace, { image: V1, baseline, kit: '/proc/none/kit.tar' });
    expect(unwritable.status).not.toBe(0);
    expect(unwritable.outputs).toMatchObject({ 'snapshot-digest': expect.stringMatching(/^sha256:/) });
  });

  it('takes a first snapshot, then compares the next build with it', async () => {
    const [workspace, baseline] = [newWorkspace(), `dir:${newPath('store')}`];
    const first = await act(workspace, { image: V1, baseline });
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true', changed: '' });

    const second = await act(workspace, { image: V2, baseline });
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.outputs).toMatchObject({
      'baseline-found': 'true',
      'baseline-saved': 'true',
      changed: 'true',
      'layers-added': '1',
      'layers-removed': '0',
      'layers-rebuilt': '4',
      'layers-reused': '3',
    });
    expect(Object.keys(second.outputs)).toEqual(Object.keys(ACTION_OUTPUTS));
    expect(second.summary).toMatch(/^### ✅ `shop` /);
    expect(second.summary).toContain('COPY');

    const read = (name: string) =>
      readFile(second.outputs[name] ?? '', 'utf8').then((text) => JSON.parse(text));
    const pointer = await read('pointer-path');
    expect(pointer.manifestDigest).toBe(second.outputs['manifest-digest']);
    expect(pointer.snapshotDigest).toBe(second.outputs['snapshot-digest']);
    expect(pointer.run).toMatchObject({ branch: 'main', scanId: expect.stringMatching(/^github-\d+-1$/) });
    expect((await read('comparison-path')).summary).toMatchObject({ unchanged: 3, rebuilt: 4, added: 1 });
  });

  it('shows in the summary how the size developed on the branch, in a pull request with its own at the end', async () => {
    const [workspace, baseline] = [newWorkspace(), `dir:${newPath('store')}`];
    expect((await act(workspace, { image: V1, baseline })).summary).not.toContain('xychart');
    await act(workspace, { image: V2, baseline });
    const third = await act(workspace, { image: V1, baseline });
    expect(third.summary).toContain('#### Size over the last 3 snapshots');
    expect(third.summary).toMatch(/x-axis \["0{7}", "0{7}", "0{7}"\]/);
    expect(third.summary).toContain('line [0.1, 0.1, 0.1]');
    expect(third.summary.match(/^\| `0{7}` \| \d{4}-\d\d-\d\d \d\d:\d\d \| 100 kB \|/gm)).not.toBeNull();
    const event = {
      pull_request: { number: 3, head: { sha: 'a'.repeat(40) }, base: { sha: 'b'.repeat(40), ref: 'main' } },
    };
    const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/3/merge' };
    const pulled = await act(workspace, { image: V2, baseline }, event, env);
    expect(pulled.summary).toContain('#### Size over the last 4 snapshots');
  });

  it('tells all mistakes of the inputs at once, as one annotation', async () => {
    const inputs = { image: V1, tenant: 'NO', save: 'maybe', 'max-layer-bytes': 'much' };
    const outcome = await act(newWorkspace(), inputs);
    expect(outcome.status).toBe(2);
    expect(outcome.stdout.match(/::error title=Varve::/g)).toHaveLength(1);
    for (const name of ['tenant', 'save', 'max-layer-bytes'])
      expect(outcome.stdout).toContain(`input ${name}`);
    expect(outcome.stderr).toBe('');
  });

  it('says that an image is missing, without a stack', async () => {
    const outcome = await act(newWorkspace(), { image: './nothing.tar\n./nothing-else.tar' });
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toContain('nothing-else.tar');
    expect(outcome.stdout).not.toMatch(/\n\s+at /);
    const none = await act(newWorkspace(), {});
    expect(none.stdout).toContain('neither an image nor the metadata of a build is given');
    const several = await act(newWorkspace(), { target: 'web', save: 'maybe' });
    expect(several.stdout).toMatch(/input save: .*target is given without metadata/);
  });

  it('takes the image that a build made, by what buildx wrote of it, and no other', async () => {
    const layout = `oci:${join(FIXTURES, 'buildx/layout')}`;
    const written = (name: string) => readFile(join(FIXTURES, 'buildx', name), 'utf8');
    const built = await act(newWorkspace(), { metadata: await written('build.json'), image: layout });
    expect(built).toMatchObject({ status: 0, stderr: '' });
    expect(built.summary).toMatch(
      /\[`web\.Dockerfile:11-14`\]\(https:\/\/github\.example\/octocat\/shop\/blob\/\d{40}\/web\.Dockerfile#L11-L14\)/,
    );
    const bake = { metadata: await written('bake.json'), target: 'base', image: layout };
    const other = await act(newWorkspace(), bake);
    expect(other.status).toBe(3);
    for (const text of [await written('build.json'), await written('bake.json')]) {
      const [digest = ''] = /(?<="containerimage.digest": ")sha256:\w+/.exec(text) ?? [];
      expect(other.stdout).toContain(digest);
    }
  });

  it('takes the first image of a list that exists', async () => {
    const outcome = await act(newWorkspace(), { image: `./nothing.tar\n${V1}` });
    expect(outcome.status).toBe(0);
    expect(outcome.outputs['baseline-saved']).toBe('false');
  });

  it('records every platform of an index, one line or sum of each in the outputs', async () => {
    const workspace = newWorkspace();
    const image = `oci:${join(FIXTURES, 'multi-platform')}`;
    const inputs = { image, platform: 'all', baseline: `dir:${newPath('store')}` };
    const first = await act(workspace, inputs);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true', changed: '' });
    const second = await act(workspace, inputs);
    expect(second.outputs).toMatchObject({ changed: 'false', 'size-delta': '0' });
    expect(second.outputs.headline).toMatch(/^\d platforms: all unchanged$/);
    const pointers = JSON.parse(await readFile(second.outputs['pointer-path'] ?? '', 'utf8')).platforms;
    const lines = (name: string): string[] => second.outputs[name]?.split('\n') ?? [];
    const field = (name: string) => pointers.map((pointer: Record<string, unknown>) => pointer[name]);
    expect(lines('platforms')).toHaveLength(pointers.length);
    expect(lines('manifest-digest')).toEqual(field('manifestDigest'));
    expect(lines('snapshot-digest')).toEqual(field('snapshotDigest'));
    expect(second.summary.match(/^### /gm)).toHaveLength(1);
  });

  it('fails a run of which one platform failed, and gives what the others did', async () => {
    const workspace = newWorkspace();
    const [good, bad] = [
      imageFor(AMD64, [await makeLayer({ a: '1' })]),
      imageFor(ARM64, [await makeLayer({ a: '2' })]),
    ];
    const image = writeIndexed(join(workspace, 'image'), [good, bad]);
    const layer = join(workspace, 'image', blobName(bad.layers[0]?.digest ?? bad.digest));
    await writeFile(layer, 'damaged');
    const outcome = await act(workspace, { image, platform: 'all' });
    expect(outcome.status).toBe(3);
    expect(outcome.stdout).toContain('::error title=Varve::linux/arm64: ');
    expect(outcome.outputs.platforms).toBe('linux/amd64');
    expect(outcome.summary).toContain('`linux/arm64` failed');
  });

  it("compares a pull request with its base's newest, whatever the pull request's own runs left", async () => {
    const [workspace, baseline] = [newWorkspace(), `dir:${newPath('store')}`];
    await act(workspace, { image: V1, baseline });
    const event = {
      pull_request: { number: 7, base: { sha: 'f'.repeat(40), ref: 'main' } },
      repository: { default_branch: 'main' },
    };
    for (const push of ['first', 'second']) {
      const outcome = await act(workspace, { image: V2, baseline }, event);
      expect([push, outcome.outputs.changed]).toEqual([push, 'true']);
    }
  });
});
