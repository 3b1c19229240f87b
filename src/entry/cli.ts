import { requireNode } from './require-node.ts';

requireNode(process.versions.node);
const { runCli } = await import('./commands/run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2));
