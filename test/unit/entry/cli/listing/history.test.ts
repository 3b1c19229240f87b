import { expect, test } from 'vitest';
import { digestOf } from '../../../../../src/base/digest.ts';
import type { HistoryRow } from '../../../../../src/core/history/history.ts';
import { HISTORY_SCHEMA } from '../../../../../src/core/history/history.ts';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import { renderHistory } from '../../../../../src/entry/cli/listing/history.ts';

function row(day: number, size: number | null, facts: Partial<HistoryRow['entry']> = {}): HistoryRow {
  return {
    layers: size === null ? null : 4,
    size: size === null ? null : { compressedSize: size, uncompressedSize: 3 * size },
    entry: {
      schema: HISTORY_SCHEMA,
      tenant: 'default',
      name: 'shop/web',
      platform: { os: 'linux', architecture: 'amd64' },
      time: `2026-01-0${day}T12:30:15.123Z`,
      snapshotDigest: digestOf(`snapshot ${day}`),
      surfaceManifestDigest: digestOf(`surface ${day}`),
      reference: 'oci:image',
      commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      branch: 'main',
      pullRequest: null,
      scanId: 'scan',
      ...facts,
    },
  };
}

const render = (...rows: HistoryRow[]): string[] =>
  renderHistory(rows, { width: 120, palette: PLAIN }).split('\n');

test('newest first, each against the one before it', () => {
  const lines = render(
    row(3, 257_300_000),
    row(2, 245_000_000, { branch: null, pullRequest: 12 }),
    row(1, 245_000_000, { commit: null }),
  );
  const short = (day: number): string => digestOf(`snapshot ${day}`).slice('sha256:'.length, 19);
  expect(lines).toEqual([
    '    taken (UTC)       commit        branch  snapshot      layers    size    change',
    `~0  2026-01-03 12:30  1a2b3c4d5e6f  main    ${short(3)}       4  257 MB  +12.3 MB`,
    `~1  2026-01-02 12:30  1a2b3c4d5e6f  #12     ${short(2)}       4  245 MB      ±0 B`,
    `~2  2026-01-01 12:30                main    ${short(1)}       4  245 MB`,
    '',
  ]);
});

test('sizes are uncompressed, and said to be so, where those of the blobs are not known', () => {
  const unknown = { ...row(1, 90), size: { compressedSize: null, uncompressedSize: 270 } };
  const lines = render(row(2, 100), unknown);
  expect(lines[0]).toMatch(/layers {2}uncompressed {2}change$/);
  expect(lines.slice(1, 3).map((line) => line.trim().split(/ {2,}/).slice(6))).toEqual([
    ['300 B', '+30 B'],
    ['270 B'],
  ]);
});

test.each([40, 80])('%d columns hold each row', (width) => {
  const arm = { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } };
  const long = { branch: 'renovate/lock-file-maintenance-of-everything' };
  const text = renderHistory([row(4, 20, arm), row(3, 100_000, long), row(2, 15, arm), row(1, 90)], {
    ...{ width, palette: PLAIN },
  });
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  expect(text).toMatch(/ 100 kB {2}\+99\.9 kB$/m);
});

test('a size that grew is warned of, one that shrank is good, and one that stayed is no matter', () => {
  const paints = { ...PLAIN, warning: (text: string) => `<${text}>`, good: (text: string) => `(${text})` };
  const muted = (text: string) => `[${text}]`;
  const rows = [row(4, 30), row(3, 20), row(2, 25), row(1, 25)];
  const lines = renderHistory(rows, { width: 120, palette: { ...paints, muted } }).split('\n');
  const changes = lines.slice(1, 4).map((line) => /[<([][^<([]*B[>)\]]$/.exec(line)?.[0].replaceAll(' ', ''));
  expect(changes).toEqual(['<+10B>', '(−5B)', '[±0B]']);
});

test('platforms are told apart where there are several, and sizes compared within each', () => {
  const arm = { platform: { os: 'linux', architecture: 'arm64' } };
  const lines = render(row(4, 20, arm), row(3, 100), row(2, 15, arm), row(1, 90));
  expect(lines.slice(1, 5).map((line) => /linux\/\S+|\S+ B$/g[Symbol.match](line))).toEqual([
    ['linux/arm64', '+5 B'],
    ['linux/amd64', '+10 B'],
    ['linux/arm64', '15 B'],
    ['linux/amd64', '90 B'],
  ]);
});

test('a snapshot whose document is gone keeps its line', () => {
  expect(render(row(2, null), row(1, 90))[1]).toMatch(/^~0 {2}2026-01-02 .* {2}[0-9a-f]{12}$/);
});

test('no entry says so', () => {
  expect(render()).toEqual(['no snapshots', '']);
});

test('hostile branches and commits stay in their cells', () => {
  const lines = render(row(1, 5, { branch: 'x\n::error::\u001b[2J', commit: '\u202e\u0007' }));
  expect(lines.length).toBe(3);
  expect(lines[1]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
