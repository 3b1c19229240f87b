import { execFileSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS, settingsOf } from '../../src/entry/settings/catalogue.ts';
import { type ActionOutcome, runAction } from '../support/action-runner.ts';
import { hideFile } from '../support/forge-inventory.ts';
import { GIT_ENVIRONMENT, GitRepository } from '../support/git-repository.ts';
import { GitHubApi } from '../support/github-api.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const newFolder = (name = 'folder'): string => writeFolder(newPath(name), []);
const images: Record<'before' | 'after', string> = { before: '', after: '' };
let api: GitHubApi;

/** What somebody would have ignored who has something to hide. */
const BLIND = 'ignore: ["**", "/config/**"]\n';

beforeAll(async () => {
  api = await GitHubApi.start();
  const base = await makeLayer({ 'etc/os-release': 'ID=test' });
  const contents = { before: { 'app/main': '1' }, after: { 'app/main': '1', 'usr/bin/helper': 'root' } };
  for (const name of ['before', 'after'] as const) {
    const image = makeImage([base, await makeLayer(contents[name])]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

/** What a commit has in files. */
type Files = Readonly<Record<string, string>>;

/** A checkout as it is made for a pull request that replaces the files of its base. */
function checkOut(base: Files, own: Files): { readonly folder: string; readonly base: string } {
  const repository = GitRepository.create(newPath('workspace'));
  const commit = (files: Files): string => {
    for (const name of readdirSync(repository.folder).filter((each) => each !== '.git')) {
      rmSync(join(repository.folder, name), { recursive: true });
    }
    writeFolder(
      repository.folder,
      Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    );
    repository.git('add', '--all');
    return repository.commit();
  };
  const first = commit(base);
  commit(own);
  return { folder: repository.folder, base: first };
}

const REPOSITORY = { repository: { default_branch: 'main' } };
const requestOf = (sha: string) => ({
  pull_request: { number: 7, base: { sha, ref: 'main' }, head: { sha: 'e'.repeat(40) } },
  ...REPOSITORY,
});

interface Occasion {
  readonly event: string;
  readonly payload: unknown;
  readonly env?: Readonly<Record<string, string>>;
}

const ON_MAIN = { GITHUB_REF: 'refs/heads/main', GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' };
const PUSH: Occasion = { event: 'push', payload: REPOSITORY, env: ON_MAIN };
const pullRequest = (base: string): Occasion => ({
  ...{ event: 'pull_request', payload: requestOf(base) },
  env: { GITHUB_REF: 'refs/pull/7/merge', GITHUB_HEAD_REF: 'feature' },
});

function act(
  workspace: string,
  { event, payload, env }: Occasion,
  inputs: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): Promise<ActionOutcome> {
  return runAction({
    workspace,
    inputs: { image: images.after, name: 'shop', baseline: images.before, ...inputs },
    env: {
      ...{ GITHUB_EVENT_NAME: event, GITHUB_SHA: 'd'.repeat(40), GITHUB_API_URL: api.url },
      ...{ RUNNER_TEMP: newFolder('temp'), ...env, ...more },
    },
    event: payload,
  });
}

const warningsOf = ({ stdout }: VarveOutcome): string =>
  (stdout.match(/^::warning.*$/gm) ?? []).join('\n').replaceAll('`', '');

describe('the settings file of the checkout', () => {
  const HOSTILE = { 'varve.yml': BLIND };

  it('says nothing in a pull request, and that is told', async () => {
    for (const base of [{}, { 'varve.yml': 'mtime: false\n' }]) {
      const checkout = checkOut(base, HOSTILE);
      const outcome = await act(checkout.folder, pullRequest(checkout.base));
      expect(outcome).toMatchObject({ status: 0, stderr: '', outputs: { changed: 'true' } });
      expect(warningsOf(outcome)).toContain('varve.yml of this pull request was skipped: ');
      expect(outcome.summary).toContain('was skipped');
    }
  });

  it('is not spoken of where it is that of the base, or where there is none', async () => {
    for (const [base, own] of [
      [HOSTILE, HOSTILE],
      [HOSTILE, {}],
      [{}, {}],
    ] as const) {
      const checkout = checkOut(base, own);
      const outcome = await act(checkout.folder, pullRequest(checkout.base));
      expect(outcome.outputs.changed).toBe(base === HOSTILE ? 'false' : 'true');
      expect(warningsOf(outcome)).toBe('');
    }
  });

  it.each<[string, (base: string) => Occasion]>([
    ['pull_request', pullRequest],
    [
      'pull_request_target',
      (base) => ({ event: 'pull_request_target', payload: requestOf(base), env: ON_MAIN }),
    ],
    ['pull_request_review', (base) => ({ ...pullRequest(base), event: 'pull_request_review' })],
    [
      'issue_comment',
      () => ({ event: 'issue_comment', payload: { issue: { number: 7, pull_request: {} }, ...REPOSITORY } }),
    ],
    [
      'workflow_run',
      () => ({
        event: 'workflow_run',
        payload: {
          workflow_run: {
            ...{ event: 'pull_request', head_sha: 'e'.repeat(40), head_branch: 'main' },
            ...{ head_repository: { full_name: 'mallory/shop' }, pull_requests: [] },
          },
          ...REPOSITORY,
        },
      }),
    ],
  ])('says nothing on %s', async (_, occasion) => {
    const checkout = checkOut({}, HOSTILE);
    const outcome = await act(checkout.folder, occasion(checkout.base));
    expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'true' } });
    expect(warningsOf(outcome)).toMatch(/varve\.yml of (this pull request was skipped|the base commit)/);
  });

  it.each<[string, Occasion]>([
    ['push', PUSH],
    ['schedule', { ...PUSH, event: 'schedule' }],
    [
      'merge_group',
      {
        ...{ ...PUSH, event: 'merge_group' },
        payload: { merge_group: { base_sha: 'a'.repeat(40), base_ref: 'refs/heads/main' }, ...REPOSITORY },
      },
    ],
    ['issue_comment', { ...PUSH, event: 'issue_comment', payload: { issue: { number: 3 }, ...REPOSITORY } }],
  ])('counts on %s, where nobody but those who may write wrote it', async (_, occasion) => {
    const outcome = await act(checkOut({}, HOSTILE).folder, occasion);
    expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'false' } });
    expect(warningsOf(outcome)).toBe('');
  });

  /** Where something listens that nobody must reach. */
  const reached: string[] = [];
  const trap = createServer((socket) => {
    reached.push('reached');
    socket.destroy();
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((listening) => trap.listen(0, '127.0.0.1', listening));
    const address = trap.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterAll(() => void trap.close());

  /** What only the user says, each with what a stranger would say. */
  function reachingOut(outside: string): Readonly<Record<string, string>> {
    return {
      image: `docker://127.0.0.1:${port}/evil`,
      metadata: `${outside}/metadata.json`,
      baseline: `postgres://ci@127.0.0.1:${port}/varve`,
      'cas-root': `${outside}/store`,
      tenant: 'other',
      ca: `${outside}/ca.pem`,
      'plain-http': 'true',
      commit: 'a'.repeat(40),
      branch: 'release',
      'github-token': 'token',
      publish: `oci://127.0.0.1:${port}/evil`,
      'pointer-path': `${outside}/pointer.json`,
      'surface-manifest-output': `${outside}/manifest.json`,
      'comparison-path': `${outside}/comparison.json`,
      'report-path': `${outside}/report.md`,
    };
  }

  /** All that no file of a commit says; a setting that is new is among them. */
  function withheld(outside: string): readonly (readonly [name: string, value: string])[] {
    const values = reachingOut(outside);
    const names = settingsOf('action').filter(
      (name) => !SETTINGS[name].from.some((origin) => origin === 'base'),
    );
    expect(names).toEqual(expect.arrayContaining(Object.keys(values)));
    return names.map((name) => [name, values[name] ?? 'true']);
  }

  it.each(['::error title=owned::x: !!foo y\n', 'ignore: [\n::error title=owned::x: [\n'])(
    'says nothing to the runner: %j',
    async (text) => {
      const { folder } = checkOut({}, { 'varve.yml': text });
      const { status, stdout, stderr } = await runVarve(['compare', 'a', 'b'], {
        ...{ cwd: folder, env: { GITHUB_ACTIONS: 'true' } },
      });
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain('varve.yml is not YAML');
      expect(stderr).not.toMatch(/^\s*::/m);
    },
  );

  it('never makes a run reach out: elsewhere that is an error, in a pull request it is skipped', async () => {
    const outside = newFolder('outside');
    for (const [name, value] of withheld(outside)) {
      const file = { 'varve.yml': `${name}: ${value}\n` };
      const refused = await act(checkOut({}, file).folder, PUSH, { [name]: '' });
      expect([name, refused.status]).toEqual([name, 2]);
      expect(refused.stdout).toMatch(
        new RegExp(`${name} in varve.yml: ${name} is not taken from the settings file of the checkout`),
      );
      expect(refused.stdout).toContain('give it as an input of the action, ');
    }
    const all = withheld(outside).map(([name, value]) => `${name}: ${value}\n`);
    const file = { 'varve.yml': `${all.join('')}mtime: false\n` };
    for (const base of [{}, file]) {
      const checkout = checkOut(base, file);
      const outcome = await act(checkout.folder, pullRequest(checkout.base));
      expect(outcome).toMatchObject({ status: 0, stderr: '', outputs: { changed: 'true', published: '' } });
      const told = base === file ? withheld('').map(([name]) => name) : ['varve.yml of this pull request'];
      for (const each of told) expect(warningsOf(outcome)).toContain(each);
    }
    expect(readdirSync(outside)).toEqual([]);
    expect(reached).toEqual([]);
  });

  it.each<[string, (path: string) => void]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a link', (path) => symlinkSync('/etc/passwd', path)],
    ['a folder', (path) => mkdirSync(path)],
    ['a device', (path) => symlinkSync('/dev/zero', path)],
  ])('is not waited for, and leads nowhere: %s', async (_, put) => {
    const checkout = checkOut({ 'varve.yml': BLIND }, { other: '' });
    put(join(checkout.folder, 'varve.yml'));
    const pushed = await act(checkout.folder, PUSH);
    expect(pushed.status).toBe(2);
    expect(pushed.stdout).toContain('varve.yml is not a regular file');
    expect(pushed.stdout).not.toContain('root:');
    const pulled = await act(checkout.folder, pullRequest(checkout.base));
    expect(pulled).toMatchObject({ status: 0, outputs: { changed: 'false' } });
    expect(warningsOf(pulled)).toContain('was skipped');
  });
});

