import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseComment } from '../../src/core/comment/comment.ts';
import { sha } from '../support/github-api.ts';
import { GitLabServer } from '../support/gitlab-server.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
const GOLDEN_NOTE = join(import.meta.dirname, '../golden/gitlab-note.md');

const newPath = temporaryFolder();
let baseline: string;
let temporary: string;
beforeEach(async () => {
  baseline = `dir:${newPath('store')}`;
  temporary = newPath('temporary');
  await mkdir(temporary);
});

const ci = (image: string, env: Record<string, string>, ...more: readonly string[]): Promise<VarveOutcome> =>
  runVarve(['ci', image, '--name', 'shop', '--baseline', baseline, ...more], {
    env: { TMPDIR: temporary, GIT_DIR: '/nonexistent', ...env },
    cwd: temporary,
  });

describe('varve ci', () => {
  it("does the action's whole job in a plain shell: it records, compares and writes reports", async () => {
    const variables = { VARVE_COMMIT: sha(1), VARVE_BRANCH: 'main' };
    expect(await ci(V1, variables)).toMatchObject({ status: 0 });
    const { status, stdout, stderr } = await ci(V2, variables);
    expect(status).toBe(0);
    expect(stdout).toContain('4 layers rebuilt, 1 added');
    const read = (what: string) =>
      readFileSync(new RegExp(`^varve: ${what}: (.+)$`, 'm').exec(stderr)?.[1] ?? '', 'utf8');
    expect(read('report')).toMatch(/^### .*`shop`/);
    expect(JSON.parse(read('result'))).toMatchObject({ schema: 'varve.result@1', workflow: null });
    expect(JSON.parse(read('comparison'))).toMatchObject({ schema: 'varve.comparison@2' });
    expect(JSON.parse(read('pointer'))).toMatchObject({ schema: 'varve.pointer@1' });
  });

  it('keeps its files from other users of the machine, and apart from those of other runs', async () => {
    const folderOf = async (): Promise<string> => {
      const { stderr } = await ci(V1, {});
      return /^varve: report: (.+)\/shop\/linux-amd64\/step\/varve-report\.md$/m.exec(stderr)?.[1] ?? '';
    };
    const folders = [await folderOf(), await folderOf()];
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('names the file that is not there, and not the engine', async () => {
    expect(await ci('shopp.tar', {})).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('image-not-found: there is no file or image shopp.tar'),
    });
  });

  it('refuses an option beside the argument that it would contradict', async () => {
    expect(await ci(V1, {}, '--image', V2)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--image are given'),
    });
  });

  it('takes its image from a variable', async () => {
    const outcome = await runVarve(['ci', '--baseline', 'none'], {
      env: { VARVE_IMAGE: V1, TMPDIR: temporary, XDG_DATA_HOME: newPath('data') },
      cwd: temporary,
    });
    expect(outcome).toMatchObject({ status: 0 });
    const none = await runVarve(['ci'], { cwd: temporary });
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('neither an image') });
  });
});

describe('varve ci in a merge request', () => {
  let gitlab: GitLabServer;
  beforeEach(async () => {
    gitlab = await GitLabServer.start();
    const main = { ...gitlab.environment(1), CI_MERGE_REQUEST_IID: '', CI_COMMIT_BRANCH: 'main' };
    expect(await ci(V1, { ...main, CI_COMMIT_SHA: sha(1) })).toMatchObject({ status: 0 });
    expect(gitlab.notes).toEqual([]);
  });

  it('writes one note, updates it in place, and turns it quiet', async () => {
    const stranger = gitlab.add('mallory', '<!-- varve:comment varve -->\nmine');
    for (let index = 0; index < 120; index += 1) gitlab.add('mallory', `note ${index}`);
    const first = await ci(V2, gitlab.environment(2));
    expect(first).toMatchObject({ status: 0 });
    const note = gitlab.notes.at(-1);
    expect(note).toMatchObject({ author: { username: 'project_7_bot' } });
    expect(first.stderr).toContain(
      `varve: comment: https://gitlab.example/acme/shop/-/merge_requests/3#note_${note?.id}`,
    );
    // Rewritten by UPDATE_GOLDEN=1 alone; what changes is then reviewed like code.
    const said = `${(note?.body ?? '').replace(/, \d+ \w+ older/g, '')}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN_NOTE, said);
    expect(said).toBe(readFileSync(GOLDEN_NOTE, 'utf8'));
    expect(parseComment(note?.body ?? '', 'varve')).toMatchObject([
      { subject: { image: 'shop', platform: 'linux/amd64' }, run: { id: 2, attempt: 20, head: gitlab.head } },
    ]);

    await ci(V1, gitlab.environment(3));
    expect(gitlab.notes).toHaveLength(122);
    expect(note?.body).toContain('no change');
    expect(stranger.body).toBe('<!-- varve:comment varve -->\nmine');
    // An older pipeline that ends later.
    await ci(V2, gitlab.environment(2));
    expect(note?.body).toContain('no change');
  });

  it.each([
    [401, 'answered with 401 when asked for the notes'],
    [403, 'answered with 403 when asked for the notes'],
    [404, 'does not show the'],
    [500, 'answered with 500'],
  ])('says why there is none where GitLab answers with %i, and goes on', async (status, why) => {
    gitlab.refusal = status;
    const outcome = await ci(V2, gitlab.environment(2));
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toMatch(/^varve: there is no comment\nvarve: .+\n(varve: hint: .+\n)?$/m);
    expect(outcome.stderr).toContain(why);
    expect(outcome.stderr).not.toContain('glpat-secret');
    expect(gitlab.notes).toEqual([]);
  });

  it('writes none without a token, for a moved head, or where it is told not to', async () => {
    const lacking = await ci(V2, { ...gitlab.environment(2), GITLAB_TOKEN: '' });
    expect(lacking).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('set the variable GITLAB_TOKEN'),
    });
    const never = await ci(V2, gitlab.environment(3), '--comment', 'never');
    expect(never).toMatchObject({ status: 0, stderr: expect.not.stringContaining('comment') });
    const before = gitlab.environment(4);
    gitlab.head = sha(34);
    expect(await ci(V2, before)).toMatchObject({ status: 0 });
    expect(gitlab.notes).toEqual([]);
  });
});
