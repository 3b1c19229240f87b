/** Builds `dist/`: one ES module a face, shared code in chunks beside them, no `node_modules` needed. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChunkingContext, type OutputBundle, rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds the faces into a folder; what else was in it is gone once they are. */
export async function build(outDir: string): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: {
      action: 'src/entry/action.ts',
      'cache-worker': 'src/entry/cache-worker.ts',
      cli: 'src/entry/cli.ts',
      'inflate-worker': 'src/entry/inflate-worker.ts',
      'layer-worker': 'src/entry/layer-worker.ts',
    },
    platform: 'node',
    // Says what grouping asks for: chunks hand each other what they need, whoever wrote the import.
    preserveEntrySignatures: 'allow-extension',
    plugins: [{ name: 'builtins', renderChunk: (code) => getBuiltins(code) }],
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: outDir,
    cleanDir: true,
    // A fifth less to parse at each start.
    minify: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          name: nameSharedChunk,
          test: (module) => module.startsWith(join(root, 'src/')),
          debugName: 'by the starts that need it',
        },
      ],
    },
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    banner: (chunk) => (chunk.name === 'cli' && chunk.isEntry ? '#!/usr/bin/env node' : ''),
  });
  await bundle.close();
  await writeFile(join(outDir, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(outDir, 'licenses.txt'), await collectLicenses(output));
}

/** What starts in most runs, so that how long its loading takes is felt. */
const STARTS: Readonly<Record<string, string>> = {
  cli: 'src/entry/commands/run-cli.ts',
  snapshot: 'src/entry/commands/snapshot.ts',
  layers: 'src/entry/layer-worker.ts',
  inflate: 'src/entry/inflate-worker.ts',
};

/**
 * Names the chunk of a module after the starts that load it. Each file costs Node half a millisecond, so these have a
 * few large ones; without this there is a chunk for every set of commands that share something, sixty at each start.
 */
function nameSharedChunk(module: string, modules: ChunkingContext): string | null {
  const loading = Object.entries(STARTS)
    .filter(([, start]) => findLoaded(start, modules).has(module))
    .map(([name]) => name);
  return loading.length === 0 ? null : `of-${loading.join('-')}`;
}

const loadedBy = new Map<string, ReadonlySet<string>>();

/** Every module that a start imports, itself or through another; what is imported later, on demand, is not. */
function findLoaded(start: string, modules: ChunkingContext): ReadonlySet<string> {
  const known = loadedBy.get(start);
  if (known !== undefined) return known;
  const loaded = new Set([join(root, start)]);
  for (const module of loaded)
    for (const imported of modules.getModuleInfo(module)?.importedIds ?? []) loaded.add(imported);
  loadedBy.set(start, loaded);
  return loaded;
}

/**
 * Gets Node's own modules without the facade that an `import` puts before each: building it calls every getter that a
 * module has, and so loads what nobody asked for, 12 ms at each start.
 */
function getBuiltins(code: string): string {
  const imports = /\bimport\s*(?:\*\s*as\s+)?([\w$]+|\{[^{}]*\})\s*from\s*(["'`]node:[\w/]+["'`]);?/g;
  return code.replace(imports, (_, names: string, module: string) => {
    const bound = names.replace(/([\w$]+)\s+as\s+/g, '$1:');
    return `const ${bound}=globalThis.process.getBuiltinModule(${module});`;
  });
}

/** The licence texts of every package whose code is in the bundle, by name. */
async function collectLicenses(output: readonly OutputBundle[string][]): Promise<string> {
  const folders = new Set<string>();
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue;
    for (const id of chunk.moduleIds) {
      const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const sections = await Promise.all([...folders].map(describePackage));
  return `${sections.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function describePackage(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `${name} ${version} (${license})${text}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(join(root, 'dist'));
