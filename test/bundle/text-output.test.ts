import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/base/digest.ts';
import { widthOf } from '../../src/core/report/text/widths.ts';
import { blobName } from '../support/image-forms.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const GOLDEN = join(import.meta.dirname, '../golden/cli');
const newFolder = temporaryFolder();

const RUN = ['--name', 'shop', '--baseline', 'dir:store'];
const PLATFORMS = ['--name', 'tool', '--platform', 'all', '--baseline', 'dir:store'];
const COMMIT = ['--branch', 'main', '--commit', '1a2b3c4d5e6f'.padEnd(40, '0')];
const [V1, AGAIN, V2] = ['oci:app-v1:shop:v1', 'oci:app-v1-rebuilt:shop:v1', 'oci:app-v2:shop:v2'];
const STORE = ['--cas-root', 'store'];
const FILES = [
  ...['--report-path', 'report.md', '--result-path', 'result.json'],
  ...['--comparison-path', 'comparison.json', '--pointer-path', 'pointer.json'],
];

/** What stands for a registry; its address is as long. */
const REGISTRY = '127.0.0.1:50000';

/** Every text that the program prints for people, one call after the other in one folder. */
const CALLS: readonly (readonly string[])[] = [
  ['compare', V1, V2],
  ['compare', V1, V1],
  ['compare', V1, AGAIN],
  ['compare', 'oci:forms/gzip:forms:1', 'oci:forms/zstd:forms:1'],
  ['compare', 'docker-archive:forms/engine-20.tar:forms:1', 'docker-archive:forms/engine-20.tar:forms:2'],
  ['snapshot', V1, '--baseline', 'none'],
  ['snapshot', V1, ...RUN],
  ['snapshot', V1, ...RUN],
  ['snapshot', AGAIN, ...RUN],
  ['snapshot', V2, ...RUN, ...COMMIT],
  ['snapshot', 'oci:multi-platform', ...PLATFORMS],
  ['snapshot', 'oci:multi-platform', ...PLATFORMS],
  ['history', 'shop', ...STORE],
  ['history', 'tool', '--platform', 'linux/arm64', ...STORE],
  ['history', 'nosuch', ...STORE],
  ['tree', V1, 'app/src'],
  ['tree', V1, 'nosuch'],
  ['layer', 'ls', V1, '3'],
  ['check', V2],
  ['check', 'oci:multi-platform', '--platform', 'linux/arm64'],
  ['inspect', V2],
  ['inspect', 'oci:multi-platform', '--platform', 'linux/arm64'],
  ['history', ...STORE],
  ['surface', 'list', '--kind', 'image.config', ...STORE],
  ['surface', 'verify', ...STORE],
  ['surface', 'put', 'folder/sbom.json', 'runtime.events', '--expires', '2020-01-01T00:00:00Z', ...STORE],
  ['surface', 'stats', ...STORE],
  ['surface', 'gc', ...STORE],
  ['surface', 'gc', '--delete', ...STORE],
  ['surface', 'gc', '--delete', ...STORE],
  ['verify', 'dir:store'],
  ['ci', V1, '--name', 'ci', '--baseline', 'dir:store', ...FILES],
  ['ci', V2, '--name', 'ci', '--baseline', 'dir:store', ...FILES],
  ['history', 'ci', ...STORE],
  ['kit', 'plan', '--name', 'shop', ...STORE],
  ['kit', 'export', 'kit.tar', '--name', 'shop', '--name', 'tool', ...STORE],
  ['kit', 'ls', 'kit.tar'],
  ['kit', 'import', 'kit.tar', '--cas-root', 'far'],
  ['verify', 'kit.tar'],
  ['artifact', 'package', 'folder', '--output', 'oci:packed:v1'],
  ['artifact', 'unpack', 'oci:packed:v1', 'unpacked'],
  ['artifact', 'push', 'folder', `oci://${REGISTRY}/notes:v1`],
  ['artifact', 'pull', `oci://${REGISTRY}/notes:v1`, 'pulled'],
  ['buildkit-scan'],
  ['snapshot', 'oci:damaged', '--platform', 'all', '--baseline', 'none', '--cas-root', 'other'],
  ['compare', V1, V2, '-v'],
  ['compare', V1, V2, '-q'],
  ['history', '--layer', 'sha256:41eca0d83acc', ...STORE],
  ['verify', 'pointer.json', ...STORE],
  ['version'],
  ['--help'],
  ['help', 'history'],
  ['completion', 'bash'],
];

