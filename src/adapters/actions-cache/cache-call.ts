import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';
import { withoutSecrets } from '../../base/secrets.ts';
import { type CacheBudget, type CallPatience, CallWatch } from './call-watch.ts';

/**
 * What the cache's own library is asked to do, in a process of its own: it takes its folder from the environment of
 * the whole process, and says why something failed nowhere but in its log.
 */
export type CacheCall =
  /** The first key is looked for as it is; then each as a prefix, for its newest entry. */
  | { readonly action: 'restore'; readonly keys: readonly string[] }
  | { readonly action: 'save'; readonly key: string };

const CacheAnswerSchema = v.strictObject({
  /** The key of the entry that was restored, or saved; null when there is none, or it was refused. */
  key: v.nullable(v.string()),
});

export type CacheAnswer = v.InferOutput<typeof CacheAnswerSchema>;

/** The folder of the archive's files. With the library's way of compressing, it makes an entry's version: constant. */
export const ARCHIVE_FOLDER = 'varve-baseline';
/** Where the process that serves a call writes its answer. */
export const ANSWER_DESCRIPTOR = 3;

/** The name that a file of the archive is restored under. */
export function restoredName(name: string): string {
  return `restored+${ARCHIVE_FOLDER}+${name}`;
}

/** All of an entry for 91,000 files has 2.7 MB. A file that grows beyond this was not made by Varve. */
const LARGEST_FILE = 512 * 1024 ** 2;
const LARGEST_LOG = 1024 * 1024;
const BLOCK = 512;
/** Milliseconds: entries are small, and a run can do without. */
const LONGEST_CALL = 60_000;

export interface CacheProcessSettings {
  /** The script that serves one call. */
  readonly script: URL;
  /** The script that stands in for `zstd` where there is none. */
  readonly zstdProgram: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a call is served. */
export interface CacheCallOptions {
  /** A folder that nothing else is in; as the file system names it, without links. */
  readonly folder: string;
  /** What fits a service that answers, when left out. */
  readonly patience?: CallPatience;
  /** What this call and others may wait for together; its own, when left out. */
  readonly budget?: CacheBudget;
  /** Ends it, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The one message to a process on its standard input; without it, the process ends. */
export interface CacheErrand {
  readonly call: CacheCall;
  readonly folder: string;
  readonly zstdProgram: string;
}

/**
 * A process that serves one call. It may be started before the call is known: loading the library takes as long as
 * restoring an entry. Dispose of it to end it.
 */
export class CacheProcess implements Disposable {
  readonly #child: ChildProcess;
  readonly #zstdProgram: string;
  readonly #said: readonly Gathered[];
  /** The service may repeat what it was sent. */
  readonly #redact: (text: string) => string;
  readonly #end: Promise<string>;

  constructor({ script, zstdProgram, environment }: CacheProcessSettings) {
    this.#zstdProgram = fileURLToPath(zstdProgram);
    this.#redact = (text) => withoutSecrets(text, [environment.ACTIONS_RUNTIME_TOKEN ?? '']);
    const [program, ...leading] = limitFiles(process.execPath);
    const child = spawn(program, [...leading, fileURLToPath(script)], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#said = [child.stdout, child.stderr, child.stdio[ANSWER_DESCRIPTOR]].map(gather);
    this.#end = new Promise((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('close', (status, signal) => resolve(`it ended with ${signal ?? `status ${status}`}`));
    });
    // A process that does not get it ends without an answer, which is reported then.
    child.stdin.on('error', () => undefined);
  }

  /**
   * Has the call served.
   * @returns the answer, and what the library logged.
   * @throws VarveError `unreachable` when none comes.
   */
  async serve(
    call: CacheCall,
    { folder, patience, budget, signal }: CacheCallOptions,
  ): Promise<{ readonly answer: CacheAnswer; readonly log: string }> {
    const watch = new CallWatch(patience, budget);
    let isGivenUp = false;
    const giveUp = () => {
      isGivenUp = true;
      this[Symbol.dispose]();
    };
    let timer = setTimeout(giveUp, watch.patience);
    let since = performance.now();
    const follow = (line: string): void => {
      const isAnew = watch.read(this.#redact(line), performance.now() - since);
      if (watch.isLost) giveUp();
      if (!isAnew || isGivenUp) return;
      clearTimeout(timer);
      since = performance.now();
      timer = setTimeout(giveUp, watch.patience);
    };
    if (this.#child.stdout !== null) createInterface({ input: this.#child.stdout }).on('line', follow);
    const cap = setTimeout(giveUp, LONGEST_CALL);
    const errand: CacheErrand = { call, folder, zstdProgram: this.#zstdProgram };
    this.#child.stdin?.end(JSON.stringify(errand));
    const stop = () => this[Symbol.dispose]();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const end = await this.#end;
    if (!isGivenUp) watch.end(performance.now() - since);
    clearTimeout(timer);
    clearTimeout(cap);
    signal?.removeEventListener('abort', stop);
    signal?.throwIfAborted();
    const [log, errors, answer] = this.#said.map(({ text }) => this.#redact(text()));
    const parsed = v.safeParse(CacheAnswerSchema, parseJson(answer ?? ''));
    if (parsed.success) return { answer: parsed.output, log: log ?? '' };
    throw new VarveError('unreachable', isGivenUp ? watch.reason : errors?.trim() || end);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** The words that start a program whose files, and those of what it starts, stay small. */
function limitFiles(program: string): [program: string, ...leading: string[]] {
  if (process.platform === 'win32') return [program];
  const limited = `ulimit -f ${LARGEST_FILE / BLOCK}; exec "$@"`;
  return ['/bin/sh', '-c', limited, 'sh', program];
}

interface Gathered {
  readonly text: () => string;
}

/** Takes what a stream says, up to a limit. */
function gather(stream: unknown): Gathered {
  const chunks: Buffer[] = [];
  let length = 0;
  (stream as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= LARGEST_LOG) chunks.push(chunk);
  });
  return { text: () => Buffer.concat(chunks).toString('utf8') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
