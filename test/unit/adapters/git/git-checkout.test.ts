import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitCheckout } from '../../../../src/adapters/git/git-checkout.ts';
import { GIT_ENVIRONMENT, GitRepository } from '../../../support/git-repository.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const newRepository = () => GitRepository.create(newPath('repository'));
const open = (folder: string, environment = GIT_ENVIRONMENT) => new GitCheckout(folder, environment);
const NOBODY = 'f'.repeat(40);

describe('what is checked out', () => {
  it('is a commit on a branch, from any folder below', async () => {
    const repository = newRepository();
    const commit = repository.commit();
    repository.git('checkout', '--quiet', '-b', 'feature/ü');
    mkdirSync(join(repository.folder, 'a/b'), { recursive: true });
    for (const folder of ['', 'a/b']) {
      const head = await open(join(repository.folder, folder)).readHead();
      expect(head).toEqual({ commit, branch: 'feature/ü' });
    }
  });

  it('is no commit yet on a new branch', async () => {
    expect(await open(newRepository().folder).readHead()).toEqual({ commit: null, branch: 'main' });
  });

  it('is what a renamed branch is called now', async () => {
    const repository = newRepository();
    const commit = repository.commit();
    repository.git('branch', '--move', 'main', 'trunk');
    expect(await open(repository.folder).readHead()).toEqual({ commit, branch: 'trunk' });
  });

  it('may be no branch, but the tip of one', async () => {
    const origin = newRepository();
    const [old = '', commit = ''] = origin.commits(2);
    const clone = origin.clone(newPath('clone'));
    clone.git('checkout', '--quiet', '--detach');
    const checkout = open(clone.folder);
    expect(await checkout.readHead()).toEqual({ commit, branch: null });
    expect(await checkout.branchAt(commit)).toBe('main');
    expect(await checkout.branchAt(old)).toBeNull();
    expect(await checkout.branchAt('HEAD')).toBeNull();
    clone.git('branch', 'other');
    expect(await checkout.branchAt(commit)).toBeNull();
  });

  it('is that of a worktree in a worktree', async () => {
    const repository = newRepository();
    const [first = '', second] = repository.commits(2);
    const folder = newPath('worktree');
    repository.git('worktree', 'add', '--quiet', '-b', 'side', folder, first);
    expect(await open(folder).readHead()).toEqual({ commit: first, branch: 'side' });
    expect(await open(folder).lineOf(second ?? '', 9)).toEqual({ ancestors: [first], cut: false });
  });

  it.each([
    ['outside of a checkout', () => newPathMade()],
    ['in a folder that is not there', () => newPath('absent')],
    [
      'in a bare repository, which nothing is built from',
      () => newRepository().clone(newPath('bare'), '--bare').folder,
    ],
  ])('is nothing %s', async (_, folder) => {
    const checkout = open(folder());
    expect(await checkout.readHead()).toBeNull();
    expect(await checkout.countShallow()).toBeNull();
    expect(await checkout.lineOf(NOBODY, 5)).toBeNull();
  });

  it('is nothing where git is not installed', async () => {
    const repository = newRepository();
    repository.commit();
    const checkout = open(repository.folder, { PATH: newPathMade() });
    expect(await checkout.readHead()).toBeNull();
    expect(await checkout.parentsOf(repository.head)).toBeNull();
  });
});

describe('ancestors', () => {
  it('are first parents, nearest first, so many as are asked for', async () => {
    const repository = newRepository();
    const [root = '', base = ''] = repository.commits(2);
    const side = repository.commit(root);
    const merge = repository.commit(base, side);
    const octopus = repository.commit(merge, side, root);
    const checkout = open(repository.folder);
    expect(await checkout.lineOf(octopus, 10)).toEqual({ ancestors: [merge, base, root], cut: false });
    expect(await checkout.lineOf(octopus, 2)).toEqual({ ancestors: [merge, base], cut: true });
    expect(await checkout.lineOf(root, 10)).toEqual({ ancestors: [], cut: false });
    expect(await checkout.parentsOf(octopus)).toEqual([merge, side, root]);
    expect(await checkout.parentsOf(root)).toEqual([]);
    expect(await checkout.mergeBaseOf(base, side)).toBe(root);
  });

  it('go one commit beyond what a shallow checkout has', async () => {
    const origin = newRepository();
    const [first = '', second = '', third = ''] = origin.commits(3);
    const shallow = (depth: number) => open(origin.clone(newPath('shallow'), `--depth=${depth}`).folder);
    expect(await shallow(1).lineOf(third, 9)).toEqual({ ancestors: [second], cut: true });
    expect(await shallow(1).countShallow()).toBe(1);
    expect(await shallow(1).parentsOf(second)).toBeNull();
    expect(await shallow(2).lineOf(third, 9)).toEqual({ ancestors: [second, first], cut: true });
    expect(await shallow(2).countShallow()).toBe(2);
    expect(await open(origin.folder).countShallow()).toBeNull();
  });

  it('of the merge commit of a pull request are known with one commit', async () => {
    const origin = newRepository();
    const [old = '', base = ''] = origin.commits(2);
    const head = origin.commit(old);
    const merge = origin.commit(base, head);
    origin.git('update-ref', 'refs/pull/7/merge', merge);
    const clone = GitRepository.create(newPath('clone'));
    clone.git(
      'fetch',
      '--quiet',
      '--depth=1',
      `file://${origin.folder}`,
      `${merge}:refs/remotes/pull/7/merge`,
    );
    clone.git('checkout', '--quiet', '--detach', 'refs/remotes/pull/7/merge');
    expect(await open(clone.folder).parentsOf(merge)).toEqual([base, head]);
    expect(await open(clone.folder).mergeBaseOf(base, head)).toBeNull();
  });

  it.each(['HEAD', 'main', '--all', '', '-n1', 'abc123', `${NOBODY}^`, NOBODY])(
    'of %j are not known',
    async (commit) => {
      const repository = newRepository();
      repository.commit();
      const checkout = open(repository.folder);
      expect(await checkout.lineOf(commit, 5)).toBeNull();
      expect(await checkout.parentsOf(commit)).toBeNull();
      expect(await checkout.mergeBaseOf(commit, repository.head)).toBeNull();
    },
  );

  it('are those of the commits, whatever replaces them', async () => {
    const repository = newRepository();
    const [root = '', middle = '', tip = ''] = repository.commits(3);
    repository.git('replace', '--graft', tip, root);
    expect(await open(repository.folder).lineOf(tip, 9)).toEqual({ ancestors: [middle, root], cut: false });
    expect(await open(repository.folder).parentsOf(tip)).toEqual([middle]);
  });
});

