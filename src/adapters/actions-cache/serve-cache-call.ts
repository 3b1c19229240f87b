import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { restoreCache, saveCache } from '@actions/cache';
import {
  ANSWER_DESCRIPTOR,
  ARCHIVE_FOLDER,
  type CacheAnswer,
  type CacheCall,
  type CacheErrand,
} from './cache-call.ts';
import { enterFolder } from './enter-folder.ts';

/** Serves the one call that this process was started for. */
export async function serveCacheCall(errand: CacheErrand): Promise<void> {
  enterFolder(errand);
  const answer: CacheAnswer = { key: await serve(errand.call) };
  writeSync(ANSWER_DESCRIPTOR, JSON.stringify(answer));
}

async function serve(call: CacheCall): Promise<string | null> {
  if (call.action === 'save') {
    const id = await saveCache([ARCHIVE_FOLDER], call.key);
    return id === -1 ? null : call.key;
  }
  const [first = '', ...others] = call.keys;
  if (!hasGnuTar()) throw new Error('restoring an entry takes GNU tar');
  return (await restoreCache([ARCHIVE_FOLDER], first, others)) ?? null;
}

/** Whether the tar that the library will choose can be kept from writing anywhere. */
function hasGnuTar(): boolean {
  const chosen: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'gtar',
    win32: `${process.env.PROGRAMFILES}\\Git\\usr\\bin\\tar.exe`,
  };
  const { stdout } = spawnSync(chosen[process.platform] ?? 'tar', ['--version'], { encoding: 'utf8' });
  return /GNU tar/.test(stdout ?? '');
}
