import { describe, expect, test } from 'vitest';
import type { AttentionItem } from '../../../../src/core/attention/attention.ts';
import type { Comparison } from '../../../../src/core/comparison/comparison.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { plainText } from '../../../../src/core/report/plain-text.ts';
import type { ReportedImage, RunRemarks } from '../../../../src/core/report/report.ts';
import { tellUpstream } from '../../../../src/core/report/upstream.ts';
import { signOfReport, tellVerdict } from '../../../../src/core/report/verdict.ts';
import { tellYours } from '../../../../src/core/report/yours.ts';
import {
  addedFile,
  BASELINE,
  makeComparison,
  makeImage,
  makeSnapshot,
  modifiedFile,
  type Row,
  removedFile,
  withAttention,
} from '../../../support/report-makers.ts';

const BASE: readonly Row[] = [
  { status: 'unchanged', step: 'base 1', size: 10_000_000 },
  { status: 'unchanged', step: 'base 2', size: 20_000_000 },
];
const kept = (step: string): Row => ({ status: 'unchanged', step, size: 1_000_000 });
const rebuilt = (step: string, cause: NonNullable<Row['cause']>, sizeBefore = 1_000_000): Row => ({
  ...{ status: 'rebuilt', cause, step, size: 1_000_000, sizeBefore },
});

const NOTHING: RunRemarks = { gone: [], absent: [], failures: [], notes: [] };

const verdict = (image: ReportedImage, run: Partial<RunRemarks> = {}): string => {
  const report = makeReport([image], { ...NOTHING, ...run });
  return `${signOfReport(report)} ${plainText(tellVerdict(report))}`;
};

const incomplete = (comparison: Comparison): Comparison => ({
  ...comparison,
  changed: true,
  sections: { uncompared: { count: 1, items: [{ what: 'files', why: 'lost', side: 'base', layer: 1 }] } },
});

const unverified = (comparison: Comparison): ReportedImage =>
  makeImage(comparison, { change: { comparison, baseline: { ...BASELINE, unverified: true } } });

describe('the first line of a page', () => {
  const edited = makeComparison(
    [...BASE, rebuilt('COPY a', 'content', 400_000), rebuilt('RUN b', 'timestamps')],
    [addedFile('a', 2)],
  );

  test.each<[string, ReportedImage, Partial<RunRemarks>?]>([
    ['✅ no change', makeImage(makeComparison(BASE))],
    ['✅ +240 kB: 1 of 4 layers changed', makeImage(edited)],
    [
      '✅ 1 layer removed',
      makeImage(
        makeComparison([...BASE, { status: 'removed', step: 'COPY a', size: 1 }], [removedFile('a', null)]),
      ),
    ],
    [
      '✅ 1 layer moved, 1 file changed',
      makeImage(
        makeComparison(
          [...BASE, { status: 'moved', step: 'COPY a', size: 1 }],
          [modifiedFile('a', 2, ['content'], {}, {})],
        ),
      ),
    ],
    [
      '✅ 2 config changes',
      makeImage(
        makeComparison(
          BASE,
          [],
          [
            { path: '/config/User', base: null, target: 'node' },
            { path: '/config/WorkingDir', base: '/', target: '/app' },
          ],
        ),
      ),
    ],
    [
      '✅ nothing differs but timestamps: 800 kB pulled again',
      makeImage(makeComparison([...BASE, rebuilt('RUN a', 'timestamps'), rebuilt('RUN b', 'timestamps')])),
    ],
    [
      '⚠️ needs attention: 1 of 3 layers changed',
      makeImage(
        makeComparison([...BASE, rebuilt('COPY a', 'content')], [addedFile('a', 2, { mode: '4755' })]),
      ),
    ],
    ['❓ not compared in full: files not compared', makeImage(incomplete(makeComparison(BASE)))],
    ['❓ +240 kB: 1 of 4 layers changed, files not compared', makeImage(incomplete(edited))],
    ['❓ baseline unverified: no difference found', unverified({ ...makeComparison(BASE), changed: null })],
    ['❓ baseline unverified: +240 kB: 1 of 4 layers changed', unverified(edited)],
    [
      '🆕 first snapshot: 2 layers, 12.0 MB',
      makeImage(null, { snapshot: makeSnapshot(BASE), keptIn: 'dir:.varve' }),
    ],
    ['🆕 nothing to compare with: 2 layers, 12.0 MB', makeImage(null, { snapshot: makeSnapshot(BASE) })],
    [
      '❌ 2 platforms: linux/amd64 unchanged, linux/arm64 failed',
      makeImage(makeComparison(BASE)),
      { failures: [{ platform: { os: 'linux', architecture: 'arm64' }, problem: 'damaged' }] },
    ],
    [
      '⚠️ needs attention, 1 platform: linux/amd64 unchanged, linux/386 gone',
      makeImage(makeComparison(BASE)),
      { gone: [{ os: 'linux', architecture: '386' }] },
    ],
  ])('is %s', (told, image, run) => {
    expect(verdict(image, run)).toBe(told);
  });
});

