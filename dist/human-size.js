// src/base/human-size.ts
const UNITS = [
	"B",
	"kB",
	"MB",
	"GB",
	"TB",
	"PB"
];
/** Bytes in decimal units with three significant digits: `0 B`, `999 B`, `1.23 MB`, `245 MB`. */
function formatSize(bytes) {
	let value = bytes;
	let unit = 0;
	while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1e3 : 999.5)) {
		value /= 1e3;
		unit += 1;
	}
	return `${unit === 0 ? value : threeDigits(value)} ${UNITS[unit]}`;
}
function threeDigits(value) {
	if (value >= 99.95) return value.toFixed(0);
	return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
/** A difference in bytes with its sign: `+12.3 MB`, `−4.00 kB`, `±0 B`. */
function formatSizeDelta(bytes) {
	if (bytes === 0) return "±0 B";
	return `${bytes > 0 ? "+" : "−"}${formatSize(Math.abs(bytes))}`;
}
/** A count with its noun, thousands parted: `1 layer`, `3,120 files`. */
function formatCount(count, noun, plural = `${noun}s`) {
	return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}
/** A whole number with its thousands parted: `91,000`. */
function formatNumber(count) {
	return String(count).replaceAll(/(?<=\d)(?=(\d{3})+$)/g, ",");
}
export { formatSizeDelta as i, formatNumber as n, formatSize as r, formatCount as t };
