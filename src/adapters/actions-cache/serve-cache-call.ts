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
  requireGnuTar();
  if (call.action === 'save') {
    const id = await saveCache([ARCHIVE_FOLDER], call.key);
    return id === -1 ? null : call.key;
  }
  const [first = '', ...others] = call.keys;
  return (await restoreCache([ARCHIVE_FOLDER], first, others)) ?? null;
}

/** Other tars do not know what the library asks for, and cannot be kept from writing anywhere. */
function requireGnuTar(): void {
  const chosen: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'gtar',
    win32: `${process.env.PROGRAMFILES}\\Git\\usr\\bin\\tar.exe`,
  };
  const tar = chosen[process.platform] ?? 'tar';
  const { stdout, stderr, error } = spawnSync(tar, ['--version'], { encoding: 'utf8' });
  if (/GNU tar/.test(stdout ?? '')) return;
  const [other = 'another'] = /busybox|bsdtar/i.exec(`${stdout}${stderr}`) ?? [];
  const found = error === undefined ? `the tar here is not GNU tar (${other})` : `there is no ${tar} here`;
  throw new Error(`${found}, which the cache needs: install it, on Alpine with apk add tar`);
}
