import { attempt, run } from './program.ts';

/**
 * Sees to it that Debian packages are installed, by installing those that are missing.
 * Live tests need the real thing: where it cannot be had, they fail, saying why.
 */
export async function ensurePackages(...names: readonly string[]): Promise<void> {
  const missing = await notInstalled(names);
  if (missing.length === 0) return;
  const wanted = missing.join(' ');
  if (process.getuid?.() !== 0) {
    throw new Error(`Live tests need the Debian packages ${wanted}, which only root can install`);
  }
  // Test files run side by side, and so may other users of apt.
  const apt = 'apt-get -q -o DPkg::Lock::Timeout=600';
  const script = `${apt} update && ${apt} install -y --no-install-recommends ${wanted}`;
  await run('flock', ['/tmp/varve-test-packages.lock', 'sh', '-c', script], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const absent = await notInstalled(missing);
  if (absent.length > 0) throw new Error(`apt-get left ${absent.join(' ')} out`);
}

async function notInstalled(names: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders of dpkg
  const format = '${Package} ${db:Status-Status}\n';
  const { stdout } = await attempt('dpkg-query', ['--show', `--showformat=${format}`, ...names]);
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')));
  return names.filter((name) => !installed.has(`${name} installed`));
}
