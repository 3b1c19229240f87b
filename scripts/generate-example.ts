import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `varve compare` prints of the demo's two images, as the README shows it. */
export function renderExample(root: string): string {
  const store = mkdtempSync(join(tmpdir(), 'varve-example-'));
  try {
    const args = ['compare', 'oci:app-v1:shop:v1', 'oci:app-v2:shop:v2'];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, 'src/entry/cli.ts'), ...args, '--cas-root', store],
      { cwd: join(root, '__fixtures__'), encoding: 'utf8', env: { COLUMNS: '110' } },
    );
    if (status !== 0) throw new Error(`the example failed: ${stderr}`);
    return `\`\`\`text\n$ varve ${args.join(' ')}\n${stdout.trimEnd()}\n\`\`\``;
  } finally {
    rmSync(store, { recursive: true });
  }
}
