import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../src/base/compression/decode.ts';
import { VarveError } from '../../src/base/errors.ts';
import { readRange } from '../../src/base/file-range.ts';
import { sampleBytes } from '../support/compressed-streams.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { attempt, run } from './support/program.ts';

const ENGINES = ['native', 'public'] as const;
let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  await ensurePackages('gzip', 'pigz', 'zstd', 'isal');
  folder = mkdtempSync(join(tmpdir(), 'varve-decompression-'));
  // 16 MB of programs, with what repeats only far away, for long windows to find.
  await run('tar', ['--create', '--file', at('programs'), '--directory', '/usr', 'bin']);
  await run('sh', ['-c', `cd ${folder} && { head -c 8M programs; head -c 8M programs; } > content`]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function digestOfDecoded(path: string, engine: 'native' | 'public'): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of decode(readRange(path), { object: path, engine })) hash.update(chunk);
  return hash.digest('hex');
}

async function digestByProgram(path: string, program: string): Promise<string> {
  const line = await run('bash', ['-o', 'pipefail', '-c', `${program} < ${path} | sha256sum`]);
  return line.slice(0, 64);
}

describe.each([
  ['gzip -1', 'gzip -dc'],
  ['gzip -9', 'gzip -dc'],
  ['pigz -p 4', 'gzip -dc'],
  ['pigz --independent -b 128', 'gzip -dc'],
  ['igzip -3', 'gzip -dc'],
  ['split --bytes=1M --filter="gzip -6"', 'gzip -dc'],
  ['zstd -1', 'zstd -dc'],
  ['zstd -19 --long=27', 'zstd -dc'],
  ['zstd -3 --check -T4 -B1M', 'zstd -dc'],
  ['zstd -3 --no-check', 'zstd -dc'],
  ['zstd --fast=5 --rsyncable', 'zstd -dc'],
  ['zstd --ultra -22', 'zstd -dc'],
  ['pzstd -p 4 -3 -c', 'zstd -dc'],
  ['split --bytes=200K --filter="zstd -3"', 'zstd -dc'],
])('what `%s` compressed', (compress, decompress) => {
  it(`decodes as \`${decompress}\` does`, async () => {
    await run('bash', ['-o', 'pipefail', '-c', `${compress} < ${at('content')} > ${at('stream')}`]);
    const expected = await digestByProgram(at('stream'), decompress);
    expect(expected).toBe(await digestByProgram(at('content'), 'cat'));
    for (const engine of ENGINES)
      expect([engine, await digestOfDecoded(at('stream'), engine)]).toEqual([engine, expected]);
  });
});

describe('a damaged stream', () => {
  /** What a program makes of bytes, or null when it refuses them. */
  async function byProgram(program: string, bytes: Uint8Array): Promise<string | null> {
    writeFileSync(at('damaged'), bytes);
    const { status } = await attempt(program, ['-dc'], { stdin: at('damaged'), stdout: at('output') });
    return status === 0 ? digestByProgram(at('output'), 'cat') : null;
  }

  async function byUs(bytes: Uint8Array, format: 'gzip' | 'zstd'): Promise<string | null> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of decode([bytes], { object: 'damaged', format })) hash.update(chunk);
      return hash.digest('hex');
    } catch (fault) {
      if (fault instanceof VarveError && fault.kind === 'bytes') return null;
      throw fault;
    }
  }

  it.each([
    ['gzip', 'gzip -6'],
    ['gzip', 'split --bytes=1500 --filter="gzip -6"'],
    ['zstd', 'zstd -3 --check'],
    ['zstd', 'split --bytes=1500 --filter="zstd -3 --check"'],
  ] as const)('is refused just where `%s -dc` refuses it (made by `%s`)', async (format, compress) => {
    writeFileSync(at('small'), sampleBytes(6000));
    await run('bash', ['-o', 'pipefail', '-c', `${compress} < ${at('small')} > ${at('stream')}`]);
    const stream = Buffer.concat([...readRange(at('stream'))].map((chunk) => Buffer.from(chunk)));
    for (let i = 0; i < 250; i++) {
      const damaged = Buffer.from(stream);
      // Most of the damage goes where the structure is.
      const place = i % 2 === 0 ? Math.imul(i, 2_654_435_761) >>> 0 : i >> 1;
      damaged[place % damaged.length] = (damaged[place % damaged.length] ?? 0) ^ (1 << (i % 8));
      expect([i, await byUs(damaged, format)]).toEqual([i, await byProgram(format, damaged)]);
    }
  });
});

it('a stream cut off is refused, as gzip and zstd do', async () => {
  for (const program of ['gzip', 'zstd']) {
    await run('sh', ['-c', `${program} -3 < ${at('content')} | head --bytes 500K > ${at('stream')}`]);
    expect((await attempt(program, ['-dc'], { stdin: at('stream'), stdout: '/dev/null' })).status).not.toBe(
      0,
    );
    for (const engine of ENGINES) {
      await expect(digestOfDecoded(at('stream'), engine)).rejects.toMatchObject({
        code: 'truncated',
        object: at('stream'),
      });
    }
  }
});

it('a zstd window over 128 MiB is refused, as zstd does without --long', async () => {
  await run('sh', ['-c', `cat ${at('content')} | zstd -1 --long=28 > ${at('stream')}`]);
  expect((await attempt('zstd', ['-dc'], { stdin: at('stream'), stdout: '/dev/null' })).status).not.toBe(0);
  for (const engine of ENGINES) {
    await expect(digestOfDecoded(at('stream'), engine)).rejects.toMatchObject({ code: 'unsupported' });
  }
});