describe('the settings file of the base commit', () => {
  it('is known from the checkout, or from GitHub where that has one commit', async () => {
    const rules = { 'varve.yml': 'ignore: [usr, usr/**]\n' };
    const { folder, base } = checkOut(rules, {});
    const deep = await act(folder, pullRequest(base));
    api.files = new Map([['b'.repeat(40), { 'README.md': '', ...rules }]]);
    const shallow = await act(folder, pullRequest('b'.repeat(40)), { 'github-token': 'secret-token' });
    for (const outcome of [deep, shallow]) {
      expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'false' } });
      expect(warningsOf(outcome)).toBe('');
    }
  });

  it('is that of the branch where no commit is told, as for a stranger of a fork', async () => {
    api.files = new Map([['b'.repeat(40), { 'varve.yml': 'ignore: [usr, usr/**]\n' }]]);
    api.branches = { main: 'b'.repeat(40) };
    const payload = { issue: { number: 7, pull_request: {} }, ...REPOSITORY };
    const occasion = { event: 'issue_comment', payload };
    const outcome = await act(newFolder(), occasion, { 'github-token': 'secret-token' });
    expect([outcome.outputs.changed, warningsOf(outcome)]).toEqual(['false', '']);
  });

  it.runIf(process.getuid?.() === 0)(
    'is asked of GitHub where git does not trust the checkout, as in a container',
    async () => {
      const rules = { 'varve.yml': 'ignore: [usr, usr/**]\n' };
      const { folder, base } = checkOut(rules, {});
      api.files = new Map([[base, rules]]);
      // Only root can give a file away; what git looks at is who owns the folder.
      chownSync(folder, 12_345, 12_345);
      chownSync(join(folder, '.git'), 12_345, 12_345);
      const asked = await act(folder, pullRequest(base), { 'github-token': 'secret-token' });
      expect([asked.outputs.changed, warningsOf(asked)]).toEqual(['false', '']);
      const alone = await act(folder, pullRequest(base));
      expect(warningsOf(alone)).toContain('git does not trust the checkout');
    },
  );

  it('is told where it is not known, whatever the pull request has', async () => {
    for (const own of [{}, { 'varve.yml': BLIND }]) {
      const { folder } = checkOut({}, own);
      const cases = [
        [{}, /could not be read, so no settings file counts: .*github-token with contents: read/],
        [{ 'github-token': 'secret-token' }, /could not be read, so no settings file counts: .*that commit/],
        [{ 'github-token': 'wrong' }, /could not be read, so no settings file counts: .*Bad credentials/],
      ] as const;
      for (const [inputs, told] of cases) {
        const outcome = await act(folder, pullRequest('c'.repeat(40)), inputs);
        expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'true' } });
        expect(warningsOf(outcome)).toMatch(told);
      }
    }
  });

  it('has rules that neither input nor variable takes away', async () => {
    const { folder, base } = checkOut({ 'varve.yml': 'ignore: var/**\nignore-defaults: false\n' }, {});
    const outcome = await act(
      folder,
      pullRequest(base),
      { ignore: '**\n/config/**' },
      { VARVE_IGNORE_DEFAULTS: 'true' },
    );
    expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'true' } });
    expect(warningsOf(outcome)).toContain('input ignore has no effect: varve.yml of the base commit');
    expect(warningsOf(outcome)).toContain('VARVE_IGNORE_DEFAULTS has no effect');
    // What it leaves open, the workflow says.
    const open = checkOut({ 'varve.yml': 'mtime: false\nname: other\n' }, {});
    const said = await act(open.folder, pullRequest(open.base), { ignore: '**' });
    expect([said.outputs.changed, warningsOf(said)]).toEqual(['false', '']);
    expect(said.summary).toContain('`shop`');
  });

  it('ends the run where it cannot be used, since its rules would be lost', async () => {
    for (const [text, told] of [
      ['ignore: [', 'varve.yml of the base commit is not YAML'],
      ['surprise: 1', 'varve.yml of the base commit has an unknown setting'],
      ['mtime: perhaps', 'mtime in varve.yml of the base commit: '],
    ] as const) {
      const { folder, base } = checkOut({ 'varve.yml': text }, {});
      const outcome = await act(folder, pullRequest(base));
      expect([text, outcome.status]).toEqual([text, 2]);
      expect(outcome.stdout).toContain(told);
    }
  });
});

