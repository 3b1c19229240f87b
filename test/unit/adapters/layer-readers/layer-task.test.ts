import { describe, expect, test } from 'vitest';
import { planTasks, taskBytes } from '../../../../src/adapters/layer-readers/layer-task.ts';
import type { LayerLocation } from '../../../../src/core/image/image-source.ts';
import type { LayerRequest } from '../../../../src/core/reading/layer-reader.ts';

const request = (index: number, location: LayerLocation): LayerRequest => ({
  index,
  location,
  expected: { digest: null, size: null, diffId: null },
  want: [],
});

const file = (path: string, offset: number, length: number): LayerLocation => ({
  kind: 'file',
  path,
  offset,
  length,
});

const packed = (path: string, offset: number, length: number): LayerLocation => ({
  kind: 'compressed-file',
  path,
  compression: 'gzip',
  offset,
  length,
});

const noted = (metadata: string, root: string, length = 10): LayerLocation => ({
  kind: 'tar-split',
  metadata,
  root,
  length,
});

/** The indexes of the layers that each task's reads answer. */
const planned = (...locations: LayerLocation[]) =>
  planTasks(locations.map((location, index) => request(index, location))).map((task) =>
    task.map(({ requests }) => requests.map(({ index }) => index)),
  );

describe('a plan', () => {
  test('is a task for each file or range, the largest first', () => {
    expect(planned(file('a', 0, 10), file('b', 0, 30), file('a', 10, 20))).toEqual([[[1]], [[2]], [[0]]]);
  });

  test('reads the same bytes once', () => {
    expect(planned(file('a', 0, 10), file('a', 0, 10), file('a', 0, 11))).toEqual([[[2]], [[0, 1]]]);
    expect(planned(packed('p', 5, 10), packed('p', 5, 10))).toEqual([[[0, 1]]]);
  });

  test('rebuilds a layer once', () => {
    const same = [noted('m', 'r', 20), noted('m', 'r', 20)];
    expect(planned(...same, noted('m', 's'), noted('n', 'r', 30))).toEqual([[[3]], [[0, 1]], [[2]]]);
  });

  test('goes through a compressed archive once, ascending', () => {
    expect(planned(packed('p', 500, 10), packed('p', 0, 10), file('a', 0, 25), packed('p', 10, 10))).toEqual([
      [[1], [3], [0]],
      [[2]],
    ]);
    expect(planned(packed('p', 0, 10), packed('q', 10, 10))).toHaveLength(2);
  });

  test('goes through it again for ranges that overlap', () => {
    expect(planned(packed('p', 0, 10), packed('p', 5, 10), packed('p', 10, 5))).toEqual([[[0], [2]], [[1]]]);
  });

  test('of nothing is nothing, and knows its bytes', () => {
    expect(planned()).toEqual([]);
    const [task] = planTasks([request(0, packed('p', 0, 10)), request(1, packed('p', 10, 7))]);
    expect(task && taskBytes(task)).toBe(17);
  });

  test('cannot hold a layer that is not there', () => {
    const plan = () => planned(file('a', 0, 1), { kind: 'absent', reason: 'it is a foreign layer' });
    expect(plan).toThrow(
      expect.objectContaining({ code: 'blob-missing', message: 'layer 1: it is a foreign layer' }),
    );
    const read = (why: 'foreign' | 'encrypted') => () => planned({ kind: 'absent', why, reason: 'is so' });
    expect(read('foreign')).toThrow(
      expect.objectContaining({ code: 'blob-missing', hint: expect.stringContaining('foreign') }),
    );
    expect(read('encrypted')).toThrow(
      expect.objectContaining({ code: 'unsupported', hint: expect.stringContaining('decrypted') }),
    );
  });
});
