import { requireNode } from './require-node.ts';

try {
  requireNode(process.versions.node);
} catch (fault) {
  process.stdout.write(`::error::${(fault as Error).message}\n`);
  process.exit(1);
}
const { runCommentAction } = await import('./comment-action/run-comment-action.ts');
process.exitCode = await runCommentAction(process.env);
