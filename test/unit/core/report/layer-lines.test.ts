import { describe, expect, test } from 'vitest';
import { comparedLines, foldUnchanged, snapshotLines } from '../../../../src/core/report/layer-lines.ts';
import type { Measure } from '../../../../src/core/report/measure.ts';
import { makeComparison, makeSnapshot, modifiedFile, type Row } from '../../../support/report-makers.ts';

const linesOf = (...rows: Row[]) => comparedLines(makeComparison(rows), 'uncompressed');
const unchanged = (step: string): Row => ({ status: 'unchanged', step, size: 10 });

describe('lines of a comparison', () => {
  test('a rebuilt layer adds what it grew by, an added one all of it, a removed one takes its own away', () => {
    const lines = linesOf(
      { status: 'rebuilt', cause: 'content', step: 'RUN a', size: 30, sizeBefore: 10 },
      { status: 'added', step: 'RUN b', size: 5 },
      { status: 'removed', step: 'RUN c', size: 7 },
    );
    expect(lines.map(({ status, index, size, delta }) => [status, index, size, delta])).toEqual([
      ['rebuilt', 0, 30, 20],
      ['added', 1, 5, 5],
      ['removed', 1, 7, -7],
    ]);
  });

  test('what stays the same adds nothing', () => {
    expect(
      linesOf(unchanged('RUN a'), { status: 'recompressed', step: 'RUN b', size: 1 }).map(
        ({ delta }) => delta,
      ),
    ).toEqual([null, null]);
  });

  test('sizes are those of the measure, and a layer of the same files adds nothing', () => {
    const rows: Row[] = [
      { status: 'rebuilt', cause: 'content', step: 'RUN a', size: 30, sizeBefore: 10 },
      { status: 'rebuilt', cause: 'timestamps', step: 'RUN b', size: 30, sizeBefore: 20 },
    ];
    const sizes = (measure: Measure) =>
      comparedLines(makeComparison(rows), measure).map(({ size, delta }) => [size, delta]);
    expect(sizes('uncompressed')).toEqual([
      [30, 20],
      [30, null],
    ]);
    expect(sizes('compressed')).toEqual([
      [12, 8],
      [12, null],
    ]);
  });

  test('an edited step shows both, an equal one only itself', () => {
    const [edited, same] = linesOf(
      { status: 'rebuilt', cause: 'step', step: 'RUN b', stepBefore: 'RUN a', size: 1 },
      { status: 'rebuilt', cause: 'content', step: 'RUN c', size: 1 },
    );
    expect(edited).toMatchObject({ step: 'RUN b', stepBefore: 'RUN a', cause: 'step' });
    expect(same?.stepBefore).toBeNull();
  });

  test('content that does not count is told by where it went', () => {
    const rows = ['RUN a', 'RUN b', 'RUN c'].map(
      (step): Row => ({ status: 'rebuilt', cause: 'content', step, size: 1 }),
    );
    const log = { ...modifiedFile('var/log/dpkg.log', 1, ['content'], {}, {}), volatile: true as const };
    const comparison = makeComparison(rows, [modifiedFile('etc/motd', 0, ['content'], {}, {}), log]);
    expect(comparedLines(comparison, 'compressed').map(({ cause }) => cause)).toEqual([
      'content',
      'volatile',
      'unseen',
    ]);
    const unread = { ...comparison, files: null };
    expect(comparedLines(unread, 'compressed').map(({ cause }) => cause)).toEqual([
      'content',
      'content',
      'content',
    ]);
  });

  test('a moved layer tells where it was', () => {
    const [, moved] = linesOf(
      { status: 'removed', step: 'RUN a', size: 1 },
      { status: 'moved', step: 'RUN b', size: 1 },
    );
    expect(moved).toMatchObject({ index: 0, movedFrom: 1 });
  });

  test('credentials in steps are not shown, before or after', () => {
    const [line] = linesOf({
      status: 'rebuilt',
      cause: 'step',
      step: 'ADD https://a:b@c/',
      stepBefore: 'ADD https://x:y@c/',
      size: 1,
    });
    expect([line?.step, line?.stepBefore]).toEqual(['ADD https://***@c/', 'ADD https://***@c/']);
  });
});

describe('folding', () => {
  test('two or more unchanged neighbors become one, one stays itself', () => {
    const rows: Row[] = [
      unchanged('RUN a'),
      unchanged('RUN b'),
      unchanged('RUN c'),
      { status: 'added', step: 'RUN d', size: 1 },
      unchanged('RUN e'),
    ];
    expect(foldUnchanged(linesOf(...rows))).toMatchObject([
      { kind: 'run', cause: null, first: 0, last: 2, size: 30 },
      { kind: 'layer', status: 'added' },
      { kind: 'layer', status: 'unchanged', index: 4 },
    ]);
  });

  test('where room is short, three or more neighbors that were rebuilt with the same files become one too', () => {
    const again = (step: string, cause: Row['cause']): Row => ({
      ...{ status: 'rebuilt', step, size: 10 },
      ...(cause && { cause }),
    });
    const lines = linesOf(
      unchanged('RUN a'),
      again('RUN b', 'timestamps'),
      again('RUN c', 'timestamps'),
      again('RUN c2', 'timestamps'),
      again('RUN d', 'order'),
      again('RUN d2', 'order'),
      again('RUN e', 'content'),
      again('RUN f', 'content'),
    );
    expect(foldUnchanged(lines)).toEqual(lines);
    expect(foldUnchanged(lines, true)).toMatchObject([
      { kind: 'layer', status: 'unchanged' },
      { kind: 'run', cause: 'timestamps', first: 1, last: 3 },
      ...['order', 'order', 'unseen', 'unseen'].map((cause) => ({ kind: 'layer', cause })),
    ]);
  });

  test('a first snapshot has no status and is never folded', () => {
    const lines = snapshotLines(makeSnapshot([unchanged('RUN a'), unchanged('RUN b')]).layers, 'compressed');
    expect(lines.map(({ status }) => status)).toEqual([null, null]);
    expect(foldUnchanged(lines)).toEqual(lines);
  });
});
