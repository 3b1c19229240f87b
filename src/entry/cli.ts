import { keepCompiledCode } from './keep-compiled-code.ts';
import { requireNode } from './require-node.ts';

try {
  requireNode(process.versions.node);
} catch (fault) {
  process.stderr.write(`${(fault as Error).message}\n`);
  process.exit(2);
}
keepCompiledCode(process.env);
const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
