import { EXIT_STATUS } from '../../exit-status.ts';
import { VERSION } from '../../version.ts';
import type { RunCommand } from './command.ts';
import { writeJson } from './output.ts';

export const run: RunCommand<'version'> = async ({ output: { stdout }, format }) => {
  const { version: node, platform, arch } = process;
  if (format === 'json') writeJson(stdout, { version: VERSION, node, platform, arch });
  else stdout.write(`varve ${VERSION} (Node.js ${node.slice(1)}, ${platform} ${arch})\n`);
  return EXIT_STATUS.done;
};
