import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { errnoOf } from './file-fault.ts';
import type { FileOperations } from './file-operations.ts';

/**
 * A lock older than this, in milliseconds, was left by a process that died: what it guards takes less than one. But a
 * busy disk can hold up a rename for seconds, and whose lock is taken over meanwhile would undo what the next one did.
 */
const STALE_AFTER = 30_000;
const RETRY_AFTER = 5;

/**
 * Runs an action while holding a lock file, made with O_EXCL since Node has no flock.
 * Waits for its holder; a lock left by a dead process is taken over.
 */
export async function withFileLock(
  path: string,
  operations: FileOperations,
  action: () => Promise<void>,
): Promise<void> {
  const token = randomUUID();
  while (!(await tryLock(path, token, operations))) {
    await removeIfStale(path, operations);
    await setTimeout(RETRY_AFTER * (1 + Math.random()));
  }
  try {
    await action();
  } finally {
    if (tokenIn(path) === token) await operations.remove(path);
  }
}

async function tryLock(path: string, token: string, operations: FileOperations): Promise<boolean> {
  try {
    await operations.writeNew(path, Buffer.from(token), false);
    return true;
  } catch (fault) {
    if (errnoOf(fault) === 'EEXIST') return false;
    throw fault;
  }
}

async function removeIfStale(path: string, operations: FileOperations): Promise<void> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || Date.now() - stat.mtimeMs < STALE_AFTER) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    await operations.rename(path, aside);
  } catch (fault) {
    if (errnoOf(fault) === 'ENOENT') return;
    throw fault;
  }
  await operations.remove(aside);
}

function tokenIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