/** Days, minutes, ages and owners are those of the run. Lines in a low voice that follow each other become one text. */
const withoutClock = (text: string): string =>
  text
    .replaceAll('\u001b[39m\n\u001b[90m', '\n')
    .replaceAll(/(?<=^|m)compared with\s(?:commit|snapshot|dir)[^(]*\([^)]*\)$/gm, (sentence) =>
      sentence.replaceAll(/\s+/g, ' ').replace(/, \d+ (second|minute)s? older/, ''),
    )
    .replaceAll(/\s\(\d+ (second|minute)s? older\)/g, '')
    .replaceAll(/(?<!\d)20\d\d-\d\d-\d\d \d\d:\d\d(?!:)/g, '2026-01-31 12:00')
    .replaceAll(/(?<!\d)20\d\d-\d\d-\d\d(?=$| {2}|\u001b)/gm, '2026-01-31')
    .replaceAll(/\(Node\.js [\d.]+, \w+ \w+\)/g, '(Node.js 24.1.0, linux x64)')
    // Of a folder on this machine, whose owner and modes count.
    .replaceAll(/(?<=listed in sha256:)\w+/g, '0123456789abcdef'.repeat(4))
    .replaceAll(/until 20\d\d-\d\d-\d\d/g, 'until 2026-03-02');

/** An image for several platforms, and a copy of it with a damaged layer of one. */
function damageOne(image: string, copy: string): void {
  cpSync(image, copy, { recursive: true });
  const read = (digest: Digest) => JSON.parse(readFileSync(join(copy, blobName(digest)), 'utf8'));
  const [outer] = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8')).manifests;
  const layers = read(read(outer.digest).manifests[1].digest).layers;
  const { digest, size } = layers.at(-1);
  writeFileSync(join(copy, blobName(digest)), Buffer.alloc(size));
}

/** A script for a shell is long, and is tested by shells. */
const HEAD_ONLY = /^completion /;

/** All calls with what they print, as on one terminal. */
async function transcript(width: number, color: boolean): Promise<string> {
  const cwd = newFolder();
  mkdirSync(cwd);
  for (const name of ['app-v1', 'app-v1-rebuilt', 'app-v2', 'forms', 'multi-platform']) {
    symlinkSync(join(FIXTURES, name), join(cwd, name));
  }
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'folder/sbom.json'), '{}');
  mkdirSync(join(cwd, 'scanned'));
  damageOne(join(FIXTURES, 'multi-platform'), join(cwd, 'damaged'));
  await using registry = await MemoryRegistry.start();
  const env = {
    ...{ COLUMNS: String(width), FORCE_COLOR: color ? '1' : '0', XDG_DATA_HOME: cwd },
    ...{ BUILDKIT_SCAN_SOURCE: 'folder', BUILDKIT_SCAN_DESTINATION: 'scanned' },
  };
  const told: string[] = [];
  const call = async (args: readonly string[]): Promise<void> => {
    const line = args.join(' ');
    const words = args.map((word) => word.replace(REGISTRY, registry.host));
    const { status, stdout, stderr } = await runVarve(words, { cwd, env });
    const result = HEAD_ONLY.test(line) ? `${stdout.slice(0, stdout.indexOf('\n'))}\n…\n` : stdout;
    const end = status === 0 ? '' : `exit status ${status}\n`;
    told.push(`$ varve ${line}\n${result}${stderr}${end}`.replaceAll(registry.host, REGISTRY));
  };
  for (const args of CALLS) await call(args);
  const payloads = join(cwd, 'store/scanner/surface/payloads/tenants/default');
  rmSync(join(payloads, 'image.config'), { recursive: true });
  await call(['surface', 'verify', ...STORE]);
  rmSync(join(payloads, 'layer.files'), { recursive: true });
  await call(['compare', 'history:shop~1', 'history:shop', '--baseline', 'dir:store']);
  return withoutClock(told.join('\n'));
}

// Rewritten by UPDATE_GOLDEN=1 alone; what changes is then reviewed like code.
function expectGolden(file: string, text: string): void {
  const path = join(GOLDEN, file);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** Lists of paths are never cut, nor are errors, whole digests and the one line that a quiet call prints. */
const WIDE =
  /^\$ varve (?:tree|layer ls|(?:surface )?verify|surface put|history nosuch|artifact|buildkit-scan|snapshot oci:damaged|.* -q$)/;
/** What `withoutClock` puts into one line, and lines of help that are there to be copied. */
const WHOLE = /^compared with .*\)$|^ {2}varve |^Usage: varve |^ {7}varve </;

describe.concurrent('what the command line prints', () => {
  test.each([40, 80, 120])('in %d columns, in color and plain', async (width) => {
    const painted = await transcript(width, true);
    expectGolden(`${width}.ansi`, painted);
    expectGolden(`${width}.txt`, stripVTControlCharacters(painted));
    const parts = stripVTControlCharacters(painted).split(/\n(?=\$ varve )/);
    for (const [call, ...lines] of parts.map((part) => part.split('\n'))) {
      if (!WIDE.test(call ?? ''))
        for (const line of lines.filter((each) => !WHOLE.test(each)))
          expect(widthOf(line), line).toBeLessThanOrEqual(width);
      if (call === `$ varve compare ${V1} ${AGAIN}` && width === 120)
        expect(lines.filter((line) => line !== '')).toHaveLength(3);
    }
  });

  test('without color', async () => {
    expectGolden('80.txt', await transcript(80, false));
  });
});
