import { keepCompiledCode } from './keep-compiled-code.ts';

// The same as `requireNode`, which would be one more file to load at each start.
const { node } = process.versions;
if (Number(node.split('.')[0]) < 24) {
  process.stderr.write(`varve: needs Node.js 24 or newer, and this is ${node}\n`);
  process.exit(2);
}
keepCompiledCode(process.env);
const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
