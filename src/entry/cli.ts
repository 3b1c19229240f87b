import { keepCompiledCode } from './compile-cache.ts';
import { requireNode } from './require-node.ts';

requireNode(process.versions.node);
keepCompiledCode(process.env);
const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
