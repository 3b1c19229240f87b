import { keepCompiledCode, requireNode } from './start-up.ts';

requireNode(process.versions.node);
keepCompiledCode(process.env);
const { runCli } = await import('./cli/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
