import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIST } from './run-varve.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');

/** What needs an engine, a server, npm or jq: the live tests run it. */
export const NEEDS_MORE = /(?:^|[\s|])(?:docker|npm|npx|jq) |postgres:/;

/** A folder as the documents suppose it: images to compare, evidence to package, and the command. */
export class DocFolder {
  readonly path: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(path: string, environment: Readonly<Record<string, string>>) {
    this.path = path;
    this.#environment = environment;
  }

  /** @param path is made. @param environment what the environment says besides. */
  static async make(path: string, environment: Readonly<Record<string, string>> = {}): Promise<DocFolder> {
    await mkdir(join(path, 'build'), { recursive: true });
    const images = { old: 'app-v1', new: 'app-v2', 'build/image': 'app-v2' };
    for (const [name, fixture] of Object.entries(images)) {
      await cp(join(FIXTURES, fixture), join(path, name), { recursive: true });
    }
    await symlink(FIXTURES, join(path, '__fixtures__'));
    await mkdir(join(path, 'evidence'));
    await writeFile(join(path, 'evidence/sbom.json'), '{}');
    await mkdir(join(path, 'bin'));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${join(DIST, 'cli.js')}" "$@"\n`;
    await writeFile(join(path, 'bin/varve'), script);
    await chmod(join(path, 'bin/varve'), 0o755);
    return new DocFolder(path, environment);
  }

  /** Runs lines of a shell, which stops at the first that fails. */
  run(script: string): Promise<{ readonly status: number | null; readonly output: string }> {
    return new Promise((resolve, reject) => {
      // A folder of this machine's own stands in for the system's.
      const here = script.replaceAll('/var/lib/varve', join(this.path, 'history'));
      const child = spawn('/bin/sh', ['-euc', here], {
        cwd: this.path,
        env: {
          PATH: `${join(this.path, 'bin')}:${process.env.PATH}`,
          HOME: this.path,
          GIT_DIR: '/nonexistent',
          ...this.#environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      }
      child.once('error', reject);
      child.once('close', (status) => resolve({ status, output }));
    });
  }
}
