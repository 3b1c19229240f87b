import { execFile } from 'node:child_process';
import { VarveError } from '../../base/errors.ts';

/** Milliseconds that a question to git may take. */
const LONGEST_RUN = 10_000;
/** Bytes of an answer: thousands of commits have room in it. */
const LARGEST_ANSWER = 1024 * 1024;

/** Settings of a repository that would let it run programs of its own, or pass for another one. */
const NEUTRAL = [
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'safe.bareRepository=explicit'],
];

export type GitEnvironment = Readonly<Record<string, string | undefined>>;

/** What git answered: its output, or null when it does not know what it was asked for. */
export type GitAnswer = string | null;

/**
 * Asks git a question that changes nothing, reaches no network and runs no other program.
 * @param folder where the checkout is looked for, there or above.
 * @returns null where git is not installed, there is no checkout, or it does not have what was asked for.
 * @throws VarveError `denied` when git does not trust the checkout, `unreachable` when it takes too long.
 * @see https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
 */
export function runGit(
  folder: string,
  environment: GitEnvironment,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: { ...environment, ...confined },
      timeout: LONGEST_RUN,
      killSignal: 'SIGKILL',
      maxBuffer: LARGEST_ANSWER,
      ...(signal && { signal }),
    } as const;
    execFile('git', ['--no-pager', ...NEUTRAL, ...args], options, (fault, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason);
      else if (fault === null) resolve(stdout);
      else if (fault.killed === true || fault.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
        reject(tooMuch(folder, args, fault));
      else if (stderr.includes('dubious ownership')) reject(notTrusted(folder, fault));
      else resolve(null);
    });
  });
}

/** Fixed words in messages; no lazy fetching of what a partial clone lacks; commits as they are, not as replaced. */
const confined = {
  LC_ALL: 'C',
  LANGUAGE: 'C',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

function tooMuch(folder: string, args: readonly string[], cause: Error): VarveError {
  return new VarveError('unreachable', `git ${args[0]} in ${folder} took too long or said too much`, {
    object: folder,
    cause,
  });
}

function notTrusted(folder: string, cause: Error): VarveError {
  return new VarveError('denied', `git does not trust the checkout in ${folder}: it is another user's`, {
    object: folder,
    hint: `git config --global --add safe.directory ${folder}`,
    cause,
  });
}