describe('a hostile repository', () => {
  it('runs no program of its own', async () => {
    const repository = newRepository();
    const [, commit = ''] = repository.commits(2);
    const [script, witness] = [newPath('run.sh'), newPath('witness')];
    writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> ${witness}\n`);
    chmodSync(script, 0o755);
    for (const name of ['core.fsmonitor', 'core.pager', 'core.sshCommand', 'core.editor', 'gpg.program']) {
      repository.git('config', name, script);
    }
    for (const name of ['rev-parse', 'cat-file', 'rev-list', 'for-each-ref']) {
      repository.git('config', `alias.${name}`, `!${script}`);
      repository.git('config', `pager.${name}`, script);
    }
    // A commit that is not there would be fetched, by a program that the repository names.
    repository.git('config', 'extensions.partialClone', 'origin');
    repository.git('config', 'core.repositoryFormatVersion', '1');
    repository.git('config', 'remote.origin.url', `ext::${script}`);
    repository.git('config', 'remote.origin.promisor', 'true');
    repository.git('config', 'remote.origin.uploadpack', script);
    repository.git('config', 'protocol.ext.allow', 'always');
    const checkout = open(repository.folder);
    expect((await checkout.readHead())?.commit).toBe(commit);
    expect((await checkout.lineOf(commit, 9))?.ancestors).toHaveLength(1);
    expect(await checkout.parentsOf(NOBODY)).toBeNull();
    expect(await checkout.countShallow()).toBeNull();
    expect(existsSync(witness)).toBe(false);
  });

  it('that is damaged knows nothing', async () => {
    const repository = newRepository();
    const [, commit = ''] = repository.commits(2);
    rmSync(join(repository.folder, '.git/objects'), { recursive: true });
    mkdirSync(join(repository.folder, '.git/objects'));
    const checkout = open(repository.folder);
    expect(await checkout.lineOf(commit, 9)).toBeNull();
    expect(await checkout.parentsOf(commit)).toBeNull();
  });

  it.runIf(process.getuid?.() === 0)('of another user is said to be not trusted', async () => {
    const repository = newRepository();
    repository.commit();
    repository.git('config', 'core.bare', 'false');
    const { chownSync } = await import('node:fs');
    for (const path of ['', '.git']) chownSync(join(repository.folder, path), 12345, 12345);
    await expect(open(repository.folder).readHead()).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining(repository.folder),
      hint: expect.stringContaining('safe.directory'),
    });
  });
});

it('a question that git does not answer in time is given up', async () => {
  const folder = newPathMade();
  writeFileSync(join(folder, 'git'), '#!/bin/sh\nyes\n');
  chmodSync(join(folder, 'git'), 0o755);
  mkdirSync(join(folder, '.git'));
  const checkout = open(folder, { PATH: `${folder}:${process.env.PATH}` });
  await expect(checkout.readHead()).rejects.toMatchObject({ code: 'unreachable' });
});

function newPathMade(): string {
  const folder = newPath('folder');
  mkdirSync(folder);
  return folder;
}

describe('a file of a commit', () => {
  it('is read as that commit has it, whatever is checked out', async () => {
    const repository = newRepository();
    mkdirSync(join(repository.folder, 'a'));
    writeFileSync(join(repository.folder, 'a/ü "x".yml'), 'first');
    symlinkSync('/etc/passwd', join(repository.folder, 'link'));
    repository.git('add', '--all');
    const first = repository.commit();
    writeFileSync(join(repository.folder, 'a/ü "x".yml'), 'second');
    repository.git('commit', '--quiet', '--all', '-m', 'second');
    for (const folder of ['', 'a']) {
      const checkout = open(join(repository.folder, folder));
      const read = (path: string, commit = first) => checkout.readFileOf(commit, path);
      expect(await read('a/ü "x".yml')).toEqual({ kind: 'file', text: 'first' });
      for (const path of ['a', 'link', 'x', 'a/x', 'link/x', 'a/*'])
        expect([path, await read(path)]).toEqual([path, { kind: 'absent' }]);
      for (const commit of [NOBODY, 'HEAD', '--help'])
        expect(await read('a/ü "x".yml', commit)).toEqual({ kind: 'unknown' });
    }
  });

  it('is not known where a partial clone lacks it, and is not fetched', async () => {
    const origin = newRepository();
    origin.git('config', 'uploadpack.allowFilter', 'true');
    writeFileSync(join(origin.folder, 'file'), 'text');
    origin.git('add', '--all');
    const commit = origin.commit();
    const clone = origin.clone(newPath('clone'), '--filter=blob:none', '--no-checkout');
    expect(await open(clone.folder).readFileOf(commit, 'file')).toEqual({ kind: 'unknown' });
    expect(await open(clone.folder).readFileOf(commit, 'other')).toEqual({ kind: 'absent' });
  });
});
