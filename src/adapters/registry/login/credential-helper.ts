import { spawn } from 'node:child_process';
import * as v from 'valibot';
import { VarveError } from '../../../base/errors.ts';
import type { Credentials } from './credentials.ts';

const LONGEST_RUN = 30_000;
const LARGEST_ANSWER = 1024 * 1024;
const IDENTITY_TOKEN = '<token>';

const AnswerSchema = v.object({ Username: v.string(), Secret: v.string() });

export interface HelperOptions {
  /** How long the program is waited for, in milliseconds. */
  readonly patience?: number;
  /** Ends the program, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the program `docker-credential-NAME` for the credentials of a server.
 * @returns null when it has none.
 * @throws VarveError `bad-option` for a name that is not valid, `denied` when the program fails; the reason of the signal.
 * @see https://github.com/docker/docker-credential-helpers#development
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  options: HelperOptions = {},
): Promise<Credentials | null> {
  if (!/^[\w.-]+$/.test(name)) {
    throw new VarveError(
      'bad-option',
      `${JSON.stringify(name.slice(0, 100))} is not the name of a credential helper`,
      {
        object: name.slice(0, 100),
      },
    );
  }
  const program = `docker-credential-${name}`;
  const { status, output } = await ask(program, server, options);
  if (status !== 0) {
    if (/credentials not found|no credentials/i.test(output)) return null;
    throw helperFailed(program, `ended with status ${status ?? 'none'}`);
  }
  const answer = v.safeParse(AnswerSchema, parseJson(output));
  if (!answer.success) throw helperFailed(program, 'gave no credentials that can be read');
  const { Username: username, Secret: secret } = answer.output;
  if (username === IDENTITY_TOKEN) return { kind: 'identity-token', token: secret };
  return { kind: 'password', username, password: secret };
}

function ask(
  program: string,
  server: string,
  { patience = LONGEST_RUN, signal }: HelperOptions,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], ...(signal && { signal }) });
    const giveUp = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      // What it started may go on, and hold the other end.
      child.stdout.destroy();
      reject(signal?.aborted ? signal.reason : helperFailed(program, why, cause));
    };
    const timer = setTimeout(giveUp, patience, 'does not answer');
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_ANSWER) giveUp('says too much');
      else chunks.push(chunk);
    });
    child.on('error', (cause) => giveUp('cannot be run', cause));
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output: Buffer.concat(chunks).toString('utf8') });
    });
    // A program that does not read its input may be gone before it is written.
    child.stdin.once('error', () => {});
    child.stdin.end(server);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function helperFailed(program: string, why: string, cause?: unknown): VarveError {
  return new VarveError('denied', `the credential helper ${program} ${why}`, {
    object: program,
    ...(cause !== undefined && { cause }),
    hint: "install it or repair what it needs, or remove it from Docker's config.json",
  });
}
