import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Settings of the machine and its user stay out of it. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};

/** A real repository for a test, with empty commits. */
export class GitRepository {
  readonly folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static create(folder: string): GitRepository {
    mkdirSync(folder, { recursive: true });
    const repository = new GitRepository(folder);
    repository.git('init', '--quiet', '--initial-branch=main');
    return repository;
  }

  /** Clones this one, over a transport that honors `--depth`. */
  clone(folder: string, ...options: readonly string[]): GitRepository {
    this.git('clone', '--quiet', ...options, `file://${this.folder}`, folder);
    return new GitRepository(folder);
  }

  /** Makes a commit of the given parents, or on top of what is checked out; gives its id. */
  commit(...parents: readonly string[]): string {
    const message = `commit ${++this.#count} of ${this.folder}`;
    if (parents.length === 0) {
      this.git('commit', '--quiet', '--allow-empty', '-m', message);
      return this.head;
    }
    const tree = this.git('hash-object', '-w', '-t', 'tree', '/dev/null');
    const flags = parents.flatMap((parent) => ['-p', parent]);
    return this.git('commit-tree', tree, ...flags, '-m', message);
  }

  /** So many commits, oldest first. */
  commits(count: number): string[] {
    return Array.from({ length: count }, () => this.commit());
  }

  get head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    }).trim();
  }
}

/** The environment that git is asked in by the tests. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string | undefined>> = ENVIRONMENT;
