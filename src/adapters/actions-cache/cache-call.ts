import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';

/**
 * What the cache's own library is asked to do, in a process of its own: it takes its folder from the environment of
 * the whole process, and says why something failed nowhere but in its log.
 */
export type CacheCall =
  /** The first key is looked for as it is; then each as a prefix, for its newest entry. */
  | { readonly action: 'restore'; readonly keys: readonly string[] }
  | { readonly action: 'save'; readonly key: string };

export const CacheAnswerSchema = v.strictObject({
  /** The key of the entry that was restored, or saved; null when there is none, or it was refused. */
  key: v.nullable(v.string()),
});

export type CacheAnswer = v.InferOutput<typeof CacheAnswerSchema>;

/** The folder of the archive's files. With the library's way of compressing, it makes an entry's version: constant. */
export const ARCHIVE_FOLDER = 'varve-baseline';
/** Where the process that serves a call writes its answer. */
export const ANSWER_DESCRIPTOR = 3;

/**
 * Files of an archive are restored side by side under these names, whatever paths and links it states: the library
 * lets `tar` write anywhere otherwise. GNU tar heeds the variable.
 * @see https://www.gnu.org/software/tar/manual/html_section/transform.html
 */
const FLAT_NAMES = '--transform=s,/,+,g;s,^,restored+,';

/** The name that a file of the archive is restored under. */
export function restoredName(name: string): string {
  return `restored+${ARCHIVE_FOLDER}+${name}`;
}

/** All of an entry for 91,000 files has 2.7 MB. A file that grows beyond this was not made by Varve. */
const LARGEST_FILE = 512 * 1024 ** 2;
const LARGEST_LOG = 1024 * 1024;
const BLOCK = 512;
const KILL = 'SIGKILL';

export interface CacheProcess {
  /** The script that serves one call. */
  readonly script: URL;
  /** A folder that nothing else is in; as the file system names it, without links. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly longest: number;
}

/**
 * Has a call served.
 * @returns the answer, and what the library logged.
 * @throws VarveError `unreachable` when none comes.
 */
export async function callCache(
  call: CacheCall,
  { script, folder, environment, longest }: CacheProcess,
): Promise<{ readonly answer: CacheAnswer; readonly log: string }> {
  const [program, ...leading] = limitFiles(process.execPath);
  const child = spawn(program, [...leading, fileURLToPath(script), JSON.stringify(call)], {
    cwd: folder,
    env: {
      ...environment,
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: folder,
      ...(call.action === 'restore' && { TAR_OPTIONS: FLAT_NAMES }),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: longest,
    killSignal: KILL,
  });
  const [log, errors, answer] = [gather(child.stdout), gather(child.stderr), gather(child.stdio[3])];
  const end = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (status, signal) =>
      resolve(
        signal === KILL
          ? `no answer came within ${longest / 1000} seconds`
          : `it ended with ${signal ?? `status ${status}`}`,
      ),
    );
  });
  const parsed = v.safeParse(CacheAnswerSchema, parseJson(answer.text()));
  if (parsed.success) return { answer: parsed.output, log: log.text() };
  throw new VarveError('unreachable', errors.text().trim() || end);
}

/** The words that start a program whose files, and those of what it starts, stay small. */
function limitFiles(program: string): [program: string, ...leading: string[]] {
  if (process.platform === 'win32') return [program];
  const limited = `ulimit -f ${LARGEST_FILE / BLOCK}; exec "$@"`;
  return ['/bin/sh', '-c', limited, 'sh', program];
}

/** Takes what a stream says, up to a limit. */
function gather(stream: unknown): { readonly text: () => string } {
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
