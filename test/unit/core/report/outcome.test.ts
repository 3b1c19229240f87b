import { describe, expect, test } from 'vitest';
import type { Comparison, RebuildCause } from '../../../../src/core/comparison/comparison.ts';
import { headline, overallKind } from '../../../../src/core/report/headline.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { outcomeOf } from '../../../../src/core/report/outcome.ts';
import { PLAIN } from '../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../src/core/report/text/render-text.ts';
import {
  addedFile,
  makeComparison,
  makeImage,
  makeSnapshot,
  modifiedFile,
  type Row,
} from '../../../support/report-makers.ts';

const same = (step: string): Row => ({ status: 'unchanged', step, size: 10 });
const rebuilt = (cause: RebuildCause): Row => ({ status: 'rebuilt', cause, step: `RUN ${cause}`, size: 10 });
const say = (comparison: Comparison): string => headline(makeReport([makeImage(comparison)]));
const kind = (comparison: Comparison): string => overallKind(makeReport([makeImage(comparison)]));

describe('nothing changed', () => {
  test('no layer differs', () => {
    expect(say(makeComparison([same('a')]))).toBe('no change');
    expect(kind(makeComparison([same('a')]))).toBe('unchanged');
  });

  test('recompression and moves are told, and are no change', () => {
    const comparison = makeComparison([
      { status: 'recompressed', step: 'a', size: 1 },
      { status: 'recompressed', step: 'b', size: 1 },
      { status: 'moved', step: 'c', size: 1 },
    ]);
    expect(say(comparison)).toBe('no change, 2 layers recompressed, 1 moved');
  });

  test('config that differs only volatilely is no change', () => {
    const config = [{ path: '/config/Labels/x', base: 1, target: 2, volatile: true as const }];
    expect(say(makeComparison([same('a')], [], config))).toBe('no change');
  });
});

describe('rebuilt without a difference', () => {
  test.each([
    [['timestamps', 'timestamps', 'timestamps'], '3 layers rebuilt, nothing differs but timestamps'],
    [['timestamps', 'order'], '2 layers rebuilt, nothing differs but timestamps and the order of entries'],
    [['tar-encoding'], '1 layer rebuilt, nothing differs but the tar encoding'],
    [['content'], '1 layer rebuilt, nothing differs but what the image does not show'],
    [['step', 'metadata'], '2 layers rebuilt, nothing differs but the instruction and metadata'],
  ] as const)('%j', (causes, sentence) => {
    const comparison = makeComparison(causes.map(rebuilt));
    expect(say(comparison)).toBe(sentence);
    expect(kind(comparison)).toBe('rebuilt');
  });

  test('volatile files are named as such', () => {
    const log = { ...modifiedFile('var/log/dpkg.log', 0, ['content'], {}, {}), volatile: true as const };
    expect(say(makeComparison([rebuilt('content'), rebuilt('timestamps')], [log]))).toBe(
      '2 layers rebuilt, nothing differs but volatile files and timestamps',
    );
  });

  test('an empty layer more is no difference', () => {
    expect(say(makeComparison([same('a'), { status: 'added', step: 'RUN true', size: 0 }]))).toBe(
      '1 layer added, no file differs',
    );
  });
});