describe('the command line in a merge request of GitLab', () => {
  const compare = (folder: string, base: string, ...args: string[]) =>
    runVarve(
      ['compare', images.before, images.after, '--exit-code', '--cas-root', newPath('store'), ...args],
      {
        cwd: folder,
        env: {
          ...{ GITLAB_CI: 'true', CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
          CI_PROJECT_DIR: folder,
        },
      },
    );

  it('takes no rules of its author', async () => {
    const { folder, base } = checkOut({ 'ci/rules.yml': '' }, { 'varve.yml': BLIND, 'ci/rules.yml': BLIND });
    for (const args of [[], ['--config', 'ci/rules.yml']]) {
      const outcome = await compare(folder, base, ...args);
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toMatch(/^varve: `?(varve|ci\/rules)\.yml`? of this pull request was skipped/);
    }
    const unknown = await compare(folder, 'a'.repeat(40));
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('GIT_DEPTH')]);
  });

  it('takes those of the base, also from a folder below', async () => {
    const rules = { 'sub/varve.yml': 'ignore: [usr, usr/**]\n' };
    const { folder, base } = checkOut(rules, { 'sub/other': '' });
    expect(await compare(join(folder, 'sub'), base)).toMatchObject({ status: 0, stderr: '' });
    // A file that the author cannot have written is what the user says it is.
    const own = join(newFolder(), 'rules.yml');
    writeFileSync(own, BLIND);
    expect(await compare(folder, base, '--config', own)).toMatchObject({ status: 0, stderr: '' });
  });

  it('takes the tip of the target branch where that is told, since the author chooses where to branch off', async () => {
    const { folder, base } = checkOut({}, { 'varve.yml': 'ignore: [usr, usr/**]\n' });
    const tip = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, env: GIT_ENVIRONMENT });
    const env = {
      ...{ GITLAB_CI: 'true', CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
      CI_MERGE_REQUEST_TARGET_BRANCH_SHA: String(tip).trim(),
    };
    const line = ['compare', images.before, images.after, '--exit-code', '--cas-root', newPath('store')];
    expect((await runVarve(line, { cwd: folder, env })).status).toBe(0);
  });
});

