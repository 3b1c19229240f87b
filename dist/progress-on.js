import { t as describeTerminal } from "./describe-terminal.js";
import { r as formatSize } from "./human-size.js";
// src/entry/terminal/progress-bar.ts
const SILENT = {
	advance() {},
	finishLayer() {},
	clear() {}
};
/** Milliseconds between two drawings. */
const INTERVAL = 100;
/** A read that is over sooner needs no bar. */
const PATIENCE = 300;
/** A rate that is taken from less time says nothing. */
const SETTLED = 500;
const WIDE_BAR = 24;
const NARROW_BAR = 8;
const ERASE_LINE = "\r\x1B[2K";
/** Begins to show how far a read has come. The caller ends it with `clear`, on failure too. */
function startProgress(stream, plan) {
	if (stream.isTTY !== true || plan.bytes === 0) return SILENT;
	const started = plan.now();
	let drawnAt = started + PATIENCE - INTERVAL;
	let drawn = false;
	let done = 0;
	let layers = 0;
	const draw = () => {
		const now = plan.now();
		if (now - drawnAt < INTERVAL) return;
		drawnAt = now;
		drawn = true;
		const line = progressLine({
			done,
			layers,
			elapsed: now - started
		}, plan, (stream.columns ?? 80) - 1);
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
		}
	};
}
/** One line of at most `width` columns: bar, share, bytes, layers, rate, time left; what has no room is left out. */
function progressLine({ done, layers, elapsed }, plan, width) {
	const share = Math.min(1, done / plan.bytes);
	const rate = elapsed < SETTLED ? null : done / elapsed * 1e3;
	const parts = [
		`${String(Math.floor(share * 100)).padStart(3)} %`,
		`${formatSize(done)} of ${formatSize(plan.bytes)}`,
		`layer ${Math.min(layers + 1, plan.layers)} of ${plan.layers}`,
		...rate === null ? [] : [`${formatSize(Math.round(rate))}/s`],
		...rate === null || rate === 0 ? [] : [`${formatSeconds(Math.max(0, plan.bytes - done) / rate)} left`]
	];
	while (parts.length > 1 && 9 + parts.join("  ").length > width) parts.pop();
	const text = parts.join("  ");
	const room = Math.min(WIDE_BAR, width - text.length - 1);
	if (text.length > width) return "";
	return room < NARROW_BAR ? text : `${barText(share, room, plan.palette)} ${text}`;
}
function barText(share, width, { accent, muted }) {
	const full = Math.round(share * width);
	return accent("█".repeat(full)) + muted("░".repeat(width - full));
}
function formatSeconds(seconds) {
	const whole = Math.ceil(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}
// src/entry/commands/progress-on.ts
/** A progress bar on stderr, when that is a terminal. */
function progressOn({ stderr, environment }) {
	const { palette } = describeTerminal(stderr, environment);
	return (plan) => startProgress(stderr, {
		...plan,
		palette,
		now: () => performance.now()
	});
}
export { progressOn as t };
