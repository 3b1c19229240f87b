import { readFileSync } from 'node:fs';
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

  it.each([401, 403, 404, 500])(
    'says why there is none where GitLab answers with %i, and goes on',
    async (status) => {
      gitlab.refusal = status;
      const outcome = await ci(V2, gitlab.environment(2));
      expect(outcome.status).toBe(0);
      expect(outcome.stderr).toContain('varve: there is no comment');
      expect(outcome.stderr).not.toContain('glpat-secret');
      expect(gitlab.notes).toEqual([]);
    },
  );

  it('writes none without a token, for a moved head, or where it is told not to', async () => {
    await ci(V2, { ...gitlab.environment(2), GITLAB_TOKEN: '' });
    await ci(V2, gitlab.environment(3), '--comment', 'never');
    const before = gitlab.environment(4);
    gitlab.head = sha(34);
    await ci(V2, before);
    expect(gitlab.notes).toEqual([]);
  });
});
