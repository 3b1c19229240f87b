import { describe, expect, it } from 'vitest';
import { type Pausable, runAtOnce, runWithPauses } from '../../../src/base/pausable.ts';

function* count(to: number, busy: number): Pausable<number> {
  let counted = 0;
  for (; counted < to; counted++) {
    const start = performance.now();
    while (performance.now() - start < busy);
    yield;
  }
  return counted;
}

describe('a computation in steps', () => {
  it('gives the same at once and with pauses', async () => {
    expect(runAtOnce(count(5, 0))).toBe(5);
    expect(await runWithPauses(count(5, 0))).toBe(5);
    expect(await runWithPauses(count(5, 30))).toBe(5);
  });

  it('lets the thread see to other things, such as what ends it', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 10);
    await expect(runWithPauses(count(Number.POSITIVE_INFINITY, 1), controller.signal)).rejects.toBe(reason);
  });
});
