/** Builds `dist/`: one ES module for each face and chunks that they share; no `node_modules` needed. */
import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { getBuiltins } from './bundle/builtins.ts';
import { chunkByStart } from './bundle/chunks.ts';
import { writeDeclarations } from './bundle/declarations.ts';
import { trimHttpClient } from './bundle/http-client.ts';
import { collectLicenses } from './bundle/licenses.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds the faces into a folder; what else was in it is gone once they are. */
export async function build(outDir: string): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: {
      action: 'src/entry/action.ts',
      'comment-action': 'src/entry/comment-action.ts',
      'cache-process': 'src/entry/cache-process.ts',
      cli: 'src/entry/cli.ts',
      'inflate-worker': 'src/entry/inflate-worker.ts',
      'layer-worker': 'src/entry/layer-worker.ts',
      library: 'src/entry/library.ts',
      'zstd-program': 'src/entry/zstd-program.ts',
    },
    platform: 'node',
    // Grouping asks for this: chunks export what others need, in addition to what the sources export.
    preserveEntrySignatures: 'allow-extension',
    plugins: [trimHttpClient(root), getBuiltins()],
    logLevel: 'warn',
    // What is imported both ways is in the chunk of a start, on purpose.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.write({
    dir: outDir,
    cleanDir: true,
    // A fifth less to parse at each start.
    minify: true,
    codeSplitting: chunkByStart(root),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    banner: (chunk) => (chunk.name === 'cli' && chunk.isEntry ? '#!/usr/bin/env node' : ''),
  });
  await bundle.close();
  await chmod(join(outDir, 'cli.js'), 0o755);
  await writeFile(join(outDir, 'package.json'), '{ "type": "module" }\n');
  await writeDeclarations(root, outDir);
  await writeFile(join(outDir, 'licenses.txt'), await collectLicenses(output));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(join(root, 'dist'));