describe('where the base image is known', () => {
  const image = (name: string, layers = 2, digest: string | null = `sha256:${name}`) => ({
    name,
    digest,
    layers,
  });
  const own = [kept('WORKDIR /app'), kept('COPY a'), kept('RUN b')];
  const bumpedRows: readonly Row[] = [
    rebuilt('base 1', 'content', 2_000_000),
    { status: 'removed', step: 'base 2', size: 1_000_000 },
  ];
  const onTop = own.map(({ step }) => rebuilt(step, 'timestamps'));
  const upstream = [modifiedFile('etc/os-release', 0, ['content'], {}, {}), removedFile('etc/motd', null)];
  const bumped = { before: image('node:22.11', 2), after: image('node:22.12', 1) };

  const told = (rows: readonly Row[], files: typeof upstream, baseImage: ReportedImage['baseImage']) => {
    const reported = makeImage(makeComparison(rows, files), { ...(baseImage && { baseImage }) });
    const report = makeReport([reported]);
    const [first] = report.images;
    if (first === undefined) throw new Error('there is one');
    const [upstreams, yours] = [tellUpstream(first), tellYours(first)];
    return {
      verdict: verdict(reported),
      upstream: upstreams && plainText(upstreams),
      yours: yours && plainText(yours),
      advice: (first.change?.advice ?? []).map((each) => plainText(each)),
      page: renderMarkdown(report),
    };
  };

  test('a bump alone is one sentence, and nothing that the author did', () => {
    const said = told([...bumpedRows, ...onTop], upstream, bumped);
    expect(said).toMatchObject({
      verdict: '✅ −800 kB: base image only',
      upstream: 'Upstream node:22.11 → node:22.12: −800 kB, 2 files differ.',
      yours: 'Yours: no file changed; 3 layers rebuilt on top. Hosts pull all of it, 1.60 MB.',
    });
    expect(said.advice).toEqual([expect.stringMatching(/^3 layers hold the same files as before/)]);
    expect(said.page).toContain('| 0 | **base image** | 400&nbsp;kB<br>−800&nbsp;kB |');
    expect(said.page).not.toContain('`base 1`<br>');
  });

  test('what the author changed on top of a bump is apart from it', () => {
    const rows = [
      ...bumpedRows,
      kept('WORKDIR /app'),
      rebuilt('COPY a', 'content', 500_000),
      rebuilt('RUN b', 'order'),
    ];
    const files = [...upstream, addedFile('app/a', 2), addedFile('app/b', 2), removedFile('app/c', 2)];
    expect(told(rows, files, bumped)).toMatchObject({
      verdict: '✅ −600 kB: new base image, you changed 1 of 4 layers',
      upstream: 'Upstream node:22.11 → node:22.12: −800 kB, 2 files differ.',
      yours:
        'Yours: `COPY a`: 2 files added, 1 removed; 1 more layer rebuilt on top. Hosts pull 1.20 MB; the image is 1.60 MB.',
    });
    const more = [...files, addedFile('app/d', 3), addedFile('app/e', 1)];
    const all = [...bumpedRows, ...own.map(({ step }) => rebuilt(step, 'content'))];
    expect(told(all, more, bumped).yours).toBe(
      'Yours: `WORKDIR /app`, `COPY a` and 1 more layer changed. Hosts pull all of it, 1.60 MB.',
    );
  });

  test('without a bump the change is yours, and upstream is not spoken of', () => {
    const rows = [...BASE, kept('WORKDIR /app'), rebuilt('COPY a', 'content', 500_000)];
    const files = [addedFile('app/a', 3), modifiedFile('app/b', 3, ['content'], {}, {})];
    const same = { before: image('node:22'), after: image('node:22') };
    expect(told(rows, files, same)).toMatchObject({
      verdict: '✅ +200 kB: you changed 1 of 4 layers',
      upstream: null,
      yours: '`COPY a`: 1 file added, 1 modified. Hosts pull 400 kB; the image is 12.8 MB.',
    });
  });

  test.each([
    ['nothing is given', undefined],
    ['the base before is not known', { before: null, after: image('node:22.12', 1) }],
    ['the base now is not known', { before: image('node:22.11'), after: null }],
    [
      'names differ and bytes do not',
      { before: image('node:22'), after: { ...image('node:lts'), digest: 'sha256:node:22' } },
    ],
  ])('nothing is said of upstream where %s', (_, baseImage) => {
    const said = told([...bumpedRows, ...onTop], upstream, baseImage);
    expect(said.upstream).toBeNull();
    expect(said.verdict).not.toContain('base image');
    expect(said.page).not.toContain('pstream');
  });

  test.each([
    [
      image('node:22', 2, 'sha256:aaaaaaaaaaaaaaaa'),
      image('node:22', 1, 'sha256:bbbbbbbbbbbbbbbb'),
      'node:22 sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb',
    ],
    [
      { ...image('', 2, 'sha256:a'), name: null },
      { ...image('', 1, 'sha256:b'), name: null },
      'sha256:a → sha256:b',
    ],
    [image('node:22.11', 2, null), image('node:22.12', 1, null), 'node:22.11 → node:22.12'],
  ])('base images are called by name, else by digest: %j, %j', (before, after, names) => {
    expect(told([...bumpedRows, ...onTop], upstream, { before, after }).upstream).toBe(
      `Upstream ${names}: −800 kB, 2 files differ.`,
    );
  });
});

