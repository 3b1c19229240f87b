import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { fewAtOnce } from '../../../../src/flows/image/few-at-once.ts';

it('has at most four under way, and keeps the order', async () => {
  let underWay = 0;
  let most = 0;
  const items = Array.from({ length: 11 }, (_, index) => index);
  const results = await fewAtOnce(items, async (item) => {
    most = Math.max(most, ++underWay);
    for (let turns = 11 - item; turns > 0; turns--) await setImmediate();
    underWay -= 1;
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(most).toBe(4);
  expect(await fewAtOnce([], async () => 1)).toEqual([]);
});

it('ends with the first fault, and begins no more', async () => {
  const begun: number[] = [];
  const outcome = fewAtOnce([0, 1, 2, 3, 4, 5], async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('enough');
  });
  await expect(outcome).rejects.toThrow('enough');
  expect(begun).toEqual([0, 1, 2, 3]);
});
