import { expect, it } from 'vitest';
import { SHORT_PATIENCE } from '../../../../src/adapters/http/network-options.ts';

it('a registry that a run can do without is given up after 90 seconds at most, be it found and then silent', () => {
  const { attempts, backOff, connect, longestWait, total } = SHORT_PATIENCE;
  const pauses = Array.from({ length: attempts - 1 }, (_, at) => Math.min(backOff * 2 ** at, longestWait));
  const finding = attempts * connect + pauses.reduce((sum, pause) => sum + pause, 0);
  expect(finding + total).toBeLessThanOrEqual(90_000);
});