describe('what needs attention', () => {
  const page = (items: readonly AttentionItem[], more: Partial<ReportedImage> = {}) => {
    const comparison = makeComparison(
      [...BASE, rebuilt('COPY a', 'content')],
      [addedFile('usr/bin/a', 2, { mode: '4755' })],
    );
    return renderMarkdown(makeReport([makeImage(withAttention(comparison, ...items), more)]));
  };
  const setuid = { kind: 'setuid', path: 'usr/bin/a', layer: 2 } as const;

  test('is an alert with path, step, line and remedy', () => {
    const locations = [null, null, { file: 'Dockerfile', firstLine: 7, lastLine: 7 }];
    expect(page([setuid], { locations })).toContain(
      '> [!WARNING]\n> `usr/bin/a` runs with the rights of its owner (setuid), from `COPY a` (`Dockerfile:7`): remove the bit if nothing needs it: `chmod u-s`.\n',
    );
  });

  test('shares the alert with others; very many are counted', () => {
    expect(page([{ kind: 'secret', path: '.env', layer: 1 }, setuid]).match(/^> - /gm)).toHaveLength(2);
    const many = page(Array.from({ length: 20 }, (_, index) => ({ ...setuid, path: `usr/bin/${index}` })));
    expect(many.match(/^> - `usr/gm)).toHaveLength(8);
    expect(many).toContain('> - 12 more: `varve check` lists all that an image has.');
  });

  test('is files with new rights where an older version made the comparison', () => {
    expect(page([])).toContain('> [!WARNING]\n> 1 file runs with new rights: `usr/bin/a` (setuid root)\n');
  });
});
