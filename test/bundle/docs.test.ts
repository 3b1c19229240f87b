import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS, settingsOf } from '../../src/entry/settings/catalogue.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const newPath = temporaryFolder();
const programs = newPath('bin');
let registry: MemoryRegistry;

beforeAll(async () => {
  await mkdir(programs);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(DIST, 'cli.js')}" "$@"\n`;
  await writeFile(join(programs, 'varve'), script);
  await chmod(join(programs, 'varve'), 0o755);
  registry = await MemoryRegistry.start();
  const image = makeImage([await makeLayer({ 'etc/motd': 'hello' })]);
  registry.put('v2', [image], image.blobs);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

/** A folder as the documents suppose: images to compare, and nothing else. */
async function newFolder(): Promise<string> {
  const folder = newPath('folder');
  const fixture = (name: string) => join(ROOT, '__fixtures__', name);
  await mkdir(join(folder, 'build'), { recursive: true });
  await cp(fixture('app-v1'), join(folder, 'old'), { recursive: true });
  await cp(fixture('app-v2'), join(folder, 'new'), { recursive: true });
  await cp(fixture('app-v2'), join(folder, 'build/image'), { recursive: true });
  await symlink(join(ROOT, '__fixtures__'), join(folder, '__fixtures__'));
  await mkdir(join(folder, 'evidence'));
  await writeFile(join(folder, 'evidence/sbom.json'), '{}');
  return folder;
}

function runScript(text: string, cwd: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-euc', text], {
      cwd,
      env: { PATH: `${programs}:${process.env.PATH}`, HOME: cwd, GIT_DIR: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

/** What needs an engine, a server, npm or jq runs in the live tests. */
const NEEDS_MORE = /(?:^|[\s|])(?:docker|npm|npx|jq) |postgres:/;

describe('every command in the documents', () => {
  const snippets = snippetsIn('sh').filter(({ text }) => !NEEDS_MORE.test(text));
  const documents = Map.groupBy(snippets, ({ place }) => place.split(':')[0]);

  it.each([...documents])('runs as it stands, one after the other: %s', async (_, ofDocument) => {
    const folder = await newFolder();
    for (const { place, text } of ofDocument) {
      const { status, output } = await runScript(text.replaceAll('localhost:5000', registry.host), folder);
      expect([place, status, output]).toEqual([place, 0, expect.any(String)]);
    }
  });

  it('is there', () => {
    expect(snippets.length).toBeGreaterThan(5);
  });
});

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** All steps of a snippet, be it a whole workflow, a job, or a list of steps. */
function stepsIn(yaml: unknown): Step[] {
  if (Array.isArray(yaml)) return yaml.flatMap((each) => (isObject(each) ? [each as Step] : []));
  if (!isObject(yaml)) return [];
  return Object.entries(yaml).flatMap(([key, value]) =>
    key === 'steps' ? stepsIn(value) : isObject(value) ? stepsIn(value) : [],
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('every workflow in the documents', () => {
  const inputs: readonly string[] = settingsOf('action');
  const snippets = snippetsIn('yaml').map((snippet) => ({ ...snippet, steps: stepsIn(parse(snippet.text)) }));

  it.each(snippets.filter(({ steps }) => steps.length > 0))(
    'gives inputs that there are, and pins others: $place',
    ({ steps }) => {
      for (const { uses, with: given = {} } of steps) {
        if (uses === undefined) continue;
        if (!uses.startsWith('varve-dev/varve@')) expect(uses).toMatch(/@[0-9a-f]{40}$/);
        else expect(inputs).toEqual(expect.arrayContaining(Object.keys(given)));
      }
    },
  );

  it.each(snippets.filter(({ text }) => /^(?:name|ignore):/m.test(text) && !text.includes('uses:')))(
    'names settings that there are: $place',
    ({ text }) => {
      expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(Object.keys(parse(text))));
    },
  );
});
