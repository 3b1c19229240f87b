import { t as escapeTerminal } from "./escape-terminal.js";
// src/core/report/text/listing.ts
/** `h`, `w` and `o` stand for what no file system has: a hard link by itself, a whiteout, an opaque marker. */
const LETTERS = {
	file: "-",
	dir: "d",
	symlink: "l",
	hardlink: "h",
	char: "c",
	block: "b",
	fifo: "p",
	whiteout: "w",
	opaque: "o"
};
/**
* One line of `layer ls` or `tree`, in the manner of `ls -l`, without a line break: mode, owner and group,
* bytes, time in UTC, path. A merged entry begins with its layer's index and has its number of names.
*/
function listingLine(entry, palette) {
	const merged = entry.layer !== void 0 || entry.implicit === true;
	return [
		...merged ? [palette.muted(String(entry.layer ?? "").padStart(3))] : [],
		formatMode(entry.type, entry.mode),
		...merged ? [String(entry.links ?? 1).padStart(2)] : [],
		`${entry.uid}:${entry.gid}`.padStart(9),
		sizeOrDevice(entry).padStart(11),
		palette.muted(formatTime(entry.mtime).padStart(19)),
		namePaint(entry, palette)(escapeTerminal(entry.path)) + linkText(entry)
	].join("  ");
}
/** The mode as `ls` writes it: `drwxr-xr-x`, `-rwsr-xr-x`. */
function formatMode(type, mode) {
	const bits = Number.parseInt(mode, 8);
	const triple = (shift, special, letter) => {
		const runs = (bits >> shift & 1) !== 0;
		const last = (bits & special) !== 0 ? runs ? letter : letter.toUpperCase() : runs ? "x" : "-";
		return `${bits >> shift & 4 ? "r" : "-"}${bits >> shift & 2 ? "w" : "-"}${last}`;
	};
	return LETTERS[type] + triple(6, 2048, "s") + triple(3, 1024, "s") + triple(0, 512, "t");
}
const LAST_SECOND_OF_9999 = 253402300799;
/** Seconds since 1970 as `2026-01-31 12:00:00`; outside the years 1970 to 9999 as `@seconds`. */
function formatTime(seconds) {
	if (seconds < 0 || seconds > LAST_SECOND_OF_9999) return `@${seconds}`;
	return (/* @__PURE__ */ new Date(seconds * 1e3)).toISOString().slice(0, 19).replace("T", " ");
}
function sizeOrDevice({ size, device }) {
	return device === void 0 ? String(size) : `${device.major}, ${device.minor}`;
}
function linkText({ type, linkTarget }) {
	if (linkTarget === void 0) return "";
	return `${type === "hardlink" ? " link to " : " -> "}${escapeTerminal(linkTarget)}`;
}
function namePaint({ type, mode, implicit }, palette) {
	if (implicit === true) return palette.muted;
	if (type === "whiteout" || type === "opaque") return palette.bad;
	if (type === "dir") return palette.accent;
	const bits = Number.parseInt(mode, 8);
	if (type === "file" && (bits & 3072) !== 0) return palette.bad;
	return type === "file" && (bits & 73) !== 0 ? palette.good : (text) => text;
}
export { listingLine as t };
