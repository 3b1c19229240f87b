import { describe, expect, test } from 'vitest';
import { headline, overallKind } from '../../../../src/core/report/headline.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { allNotes } from '../../../../src/core/report/notes.ts';
import type { ReportedImage, RunRemarks } from '../../../../src/core/report/report.ts';
import { PLAIN } from '../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../src/core/report/text/render-text.ts';
import type { Platform } from '../../../../src/core/words/platform.ts';
import { addedFile, makeComparison, makeImage, type Row } from '../../../support/report-makers.ts';
import { HOSTILE_TEXTS } from '../../../support/report-scenarios.ts';

const on = (architecture: string, image: ReportedImage): ReportedImage => ({
  ...image,
  snapshot: { ...image.snapshot, platform: { os: 'linux', architecture } },
});

const unchanged = makeImage(makeComparison([{ status: 'unchanged', step: 'a', size: 1e6 }]));

const grown = (size: number): ReportedImage => {
  const rows: Row[] = [
    { status: 'unchanged', step: 'a', size: 1e6 },
    { status: 'added', step: 'b', size },
  ];
  return makeImage(makeComparison(rows, [addedFile('b', 1, { size })]));
};

const platform = (architecture: string): Platform => ({ os: 'linux', architecture });

const remarks = (some: Partial<RunRemarks>): RunRemarks => ({
  ...{ gone: [], absent: [], failures: [], notes: [] },
  ...some,
});

type Images = readonly [ReportedImage, ...ReportedImage[]];

const say = (images: Images, some: Partial<RunRemarks> = {}): string =>
  headline(makeReport(images, remarks(some)));

describe('the sentence over all platforms', () => {
  test('names each with what became of it, the changed ones first', () => {
    expect(say([on('amd64', unchanged), on('arm64', grown(12_300_000))])).toBe(
      '2 platforms: linux/arm64 changed +4.92 MB, linux/amd64 unchanged',
    );
  });

  test('puts those together that became the same', () => {
    expect(say([on('amd64', grown(5000)), on('arm64', grown(5000)), on('s390x', unchanged)])).toBe(
      '3 platforms: linux/amd64 and linux/arm64 changed +2.00 kB; linux/s390x unchanged',
    );
    expect(say([on('amd64', grown(5000)), on('arm64', grown(5000))])).toBe(
      '2 platforms: all changed +2.00 kB',
    );
  });

  test('says of each whose baseline may be forged that it is unverified', () => {
    const doubtful = (image: ReportedImage): ReportedImage => ({
      ...image,
      change: image.change && {
        ...image.change,
        baseline: { ...image.change.baseline, unverified: true },
      },
    });
    expect(say([on('amd64', doubtful(unchanged)), on('arm64', doubtful(grown(5000)))])).toBe(
      '2 platforms: linux/arm64 changed +2.00 kB, baseline unverified, linux/amd64 without a difference from an unverified baseline',
    );
    expect(say([doubtful(grown(5000))])).toMatch(/^baseline unverified: \+2\.00 kB/);
  });

  test('names four of many at most, and leaves sizes out where all differ', () => {
    const many = Array.from({ length: 20 }, (_, index) => on(`cpu${index}`, grown(2000 * (index + 1))));
    const [first, ...others] = many;
    expect(say([first ?? unchanged, ...others, on('amd64', unchanged)])).toBe(
      '21 platforms: linux/cpu0, linux/cpu1, linux/cpu2 and 17 more changed; linux/amd64 unchanged',
    );
  });

  test('tells what is new, gone, or failed', () => {
    const added = on('riscv64', makeImage(null, { isNew: true, keptIn: 'dir:.varve' }));
    const gone = [platform('386')];
    const failures = [{ platform: platform('s390x'), problem: 'damaged' }];
    expect(say([on('amd64', unchanged), added], { gone, failures })).toBe(
      '3 platforms: linux/riscv64 new, linux/amd64 unchanged, linux/s390x failed, linux/386 gone',
    );
    expect(say([on('amd64', unchanged)], { gone })).toBe('1 platform: linux/amd64 unchanged, linux/386 gone');
    expect(overallKind(makeReport([unchanged], remarks({ gone })))).toBe('changed');
    expect(overallKind(makeReport([unchanged, added], remarks({})))).toBe('new');
  });

  test('is what it was for one platform', () => {
    expect(say([unchanged])).toBe('no change');
  });
});

describe('notes', () => {
  test('that all platforms share stand once, others with their platform', () => {
    const report = makeReport(
      [
        on('amd64', { ...unchanged, notes: ['kept nowhere', 'odd'] }),
        on('arm64', { ...unchanged, notes: ['kept nowhere'] }),
      ],
      remarks({ notes: ['of the run'], absent: ['linux/386'] }),
    );
    expect(allNotes(report)).toEqual([
      'the index names 1 platform whose images are not here: linux/386',
      'of the run',
      'kept nowhere',
      'linux/amd64: odd',
    ]);
  });

  test('of a single platform stand as they are', () => {
    expect(allNotes(makeReport([{ ...unchanged, notes: ['odd'] }]))).toEqual(['odd']);
  });

  test('of a platform keep its part from being folded', () => {
    const markdown = renderMarkdown(
      makeReport([on('amd64', unchanged), on('arm64', { ...unchanged, notes: ['odd'] })]),
    );
    expect(markdown).toContain('<summary>✅ <b><code>linux/amd64</code></b>');
    expect(markdown).not.toContain('<summary>✅ <b><code>linux/arm64</code></b>');
    expect(markdown).toContain('> [!NOTE]\n> odd');
  });
});

describe('hostile platforms', () => {
  test('a thousand, each changed in its own way, fit into a comment, and one part does not swallow another', () => {
    const images = Array.from({ length: 1000 }, (_, index) => {
      const files = Array.from({ length: 200 }, (__, file) =>
        addedFile(`cpu${index}/${'x'.repeat(90)}${file}`, 0),
      );
      const rows: Row[] = [{ status: 'added', step: `RUN ${index}`, size: 5000 + index }];
      return on(`cpu${index}`, makeImage(makeComparison(rows, files), { notes: [`note ${index}`] }));
    });
    const markdown = renderMarkdown(makeReport(images as [ReportedImage, ...ReportedImage[]]));
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(60_000);
    expect(markdown.match(/^#### /gm)).toHaveLength(30);
    expect(markdown).toContain('… and 970 more platforms');
    expect(markdown).toContain('**Cut to fit:**');
    // What stands under a heading is of that platform.
    for (const part of markdown.split(/^#### /m).slice(1)) {
      const own = /`linux\/(cpu\d+)`/.exec(part)?.[1];
      const files = part.match(/cpu\d+(?=\/x)/g) ?? [];
      expect(files.filter((name) => name !== own)).toEqual([]);
    }
  });

  test('cannot leave their line on a terminal', () => {
    const [first, ...others] = HOSTILE_TEXTS.map((text) => on(text, grown(5000)));
    const report = makeReport([first ?? unchanged, ...others], {
      ...remarks({ gone: HOSTILE_TEXTS.map(platform) }),
      failures: HOSTILE_TEXTS.map((text) => ({ platform: platform(text), problem: text })),
    });
    const text = renderText(report, { width: 100, palette: PLAIN, all: true });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
    expect(headline(report)).not.toMatch(/\n|##\[/);
  });
});
