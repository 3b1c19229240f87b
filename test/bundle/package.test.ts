import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const newFolder = temporaryFolder();

/** What a module imports, at its start and on demand. */
function importsOf(code: string): string[] {
  const found: string[] = [];
  JSON.stringify(parseAst(code), (_, node) => {
    const isImport = /^(Import(Declaration|Expression)|Export(Named|All)Declaration)$/.test(node?.type);
    if (isImport && node.source) found.push(node.source.value ?? node.source.quasis?.[0].value.cooked);
    return typeof node === 'bigint' ? null : node;
  });
  return found;
}

const list = (folder: string, names: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => names.test(file))
    .map((file) => join(folder, file));

describe('the package', () => {
  it('depends on no other', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      expect(manifest).not.toHaveProperty(kind);
    const dist = join(ROOT, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(js|d\.ts)$/.test(file),
    );
    const imported = files.flatMap((file) => {
      const text = readFileSync(join(dist, file), 'utf8');
      if (file.endsWith('.js')) return importsOf(text);
      return [...text.matchAll(/\b(?:from|import\() ?['"]([^'"]+)/g)].map(([, name = '']) => name);
    });
    expect(imported.length).toBeGreaterThan(files.length);
    expect(imported.filter((name) => !name.startsWith('.') && !isBuiltin(name))).toEqual([]);
  });

  it('carries the license of everything that it bundles', () => {
    const sections = readFileSync(join(ROOT, 'dist/licenses.txt'), 'utf8').split(`\n\n${'-'.repeat(80)}\n\n`);
    const grant =
      /Permission is hereby granted|Permission to use, copy|Apache License|Blue Oak Model License/;
    expect(sections.length).toBeGreaterThan(30);
    expect(sections.filter((text) => !grant.test(text)).map((text) => text.split('\n')[0])).toEqual([]);
  });

  it('is not followed by tests, fixtures and sources where a workflow uses it', async () => {
    const repository = newFolder('repository');
    await run('git', ['init', '--quiet', repository]);
    cpSync(join(ROOT, '.gitattributes'), join(repository, '.gitattributes'));
    const names = readdirSync(ROOT).filter((name) => name !== '.git' && name !== 'node_modules');
    const { stdout } = await run('git', ['check-attr', 'export-ignore', '--', ...names], { cwd: repository });
    const downloaded = names.filter((name) => stdout.includes(`${name}: export-ignore: unspecified`));
    expect(downloaded).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'action.yml',
      'comment',
      'dist',
      'docs',
      'package.json',
    ]);
  });

  it('shows workflows whose actions are pinned and whose checkouts keep no credentials', () => {
    const documents = [
      'README.md',
      'SECURITY.md',
      ...list('docs', /\.md$/),
      ...list('.github/workflows', /\.yml$/),
    ];
    const text = documents.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const used = [...text.matchAll(/^[ -]*uses: *(.+)$/gm)].map(([, action = '']) => action);
    expect(used.length).toBeGreaterThan(3);
    const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(
      used.filter(
        (action) => !/^(?:varve-dev\/varve(?:\/comment)?@|\.\/)/.test(action) && !pinned.test(action),
      ),
    ).toEqual([]);
    const checkouts = [...text.matchAll(/uses: actions\/checkout@.*\n(.*\n.*)/g)].map(
      ([, next = '']) => next,
    );
    for (const next of checkouts) expect(next).toMatch(/with:[\s{]+persist-credentials: false/);
  });

  it('has a command that runs where it lies', async () => {
    const { stdout } = await run(join(ROOT, 'dist/cli.js'), ['--version']);
    expect(stdout).toMatch(/^varve \d/);
  });

  it('installs itself and nothing else', async () => {
    const project = newFolder('project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', project],
      { cwd: ROOT },
    );
    const [{ filename }] = JSON.parse(stdout);
    await run('npm', ['install', '--offline', '--no-audit', join(project, filename)], { cwd: project });
    const modules = join(project, 'node_modules');
    expect(readdirSync(modules).sort()).toEqual(['.bin', '.package-lock.json', 'varve']);
    expect(readdirSync(join(modules, '.bin'))).toEqual(['varve']);
    const { stdout: said } = await run(join(modules, '.bin/varve'), ['--version']);
    expect(said).toMatch(/^varve \d/);
    const script = "import('varve').then(({ snapshot }) => console.log(typeof snapshot))";
    const { stdout: type } = await run(process.execPath, ['--eval', script], { cwd: project });
    expect(type).toBe('function\n');
  });
});
