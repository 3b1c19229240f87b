import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/base/errors.ts';
import { OCI_MANIFEST } from '../../src/core/image/media-type.ts';
import { EXIT_STATUS } from '../../src/entry/exit-status.ts';
import { layoutFiles, named, oldDockerFiles, packFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryEngine } from '../support/memory-engine.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { AMD64, ARM64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { SELF_SIGNED } from '../support/self-signed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder()('work');
const at = (path: string): string => join(folder, path);
const archive = await packFiles(
  oldDockerFiles(makeImage([await makeLayer({ app: 'one' })]), ['shop/web:v1']),
);

let engine: MemoryEngine;
let open: MemoryRegistry;
let secured: MemoryRegistry;
let restricted: MemoryRegistry;

beforeAll(async () => {
  await writeImages();
  await writeFiles();
  engine = await MemoryEngine.start(at('engine.sock'));
  engine.images.push({
    names: ['shop/web:v1'],
    inspection: { Id: `sha256:${'a'.repeat(64)}` },
    archive,
  });
  open = await MemoryRegistry.start();
  const image = makeImage([await makeLayer({ app: 'one' })]);
  for (const tag of ['v1', 'v2']) open.manifests.keep('shop', tag, image.bytes, OCI_MANIFEST);
  secured = await MemoryRegistry.start({ tls: SELF_SIGNED });
  restricted = await MemoryRegistry.start({
    auth: { kind: 'basic', login: { username: 'ann', password: 'secret' } },
  });
  expect(await varve(['snapshot', 'oci:image', '--name', 'shop/web'])).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await Promise.all([engine, open, secured, restricted].map((server) => server[Symbol.asyncDispose]()));
});

async function writeImages(): Promise<void> {
  const common = await makeLayer({ 'etc/os-release': 'linux' });
  const one = makeImage([await makeLayer({ 'app/main': 'one' }), common]);
  const two = makeImage([await makeLayer({ 'app/main': 'two' }), common]);
  const v1 = { ...one.descriptor, ...named('shop/web:v1', 'v1') };
  const v2 = { ...two.descriptor, ...named('shop/web:v2', 'v2') };
  writeFolder(at('image'), layoutFiles([v1], one.blobs));
  writeFolder(at('image2'), layoutFiles([v2], two.blobs));
  writeFolder(at('several'), layoutFiles([v1, v2], [...one.blobs, ...two.blobs]));
  writeFolder(at('a:b/image'), layoutFiles([v1], one.blobs));
  writeFolder(at('partial'), layoutFiles([v1], one.blobs.slice(0, 1)));
  writeFolder(at('unfinished'), layoutFiles([], []));
  writeFolder(at('broken'), layoutFiles([], []));
  await writeFile(at('broken/index.json'), '{"schemaVersion": 2, "manifests": [');
  const pair = makeImage([await makeLayer({ 'etc/group': 'one', 'etc/passwd': 'two' })]);
  writeFolder(at('pair'), layoutFiles([pair.descriptor], pair.blobs));
  // Their diffIDs begin with the same four digits.
  const alike = makeImage([await makeLayer({ number: '000451' }), await makeLayer({ number: '000463' })]);
  writeFolder(at('twins'), layoutFiles([alike.descriptor], alike.blobs));
  writeIndexed(at('platforms'), [imageFor(AMD64, [common]), imageFor(ARM64, [common])]);
  writeIndexed(
    at('releases'),
    ['10.0.17763', '10.0.20348'].map((version) => {
      const platform = { os: 'windows', architecture: 'amd64', 'os.version': version };
      return makeImage([common], { config: platform, descriptor: { platform } });
    }),
  );
  writeIndexed(at('windows'), [imageFor({ os: 'windows', architecture: 'amd64' }, [common])]);
  const links = await packFiles([
    { name: 'bin', symlink: 'usr/bin' },
    { name: 'loop', symlink: 'loop' },
    { name: 'usr/bin/sh', bytes: Buffer.from('#!') },
  ]);
  const merged = makeImage([layerOf(links)]);
  writeFolder(at('usrmerge'), layoutFiles([merged.descriptor], merged.blobs));
}