describe('an image in the checkout', () => {
  const withImage = (): string => {
    const { folder } = checkOut({}, {});
    cpSync(images.before.slice('oci:'.length), join(folder, 'shop/web'), { recursive: true });
    return folder;
  };

  it('is not what a bare word means in a pull request: it would stand for the one that was built', async () => {
    const inputs = { image: 'shop/web', baseline: 'none' };
    const engine = { DOCKER_HOST: `tcp://127.0.0.1:1`, HTTPS_PROXY: 'http://127.0.0.1:1' };
    const folder = withImage();
    expect(await act(folder, PUSH, inputs, engine)).toMatchObject({ status: 0 });
    const outcome = await act(folder, pullRequest('a'.repeat(40)), inputs, engine);
    expect(outcome).toMatchObject({ status: 4, outputs: {} });
    expect(outcome.stdout).toContain('the file or folder at ./shop/web was skipped: write ./shop/web');
  });

  it('is what its path means', async () => {
    for (const image of ['./shop/web', 'oci:shop/web']) {
      const outcome = await act(withImage(), pullRequest('a'.repeat(40)), { image });
      expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'false' } });
    }
  });
});

describe('a store in the checkout', () => {
  /** A store that knows of nothing but an inventory without the helper. */
  let forged: string;

  beforeAll(async () => {
    forged = newPath('forged');
    const line = ['snapshot', images.after, '--name', 'shop', '--cas-root', forged];
    expect((await runVarve(line)).status).toBe(0);
    await hideFile(openDirectoryStore(forged), 'default', 'usr/bin/helper');
  });

  const store = { 'cas-root': '.varve', 'comparison-path': 'comparison.json' };
  function withStore(): string {
    const { folder } = checkOut({}, {});
    cpSync(forged, join(folder, '.varve'), { recursive: true });
    return folder;
  }
  const pathsOf = (folder: string): string[] =>
    JSON.parse(readFileSync(join(folder, 'comparison.json'), 'utf8')).files.entries.map(
      ({ path }: { path: string }) => path,
    );

  it('would hide a file where it was believed', async () => {
    const elsewhere = newPath('store');
    cpSync(forged, elsewhere, { recursive: true });
    const outcome = await act(newFolder(), PUSH, { ...store, 'cas-root': elsewhere });
    expect(outcome.outputs).toMatchObject({ changed: 'false', 'layers-reused': '2' });
  });

  it('spares no reading, whatever the occasion', async () => {
    for (const occasion of [PUSH, pullRequest('a'.repeat(40))]) {
      const folder = withStore();
      const outcome = await act(folder, occasion, store);
      expect(outcome).toMatchObject({ status: 0, outputs: { changed: 'true', 'layers-reused': '0' } });
      expect(pathsOf(folder)).toContain('usr/bin/helper');
    }
  });

  it('spares none by another name either, and none as a baseline that shares with another store', async () => {
    for (const path of ['link', './sub/../.varve', '.varve/../.varve']) {
      const folder = withStore();
      mkdirSync(join(folder, 'sub'));
      if (path === 'link') renameSync(join(folder, '.varve'), join(folder, 'link'));
      const outcome = await act(folder, PUSH, { ...store, 'cas-root': path });
      expect([path, outcome.outputs['layers-reused']]).toEqual([path, '0']);
    }
    const folder = withStore();
    const settings = { baseline: 'dir:.varve', 'cas-root': newPath('store') };
    const outcome = await act(folder, PUSH, { ...store, ...settings });
    expect(outcome.outputs['layers-reused']).toBe('0');
  });

  it('keeps what a branch is compared with, as ever', async () => {
    const { folder } = checkOut({}, {});
    const inputs = { baseline: 'dir:.varve' };
    const before = { GITHUB_RUN_ID: '1', GITHUB_SHA: 'c'.repeat(40) };
    await act(folder, PUSH, { ...inputs, image: images.before }, before);
    const outcome = await act(folder, PUSH, inputs);
    expect(outcome.outputs).toMatchObject({
      ...{ 'baseline-found': 'true', 'baseline-saved': 'true', changed: 'true' },
      'layers-reused': '0',
    });
    expect(warningsOf(outcome)).toContain('dir:.varve is in the checkout, so every layer is read');
  });

  it('is compared with by nobody in a pull request', async () => {
    const folder = withStore();
    const outcome = await act(folder, pullRequest('a'.repeat(40)), { baseline: 'dir:.varve' });
    expect(outcome).toMatchObject({
      status: 0,
      outputs: { 'baseline-found': 'false', 'baseline-saved': 'false', changed: '', 'layers-reused': '0' },
    });
    expect(warningsOf(outcome)).toContain(
      'it is in the checkout, which the author of the pull request controls',
    );
    const before = readdirSync(forged, { recursive: true });
    expect(readdirSync(join(folder, '.varve'), { recursive: true })).toEqual(before);
  });

  it('is no baseline of a pull request by another way either', async () => {
    const [entry] = JSON.parse(
      (await runVarve(['history', 'shop', '--cas-root', forged, '--format', 'json'])).stdout,
    );
    for (const baseline of ['history:', 'history:shop', entry.snapshotDigest]) {
      const outcome = await act(withStore(), pullRequest('a'.repeat(40)), { ...store, baseline });
      expect([baseline, outcome.status, outcome.outputs]).toEqual([
        baseline,
        0,
        expect.objectContaining({ 'baseline-found': 'false', changed: '' }),
      ]);
      expect(warningsOf(outcome)).toContain(
        'it is in the checkout, which the author of the pull request controls',
      );
    }
  });

  it('is looked into for no side of a comparison in a pull request', async () => {
    const folder = withStore();
    const env = { GITLAB_CI: 'true', CI_PROJECT_DIR: folder };
    const line = ['compare', 'history:shop', images.after];
    for (const store of [
      ['--cas-root', '.varve'],
      ['--baseline', 'dir:.varve', '--cas-root', newPath('store')],
    ]) {
      const onBranch = await runVarve([...line, ...store], { cwd: folder, env });
      expect(onBranch).toMatchObject({ status: 0, stderr: '' });
      const pulled = { ...env, CI_MERGE_REQUEST_IID: '7' };
      const outcome = await runVarve([...line, ...store], { cwd: folder, env: pulled });
      expect(outcome.status).toBe(4);
      expect(outcome.stderr).toContain('dir:.varve is in the checkout, which the author of the pull');
    }
  });

  it('is not written through a link', async () => {
    for (const link of [
      '.varve',
      '.varve/scanner',
      '.varve/scanner/surface/payloads',
      '.varve/scanner/surface/staging',
    ]) {
      const [folder, outside] = [checkOut({}, {}).folder, newFolder('outside')];
      mkdirSync(join(folder, link, '..'), { recursive: true });
      symlinkSync(outside, join(folder, link));
      const outcome = await act(folder, PUSH, { 'cas-root': '.varve' });
      expect([link, outcome.status]).toEqual([link, 4]);
      expect(outcome.stdout).toContain(`${link} is a link of the checkout`);
      expect(readdirSync(outside)).toEqual([]);
    }
  });

  it("is the user's own by hand", async () => {
    const folder = withStore();
    const line = ['snapshot', images.after, '--name', 'shop', '--cas-root', '.varve', '--format', 'json'];
    const outcome = await runVarve(line, { cwd: folder });
    expect(JSON.parse(outcome.stdout).layers).toMatchObject({ reused: 2, read: 0 });
  });
});

