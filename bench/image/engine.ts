import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram, say } from '../shell.ts';

/**
 * Runs `use(host)` with a Docker engine of its own: own socket, own storage, no network.
 * @param addresses more that it listens at.
 * @returns false when no engine can be started here.
 */
export async function withEngine(
  storage: string,
  use: (host: string) => void | Promise<void>,
  addresses: readonly string[] = [],
): Promise<boolean> {
  const program = findProgram('dockerd');
  if (!program || process.getuid?.() !== 0) return false;
  const run = mkdtempSync(join(tmpdir(), 'varve-bench-engine-'));
  mkdirSync(storage, { recursive: true });
  const socket = join(run, 'docker.sock');
  const log = openSync(join(storage, 'engine.log'), 'a');
  const engine = spawn(
    program,
    [
      ...['--iptables=false', '--bridge=none', '--storage-driver=overlay2'],
      ...['--host', `unix://${socket}`, '--data-root', storage],
      ...(addresses.length > 0
        ? ['--tls=false', ...addresses.flatMap((address) => ['--host', address])]
        : []),
      ...['--exec-root', join(run, 'exec'), '--pidfile', join(run, 'docker.pid')],
    ],
    { stdio: ['ignore', log, log] },
  );
  const ended = new Promise<void>((resolve) => {
    engine.once('exit', () => resolve());
    engine.once('error', () => resolve());
  });
  try {
    for (let waited = 0; !existsSync(socket) && engine.exitCode === null && waited < 60; waited += 1)
      await sleep(500);
    if (!existsSync(socket)) {
      say(`dockerd did not start; its log is ${join(storage, 'engine.log')}`);
      return false;
    }
    await use(`unix://${socket}`);
    return true;
  } finally {
    engine.kill('SIGTERM');
    await ended;
    rmSync(run, { recursive: true, force: true });
  }
}
