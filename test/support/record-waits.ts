import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';

/** Lets the waits of this process be over at once until the test ends. Gives them, in milliseconds, as they come. */
export function recordWaits(): readonly number[] {
  const waits: number[] = [];
  const spy = vi.spyOn(timers, 'setTimeout').mockImplementation(async (milliseconds, value) => {
    waits.push(milliseconds ?? 0);
    return value as never;
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
  return waits;
}
