import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type Checkout,
  type CommitFiles,
  type CommitLine,
  type CommittedFile,
  type Head,
  isCommitId,
} from '../../core/history/commit-history.ts';
import type { Tags } from '../../core/history/release.ts';
import type { GitAnswer, GitEnvironment } from './run-git.ts';

/** The git checkout that a folder is in, asked through the program `git`. */
export class GitCheckout implements Checkout, CommitFiles {
  readonly #folder: string;
  readonly #environment: GitEnvironment;
  readonly #signal: AbortSignal | undefined;
  #found: boolean | null = null;

  /** @param signal ends what is asked. */
  constructor(folder: string, environment: GitEnvironment, signal?: AbortSignal) {
    this.#folder = folder;
    this.#environment = environment;
    this.#signal = signal;
  }

  async readHead(): Promise<Head | null> {
    const [commit, ref] = await Promise.all([
      this.#ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}'),
      this.#ask('symbolic-ref', '--quiet', 'HEAD'),
    ]);
    if (commit === null && ref === null) return null;
    return { commit: commit?.trim() ?? null, branch: ref === null ? null : branchName(ref.trim()) };
  }

  async branchAt(commit: string): Promise<string | null> {
    if (!isCommitId(commit)) return null;
    const format = '--format=%(refname)%00%(symref)';
    const refs = await this.#ask(
      'for-each-ref',
      `--points-at=${commit}`,
      format,
      'refs/heads',
      'refs/remotes',
    );
    const names = linesOf(refs)
      .map((line) => line.split('\0'))
      .flatMap(([ref = '', target = '']) => (target === '' ? (branchName(ref) ?? []) : []));
    const [first, ...others] = new Set(names);
    return first === undefined || others.length > 0 ? null : first;
  }

  async countShallow(): Promise<number | null> {
    if ((await this.#ask('rev-parse', '--is-shallow-repository'))?.trim() !== 'true') return null;
    return Number(await this.#ask('rev-list', '--count', '--all', 'HEAD'));
  }

  async parentsOf(commit: string): Promise<readonly string[] | null> {
    if (!isCommitId(commit)) return null;
    const text = await this.#ask('cat-file', 'commit', commit);
    return text === null ? null : readParents(text);
  }

  async lineOf(commit: string, limit: number): Promise<CommitLine | null> {
    if (!isCommitId(commit)) return null;
    const commits = linesOf(
      await this.#ask('rev-list', '--first-parent', `--max-count=${limit + 1}`, commit, '--'),
    );
    if (commits.length === 0) return null;
    const ancestors = commits.slice(1);
    if (ancestors.length >= limit) return { ancestors, cut: true };
    // At the end of a shallow checkout, a commit still states its parents, although they are not there.
    const [next] = (await this.parentsOf(commits.at(-1) ?? commit)) ?? [];
    return next === undefined ? { ancestors, cut: false } : { ancestors: [...ancestors, next], cut: true };
  }

  async mergeBaseOf(one: string, other: string): Promise<string | null> {
    if (!isCommitId(one) || !isCommitId(other)) return null;
    // In a shallow checkout it would say what is best of the little that is there.
    if ((await this.countShallow()) !== null) return null;
    return linesOf(await this.#ask('merge-base', one, other))[0] ?? null;
  }

  async tags(): Promise<Tags | null> {
    // Of an annotated tag, the commit is what its object points at.
    const format = '--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)';
    const tags = linesOf(await this.#ask('for-each-ref', format, 'refs/tags')).map((line) =>
      line.split('\0'),
    );
    return new Map(tags.map(([name = '', object = '', commit]) => [name, commit || object]));
  }

  async readFileOf(commit: string, path: string): Promise<CommittedFile> {
    if (!isCommitId(commit)) return { kind: 'unknown' };
    const listed = await this.#ask('ls-tree', '-z', '--full-tree', commit, '--', path);
    if (listed === null) return { kind: 'unknown' };
    const [, blob] = /^100(?:644|755) blob ([0-9a-f]+)\t[^\0]+\0$/.exec(listed) ?? [];
    if (blob === undefined) return { kind: 'absent' };
    const text = await this.#ask('cat-file', 'blob', blob);
    // A partial clone may lack the blob.
    return text === null ? { kind: 'unknown' } : { kind: 'file', text };
  }

  async #ask(...args: readonly string[]): Promise<GitAnswer> {
    this.#found ??= isInCheckout(this.#folder, this.#environment.GIT_DIR);
    if (!this.#found) return null;
    const { runGit } = await import('./run-git.ts');
    return runGit(this.#folder, this.#environment, args, this.#signal);
  }
}

/** Looks where git would: a program is started only where it has something to find. */
function isInCheckout(folder: string, gitFolder: string | undefined): boolean {
  if (gitFolder) return existsSync(resolve(folder, gitFolder));
  for (let place = resolve(folder); ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return true;
    if (place === dirname(place)) return false;
  }
}

const linesOf = (text: GitAnswer): string[] => (text ?? '').split('\n').filter((line) => line !== '');

/** `main` of `refs/heads/main` and of `refs/remotes/origin/main`. */
function branchName(ref: string): string | null {
  return /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1] ?? null;
}

/** @see https://git-scm.com/docs/gitformat-signature for what may follow the parents in a commit's header. */
function readParents(commit: string): string[] {
  const [header = ''] = commit.split('\n\n', 1);
  return header
    .split('\n')
    .flatMap((line) => (line.startsWith('parent ') ? [line.slice('parent '.length)] : []))
    .filter(isCommitId);
}