async function writeFiles(): Promise<void> {
  await mkdir(at('empty'));
  await mkdir(at('context'));
  const dockerfile = 'FROM alpine:3.20\nRUN apk add curl\n';
  const files: Readonly<Record<string, string | Uint8Array>> = {
    Dockerfile: dockerfile,
    'context/Dockerfile': dockerfile,
    'context.tar': await packFiles([{ name: 'Dockerfile', bytes: Buffer.from(dockerfile) }]),
    'saved.tar': archive,
    'cut.tar': archive.subarray(0, 2000),
    'cut.tar.gz': gzipSync(archive).subarray(0, 200),
    'empty.tar': '',
    'empty.tar.gz': gzipSync(''),
    'image.zip': 'PK\u0003\u0004 and more of a ZIP',
    'broken.yml': 'name: [shop\n',
    'misspelled.yml': 'nmae: shop\n',
    'list.yml': '- name: shop\n',
    'nested.yml': 'name: {first: shop}\n',
    'huge.yml': 'x'.repeat(16_385),
    'metadata.json': '{}',
    'broken.json': '{"containerimage.digest": ',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(at(name), content);
}

/** Nothing leaves this machine: nobody listens there. */
const varve = (
  args: readonly string[],
  { env, stdin }: { env?: Readonly<Record<string, string>>; stdin?: Uint8Array } = {},
): Promise<VarveOutcome> =>
  runVarve(args, {
    cwd: folder,
    impatient: true,
    env: {
      ...{ DOCKER_HOST: 'unix:///nowhere/docker.sock', HTTPS_PROXY: 'http://127.0.0.1:1' },
      ...{ XDG_DATA_HOME: at('data'), ...env },
    },
    ...(stdin && { stdin }),
  });

/** What is known only when it runs, in place of the words that stand for it. */
function fill(text: string): string {
  const names: Readonly<Record<string, string>> = {
    OPEN: open.host,
    SECURED: secured.host,
    PRIVATE: restricted.host,
    HERE: folder,
  };
  return text.replace(/\b(?:OPEN|SECURED|PRIVATE|HERE)\b/g, (word) => names[word] ?? word);
}

/** A line that somebody types who means something else, and the answer. */
interface WrongUse {
  readonly use: string;
  readonly line: string;
  readonly answer: readonly string[];
  readonly status: number;
}

/**
 * Uses with their answers, as at a terminal; of an answer, causes are left out, which are the words of other programs.
 * People read these answers: whoever changes one reads it as somebody would who is tired.
 */
const TRANSCRIPT = readFileSync(new URL('../golden/wrong-uses.txt', import.meta.url), 'utf8');

/** By heading. */
function parseTranscript(text: string): [heading: string, uses: WrongUse[]][] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...blocks] = section.trimEnd().split('\n\n');
      return [heading, blocks.map(parseUse)];
    });
}

function parseUse(block: string): WrongUse {
  const lines = block.split('\n');
  const [use = '', line = ''] = lines;
  const status = Number(lines.at(-1)?.replace('exit ', ''));
  return { use: use.replace('# ', ''), line: line.replace('$ ', ''), answer: lines.slice(2, -1), status };
}

/** Runs a line as a shell would: variables, words, and a file on standard input. */
async function runLine(line: string): Promise<VarveOutcome> {
  const [command = '', input] = line.split(' < ');
  const words = command.split(' ');
  const start = words.indexOf('varve');
  const env = Object.fromEntries(
    words.slice(0, start).map((word) => /^([^=]+)=(.*)$/.exec(word)?.slice(1) ?? []),
  );
  const args = words.slice(start + 1).map((word) => (word === "''" ? '' : word));
  return varve(args, { env, ...(input !== undefined && { stdin: await readFile(at(input)) }) });
}

const SECTIONS = parseTranscript(TRANSCRIPT);

