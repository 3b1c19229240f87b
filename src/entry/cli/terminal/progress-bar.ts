import { formatSize } from '../../../base/human-size.ts';
import type { Palette } from '../../../core/report/text/palette.ts';
import type { ReadPlan, ReadProgress } from '../../../flows/image/read-layers.ts';

/** What a progress bar is drawn on; stderr is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressPlan extends ReadPlan {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly palette: Palette;
}

/** Shows nothing. */
export const SILENT: ReadProgress = { advance() {}, finishLayer() {}, clear() {} };

/** Milliseconds between two drawings. */
const INTERVAL = 100;
/** A read that is over sooner needs no bar. */
const PATIENCE = 300;
/** A rate that is taken from less time says nothing. */
const SETTLED = 500;

const WIDE_BAR = 24;
const NARROW_BAR = 8;

const ERASE_LINE = '\r\u001b[2K';

/**
 * Begins to show how far a read has come; nothing is drawn unless the stream is a terminal. The caller ends it with
 * `clear`, on failure too.
 */
export function startProgress(stream: ProgressStream, plan: ProgressPlan): ReadProgress {
  if (stream.isTTY !== true || plan.bytes === 0) return SILENT;
  const started = plan.now();
  let drawnAt = started + PATIENCE - INTERVAL;
  let drawn = false;
  let done = 0;
  let layers = 0;

  const draw = (): void => {
    const now = plan.now();
    if (now - drawnAt < INTERVAL) return;
    drawnAt = now;
    drawn = true;
    const line = progressLine({ done, layers, elapsed: now - started }, plan, (stream.columns || 80) - 1);
    stream.write(ERASE_LINE + line);
  };

  return {
    advance(bytes) {
      done += bytes;
      draw();
    },
    finishLayer() {
      layers += 1;
      draw();
    },
    clear() {
      if (drawn) stream.write(ERASE_LINE);
      drawn = false;
    },
  };
}

interface ProgressState {
  readonly done: number;
  readonly layers: number;
  /** Milliseconds since the start. */
  readonly elapsed: number;
}

/** One line of at most `width` columns: bar, share, bytes, layers, rate, time left; what has no room is left out. */
export function progressLine(
  { done, layers, elapsed }: ProgressState,
  plan: ProgressPlan,
  width: number,
): string {
  const share = Math.min(1, done / plan.bytes);
  const rate = elapsed < SETTLED ? null : (done / elapsed) * 1000;
  const parts = [
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${formatSize(Math.min(done, plan.bytes))} of ${formatSize(plan.bytes)}`,
    plan.layers === null
      ? (plan.done ?? 'exported')
      : `layer ${Math.min(layers + 1, plan.layers)} of ${plan.layers}`,
    ...(rate === null ? [] : [`${formatSize(Math.round(rate))}/s`]),
    ...(rate === null || rate === 0 ? [] : [`${formatSeconds(Math.max(0, plan.bytes - done) / rate)} left`]),
  ];
  while (parts.length > 1 && NARROW_BAR + 1 + parts.join('  ').length > width) parts.pop();
  const text = parts.join('  ');
  const room = Math.min(WIDE_BAR, width - text.length - 1);
  if (text.length > width) return '';
  return room < NARROW_BAR ? text : `${barText(share, room, plan.palette)} ${text}`;
}

function barText(share: number, width: number, { accent, muted }: Palette): string {
  const full = Math.round(share * width);
  return accent('█'.repeat(full)) + muted('░'.repeat(width - full));
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
