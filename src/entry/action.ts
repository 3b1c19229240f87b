import { requireNode } from './require-node.ts';

try {
  requireNode(process.versions.node);
} catch (fault) {
  process.stdout.write(`::error::${(fault as Error).message}\n`);
  process.exit(1);
}
const { runAction } = await import('./action/run-action.ts');
process.exitCode = await runAction(process.env);