describe.each(SECTIONS)('%s', (_, uses) => {
  it.concurrent.each(uses)('$use: $line', async ({ line, answer, status }) => {
    const outcome = await runLine(fill(line));
    const told = outcome.stderr.split('\n').filter((each) => !each.startsWith('  cause: '));
    expect([...told, outcome.status]).toEqual([...answer.map(fill), '', status]);
  });

  it.each(uses)(
    '$use has an answer that says what is wrong, with what, and what to do',
    ({ answer, status }) => {
      expect(answer).toEqual([
        expect.stringMatching(/^varve: [a-z-]+: \S/),
        expect.stringMatching(/^ {2}hint: \S/),
      ]);
      const [, code = ''] = answer[0]?.split(': ') ?? [];
      expect(status).toBe(EXIT_STATUS[ERROR_CODES[code as ErrorCode][0]]);
      for (const line of answer) expect(line.length).toBeLessThan(250);
    },
  );
});

/** What an answer may be about that its line does not name. */
const UNNAMED = [
  'standard input',
  'layer 0',
  'unix:///nowhere/docker.sock',
  '--output',
  'BUILDKIT_SCAN_SOURCE is not set',
  'BUILDKIT_SCAN_DESTINATION is not set',
  'neither an image nor',
];

/** What an answer may be about: a part of the line, an argument that it lacks, or one of these. */
function objectsOf({ line, answer }: WrongUse): readonly string[] {
  const parts = line.split(/[\s=<@:/]+/).filter((part) => part.length > 1 && part !== 'varve');
  const lacking = (answer[1] ?? '').matchAll(/[<[]([a-z]+)[>\]]/g);
  return [...parts, ...[...lacking].map(([, name]) => `the ${name}`), ...UNNAMED];
}

it.each(SECTIONS.flatMap(([, uses]) => uses))('$use: the answer names what it is about', (wrong) => {
  const [first = ''] = wrong.answer;
  const message = first.replace(/^varve: [a-z-]+: /, '');
  expect(
    objectsOf(wrong).filter((object) => message.includes(object)),
    message,
  ).not.toEqual([]);
});

it('are sixty at least, and none twice', () => {
  const lines = SECTIONS.flatMap(([, uses]) => uses.map(({ line }) => line));
  expect(lines.length).toBeGreaterThanOrEqual(60);
  expect(new Set(lines).size).toBe(lines.length);
});

it('a store that may not be written', async () => {
  const { status, stderr } = await varve([
    'snapshot',
    'oci:image',
    '--name',
    'shop',
    '--cas-root',
    '/sys/varve',
  ]);
  expect(status).toBe(4);
  expect(stderr).toMatch(
    /^varve: store-unwritable: cannot write \/sys\/varve \(E\w+\)\n.*\n {2}hint: .*choose a/,
  );
});

it('a group of commands without one of them is answered with its help', async () => {
  const { status, stdout, stderr } = await varve(['layer']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('ls <image> <layer>');
});

it.each(['oci://127.0.0.1:1/base', 'postgres://ci@127.0.0.1:1/varve'])(
  'a baseline that cannot be reached does not end a run: %s',
  async (baseline) => {
    const { status, stdout, stderr } = await varve([
      'snapshot',
      'oci:image',
      '--name',
      'shop',
      '--baseline',
      baseline,
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const told = stdout.replace(/\s+/g, ' ');
    expect(told).toMatch(
      /the baseline in \S+ cannot be used \(.* cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:1/,
    );
  },
);

describe('a path below a link', () => {
  it('is followed, and that is said', async () => {
    const listed = await varve(['tree', 'oci:usrmerge', 'bin/sh']);
    expect(listed).toMatchObject({ status: 0, stderr: 'varve: bin is a link to usr/bin\n' });
    expect(listed.stdout).toMatch(/^.* usr\/bin\/sh\n$/);
  });

  it('is told where it leads nowhere', async () => {
    const { status, stderr } = await varve(['tree', 'oci:usrmerge', 'bin/hs']);
    expect(status).toBe(2);
    expect(stderr).toBe(
      'varve: path-not-found: oci:usrmerge has no bin/hs\n  hint: did you mean usr/bin/sh?\n',
    );
  });

  it('goes in circles where its links do', async () => {
    const { status, stderr } = await varve(['tree', 'oci:usrmerge', 'loop/x']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('the links on the way to it go in circles'),
    ]);
  });
});
