import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { type MadeImage, type MadeLayer, makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryRegistry, type MemoryRegistryOptions } from '../support/memory-registry.ts';
import { type Fault, times } from '../support/registry-faults.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { sendJson } from '../support/send-answer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
let big: MadeLayer;
let image: MadeImage;
/** What a sound layout gives. */
let expected: string;

const snapshot = (reference: string): Promise<VarveOutcome> => {
  const where = ['--name', 'app', '--cas-root', newPath('cas')];
  return runVarve(['snapshot', reference, ...where, '--format', 'json'], { impatient: true });
};
const digestIn = ({ stdout }: VarveOutcome): string => JSON.parse(stdout).snapshotDigest;

beforeAll(async () => {
  big = await makeLayer({ 'var/noise': randomBytes(3_000_000).toString('base64') });
  image = makeImage([big]);
  const layout = writeFolder(newPath('layout'), layoutFiles([image.descriptor], image.blobs));
  expected = digestIn(await snapshot(`oci:${layout}`));
});

async function pull(faults: readonly Fault[], auth?: MemoryRegistryOptions['auth']): Promise<VarveOutcome> {
  await using registry = await MemoryRegistry.start(auth && { auth });
  registry.put('v1', [image], image.blobs);
  registry.faults.push(...faults);
  return await snapshot(`docker://${registry.host}/app:v1`);
}

const atBig = (count: number, fault: (...args: Parameters<Fault>) => void): Fault =>
  times(count, new RegExp(`/blobs/${big.digest}`), fault);
const atManifest = (count: number, fault: (...args: Parameters<Fault>) => void): Fault =>
  times(count, /\/manifests\//, fault);

/** Sends a blob up to somewhere. @param end what then becomes of the connection. */
const stopsAt =
  (place: number, end: (response: ServerResponse) => void): ((...args: Parameters<Fault>) => void) =>
  (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'Content-Range': `bytes ${from}-${big.bytes.length - 1}/${big.bytes.length}` };
    response.writeHead(from === 0 ? 200 : 206, {
      ...(from > 0 && range),
      'Content-Length': big.bytes.length - from,
    });
    response.write(big.bytes.subarray(from, from + place), () => end(response));
  };

const unavailable = (_: unknown, response: ServerResponse) => sendJson(response, 503, {});
const later = (seconds: string) => (_: unknown, response: ServerResponse) => {
  response.setHeader('Retry-After', seconds);
  sendJson(response, 429, { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] });
};

describe('the built program and a registry with trouble', () => {
  it.each<[string, () => readonly Fault[], MemoryRegistryOptions['auth']?]>([
    [
      'cuts a blob off twice',
      () => [
        atBig(
          2,
          stopsAt(Math.floor(Math.random() * 2e6), (at) => at.destroy()),
        ),
      ],
    ],
    ['is unavailable, then well', () => [atManifest(2, unavailable), atBig(1, unavailable)]],
    ['asks to wait', () => [atManifest(1, later('1'))]],
    ['gives tokens for two requests', () => [], { kind: 'bearer', tokenUses: 2 }],
    [
      'has tokens run out where it cuts a blob off',
      () => [
        atBig(
          1,
          stopsAt(1_000_000, (response) => response.destroy()),
        ),
      ],
      { kind: 'bearer', tokenUses: 1 },
    ],
  ])('that %s: the snapshot that a layout gives', async (_, faults, auth) => {
    const outcome = await pull(faults(), auth);
    expect([outcome.status, outcome.stderr]).toEqual([0, '']);
    expect(digestIn(outcome)).toBe(expected);
  });

  it.each<[string, () => readonly Fault[], status: number, words: RegExp]>([
    [
      'sends wrong bytes',
      () => [atBig(9, (_, response) => response.writeHead(200).end(Buffer.from(big.bytes).fill(1, 5, 9)))],
      3,
      /^varve: digest-mismatch: |^varve: malformed: /,
    ],
    ['is unavailable for good', () => [atManifest(99, unavailable)], 4, /^varve: unreachable: .*503/],
    ['asks to wait a day', () => [atManifest(99, later('86400'))], 4, /^varve: unreachable: .*slow down/],
    [
      'never gets further',
      () => [
        atBig(
          99,
          stopsAt(0, (at) => at.destroy()),
        ),
      ],
      4,
      /^varve: unreachable: /,
    ],
  ])('that %s: a clear error', async (_, faults, status, words) => {
    const outcome = await pull(faults());
    expect([outcome.status, outcome.stdout]).toEqual([status, '']);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.stderr).not.toMatch(/\n {4}at /);
  });
});