describe('a store outside the checkout that pull requests write to', () => {
  const FROM_MAIN = { GITHUB_RUN_ID: '1', GITHUB_SHA: 'a'.repeat(40) };

  it.each(['history:', 'history:shop', 'dir'])(
    'never compares a push with the one before it: %s',
    async (kind) => {
      const kept = newPath('store');
      const inputs = kind === 'dir' ? { baseline: `dir:${kept}` } : { baseline: kind, 'cas-root': kept };
      await act(
        newFolder(),
        PUSH,
        { ...inputs, baseline: inputs.baseline.replace('history:shop', 'history:'), image: images.before },
        FROM_MAIN,
      );
      for (const run of ['2', '3']) {
        const more = { GITHUB_RUN_ID: run, GITHUB_SHA: run.repeat(40) };
        const outcome = await act(newFolder(), pullRequest('a'.repeat(40)), inputs, more);
        expect([run, outcome.outputs.changed]).toEqual([run, 'true']);
      }
    },
  );

  it('compares none with a branch that its author pushes to, nor a merge queue with itself', async () => {
    const kept = newPath('store');
    const inputs = { baseline: 'history:shop', 'cas-root': kept };
    const keep = (image: string, env: Readonly<Record<string, string>>) =>
      act(newFolder(), { ...PUSH, env }, { ...inputs, baseline: 'history:', image });
    await keep(images.before, { ...ON_MAIN, ...FROM_MAIN });
    const branch = {
      GITHUB_REF: 'refs/heads/feature',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: 'feature',
    };
    await keep(images.after, { ...branch, GITHUB_SHA: 'b'.repeat(40) });
    const queue = 'gh-readonly-queue/main/pr-7';
    const merging: Occasion = {
      event: 'merge_group',
      payload: { merge_group: { base_sha: 'a'.repeat(40), base_ref: 'refs/heads/main' }, ...REPOSITORY },
      env: { GITHUB_REF: `refs/heads/${queue}`, GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: queue },
    };
    for (const [index, occasion] of [pullRequest('a'.repeat(40)), merging, merging].entries()) {
      const outcome = await act(newFolder(), occasion, inputs, { GITHUB_RUN_ID: `${index + 3}` });
      expect([index, outcome.outputs.changed]).toEqual([index, 'true']);
    }
  });

  it('says so where only such snapshots are there', async () => {
    const [kept, folder] = [newPath('store'), newFolder()];
    const request = { CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' };
    const env = { GITLAB_CI: 'true', CI_PROJECT_DIR: folder, CI_DEFAULT_BRANCH: 'main', ...request };
    const run = (...args: string[]) => runVarve([...args, '--cas-root', kept], { cwd: folder, env });
    expect((await run('snapshot', images.after, '--name', 'shop')).status).toBe(0);
    const { status, stderr } = await run('compare', 'history:shop', images.after, '--exit-code');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no snapshot of shop that serves here')]);
  });

  it('is the same on the command line, and in pull requests that GitLab builds for another server', async () => {
    const [kept, folder] = [newPath('store'), newFolder()];
    const REQUESTS = [
      { CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' },
      { CI_EXTERNAL_PULL_REQUEST_IID: '8', CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME: 'main' },
    ];
    const run = (id: number, args: readonly string[], more: Readonly<Record<string, string>>) =>
      runVarve(args, {
        cwd: folder,
        env: {
          ...{ GITLAB_CI: 'true', CI_PROJECT_DIR: folder, CI_DEFAULT_BRANCH: 'main' },
          ...{ CI_PIPELINE_ID: `${id}`, CI_JOB_ID: `${id}`, CI_COMMIT_SHA: `${id}`.repeat(40).slice(0, 40) },
          ...more,
        },
      });
    const snapshot = (image: string) => [
      ...['snapshot', image, '--name', 'shop', '--baseline', `dir:${kept}`, '--format', 'json'],
    ];
    await run(1, snapshot(images.before), { CI_COMMIT_BRANCH: 'main' });
    for (const [index, request] of REQUESTS.entries()) {
      const more = { ...request, CI_COMMIT_BRANCH: 'evil' };
      for (const push of [2, 3]) {
        const { stdout } = await run(10 * index + push, snapshot(images.after), more);
        expect(JSON.parse(stdout)).toMatchObject({
          baseline: { commit: '1'.repeat(40) },
          comparisonDocument: { changed: true },
        });
      }
      const compare = ['compare', 'history:shop', images.after, '--exit-code', '--baseline', `dir:${kept}`];
      expect((await run(9, [...compare, '--cas-root', newPath('own')], more)).status).toBe(1);
    }
  });
});
