import { describe, expect, test } from 'vitest';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import {
  type ProgressPlan,
  progressLine,
  startProgress,
} from '../../../../../src/entry/cli/terminal/progress-bar.ts';

class FakeTerminal {
  readonly written: string[] = [];
  readonly isTTY: boolean;
  readonly columns = 100;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.written.push(text);
  }
}

const clock = { time: 0 };
const plan: ProgressPlan = { bytes: 1_000_000_000, layers: 4, now: () => clock.time, palette: PLAIN };

function started(isTTY: boolean) {
  clock.time = 1000;
  const terminal = new FakeTerminal(isTTY);
  return { terminal, progress: startProgress(terminal, plan) };
}

describe('drawing', () => {
  test('nothing is written unless to a terminal', () => {
    const { terminal, progress } = started(false);
    for (clock.time = 1000; clock.time < 9000; clock.time += 50) progress.advance(1000);
    progress.finishLayer();
    progress.clear();
    expect(terminal.written).toEqual([]);
  });

  test('a read that is over at once draws nothing and cleans nothing', () => {
    const { terminal, progress } = started(true);
    clock.time = 1250;
    progress.advance(1_000_000_000);
    progress.clear();
    expect(terminal.written).toEqual([]);
  });

  test('at most ten times a second, each time in the place of the last', () => {
    const { terminal, progress } = started(true);
    for (clock.time = 1000; clock.time < 3000; clock.time += 1) progress.advance(100);
    expect(terminal.written.length).toBe(17);
    for (const text of terminal.written) expect(text).toMatch(/^\r\u001b\[2K[^\r\n]+$/);
  });

  test('the end leaves an empty line, once; more progress draws anew', () => {
    const { terminal, progress } = started(true);
    clock.time = 2000;
    progress.advance(1);
    progress.clear();
    progress.clear();
    expect(terminal.written.slice(1)).toEqual(['\r\u001b[2K']);
    clock.time = 3000;
    progress.advance(1);
    expect(terminal.written.length).toBe(3);
  });
});

describe('the line', () => {
  const state = { done: 250_000_000, layers: 1, elapsed: 2000 };

  test('tells share, bytes, layers, rate and time left', () => {
    expect(progressLine(state, plan, 99)).toBe(
      '██████░░░░░░░░░░░░░░░░░░  25 %  250 MB of 1.00 GB  layer 2 of 4  125 MB/s  6 s left',
    );
  });

  test('leaves out from the end what has no room', () => {
    for (let width = 0; width < 100; width++)
      expect(progressLine(state, plan, width).length).toBeLessThanOrEqual(width);
    expect(progressLine(state, plan, 40)).toBe('████░░░░░░░░░░░  25 %  250 MB of 1.00 GB');
    expect(progressLine(state, plan, 3)).toBe('');
  });

  test('tells no rate before there is one, and never more than all', () => {
    expect(progressLine({ ...state, elapsed: 400 }, plan, 99)).not.toContain('/s');
    const over = progressLine({ done: 2_000_000_000, layers: 4, elapsed: 100_000 }, plan, 99);
    expect(over).toContain(' 100 %');
    expect(over).toContain('layer 4 of 4');
    expect(over).toContain('0 s left');
  });

  test('long times are told in minutes and hours', () => {
    expect(progressLine({ done: 10_000_000, layers: 0, elapsed: 1000 }, plan, 99)).toContain(
      '1 min 39 s left',
    );
    expect(progressLine({ done: 100_000, layers: 0, elapsed: 1000 }, plan, 99)).toContain('2 h 46 min left');
  });
});
