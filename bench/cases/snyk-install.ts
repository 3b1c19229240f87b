import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath, makeOnce } from '../cache.ts';
import { run, say } from '../shell.ts';

const VERSION = '9.8.0';

/** Where snyk-docker-plugin is installed: outside the project, which does not depend on it. */
export const snykFolder = cachePath('peers', `snyk-docker-plugin-${VERSION}`);

/** Installs the plugin from npm unless the cache has it; says so when it cannot. */
export async function installSnyk(): Promise<void> {
  if (existsSync(snykFolder)) return;
  say(`installing snyk-docker-plugin ${VERSION} …`);
  try {
    await makeOnce(snykFolder, (temporary) => {
      mkdirSync(temporary, { recursive: true });
      writeFileSync(
        join(temporary, 'package.json'),
        JSON.stringify({ private: true, dependencies: { 'snyk-docker-plugin': VERSION } }),
      );
      run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: temporary });
    });
  } catch (fault) {
    say(`snyk-docker-plugin was not installed: ${fault instanceof Error ? fault.message : fault}`);
  }
}
