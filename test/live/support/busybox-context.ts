import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

/**
 * Prepares a build context for a small image in which shell scripts are run, each making a layer.
 * @param context folder to make
 */
export async function makeBusyboxContext(context: string, scripts: readonly string[]): Promise<void> {
  const root = join(context, 'root');
  await makeBusyboxRoot(root);
  await run('tar', ['--create', '--file', join(context, 'base.tar'), '--directory', root, '.']);
  const steps = scripts.map((script) => `RUN ${script}\n`).join('');
  writeFileSync(join(context, 'Dockerfile'), `FROM scratch\nADD base.tar /\nENV PATH=/bin\n${steps}`);
  writeFileSync(join(context, '.dockerignore'), 'root\n');
}

/** Puts a shell and its tools into a folder, for `chroot FOLDER /bin/sh`. */
export async function makeBusyboxRoot(root: string): Promise<void> {
  await ensurePackages('busybox-static');
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  await run('chroot', [root, '/bin/busybox', '--install', '-s', '/bin']);
}