describe('changed', () => {
  test('size, layers, files and config, in this order', () => {
    const comparison = makeComparison(
      [
        same('a'),
        { status: 'rebuilt', cause: 'content', step: 'b', size: 12_300_010, sizeBefore: 10 },
        rebuilt('content'),
      ],
      [addedFile('a', 1), addedFile('b', 1)],
      [{ path: '/config/User', base: null, target: 'node' }],
    );
    expect(say(comparison)).toBe('+4.92 MB, 2 layers rebuilt, 2 files changed, 1 config change');
    expect(kind(comparison)).toBe('changed');
  });

  test('a few bytes on a large image are not told', () => {
    const grown = (by: number, before: number): Comparison =>
      makeComparison(
        [{ status: 'rebuilt', cause: 'content', step: 'b', size: before + by, sizeBefore: before }],
        [addedFile('a', 0)],
      );
    expect(say(grown(512, 600_000))).toBe('1 layer rebuilt, 1 file changed');
    expect(say(grown(512, 500_000))).toBe('+205 B, 1 layer rebuilt, 1 file changed');
    expect(say(grown(-4096, 10_000_000))).toBe('−1.64 kB, 1 layer rebuilt, 1 file changed');
  });

  test('directories are no files, and are told where no file changed', () => {
    const dir = { type: 'dir', mode: '0755' } as const;
    const made = addedFile('a', 0, dir);
    expect(say(makeComparison([rebuilt('content')], [made, addedFile('a/b', 0)]))).toBe(
      '1 layer rebuilt, 1 file changed',
    );
    expect(say(makeComparison([rebuilt('content')], [made]))).toBe('1 layer rebuilt, 1 directory changed');
  });

  test('sizes are uncompressed, and said to be so, where those of the blobs are not known', () => {
    const comparison = makeComparison(
      [{ status: 'rebuilt', cause: 'content', step: 'b', size: 12_300_010, sizeBefore: 10 }],
      [addedFile('a', 0)],
    );
    const unknown = <Layer extends object>(layer: Layer): Layer => ({ ...layer, size: null });
    const layers = comparison.layers.map((each) => ({
      ...each,
      ...(each.base && { base: unknown(each.base) }),
      ...(each.target && { target: unknown(each.target) }),
    }));
    expect(say({ ...comparison, layers })).toBe('+12.3 MB uncompressed, 1 layer rebuilt, 1 file changed');
  });

  test('layers that moved are told', () => {
    const comparison = makeComparison(
      [{ status: 'moved', step: 'a', size: 1 }, rebuilt('content')],
      [addedFile('a', 0)],
    );
    expect(say(comparison)).toBe('1 layer rebuilt, 1 moved, 1 file changed');
  });

  test('what did not change is not told', () => {
    expect(say(makeComparison([same('a')], [], [{ path: '/config/User', base: null, target: 'node' }]))).toBe(
      '1 config change',
    );
  });

  test('a config that differs and cannot be compared is told', () => {
    expect(say(makeComparison([same('a')], [], null))).toBe('no change found, config not compared');
    expect(outcomeOf(makeComparison([same('a')], [], null)).kind).toBe('incomplete');
  });

  test('files that were not compared are said to be so', () => {
    const comparison: Comparison = { ...makeComparison([rebuilt('content')]), files: null, changed: true };
    expect(say(comparison)).toBe('1 layer rebuilt, files not compared');
  });
});

describe('several', () => {
  const arm = (comparison: Comparison) => {
    const image = makeImage(comparison);
    return { ...image, snapshot: { ...image.snapshot, platform: { os: 'linux', architecture: 'arm64' } } };
  };

  test('a snapshot tells its layers and size, and is the first one where it is kept', () => {
    const snapshot = makeSnapshot([
      { step: 'a', size: 1_000_000 },
      { step: 'b', size: 2_000_000 },
    ]);
    expect(headline(makeReport([makeImage(null, { snapshot })]))).toBe(
      'compared with nothing: 2 layers, 1.20 MB',
    );
    expect(headline(makeReport([makeImage(null, { snapshot, keptIn: 'dir:.varve' })]))).toBe(
      'first snapshot: 2 layers, 1.20 MB',
    );
    const ofPullRequest = makeReport([makeImage(null, { snapshot, keptIn: 'dir:.varve', pullRequest: 7 })]);
    expect(headline(ofPullRequest)).toBe('compared with nothing: 2 layers, 1.20 MB');
    expect(renderMarkdown(ofPullRequest)).toContain(
      'Pull requests are compared with what a run on the base branch has saved: run Varve on that branch first.',
    );
    expect(renderText(ofPullRequest, { width: 80, palette: PLAIN, all: false })).toContain(
      'kept in dir:.varve\n',
    );
  });

  test('platforms that agree speak once', () => {
    expect(headline(makeReport([makeImage(makeComparison([])), arm(makeComparison([]))]))).toBe(
      '2 platforms: all unchanged',
    );
  });

  test('platforms that differ speak each, and the weightiest stands for all', () => {
    const report = makeReport([makeImage(makeComparison([])), arm(makeComparison([rebuilt('timestamps')]))]);
    expect(headline(report)).toBe(
      '2 platforms: linux/arm64 rebuilt without a difference, linux/amd64 unchanged',
    );
    expect(overallKind(report)).toBe('rebuilt');
  });
});
