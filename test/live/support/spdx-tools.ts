import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { attempt, run } from './program.ts';
import { cached } from './test-cache.ts';

const VERSION = '0.8.3';

/** Holds a file against the SPDX specification, as the SPDX project's own program does. @returns what is wrong. */
export async function spdxErrors(file: string): Promise<string> {
  await ensurePackages('python3-venv');
  const folder = await cached(`spdx-tools-${VERSION}`, async (place) => {
    await run('/usr/bin/python3', ['-m', 'venv', place]);
    await run(join(place, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', `spdx-tools==${VERSION}`]);
  });
  // A script in it names the folder that it was made in.
  const validator = ['-m', 'spdx_tools.spdx.clitools.pyspdxtools', '--infile', file];
  const { status, stdout, stderr } = await attempt(join(folder, 'bin/python3'), validator);
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `ended with ${status}`;
}
