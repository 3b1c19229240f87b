import { t as displayName } from "./visible.js";
import { n as formatNumber, r as formatSize, t as formatCount } from "./human-size.js";
// src/core/report/baseline-sentence.ts
const NAME_LENGTH = 120;
/** Why this one; a baseline that the user named needs no reason. */
const REASONS = {
	"base-commit": "the base commit",
	ancestor: "the nearest ancestor",
	"base-branch": "the newest of the base branch",
	"default-branch": "the newest of the default branch",
	"branch-newest": "the newest of the branch",
	newest: "the newest",
	image: null,
	snapshot: null
};
/**
* What was compared against, as the end of "compared with …"; image text in backticks, not yet escaped:
* "commit `1a2b3c4d5e6f` on `main` from `dir:.varve` (the nearest ancestor, 2 commits before, 3 days older)".
*/
function baselineSentence({ found, place, commit, branch, distance, age }) {
	const snapshot = [...commit === null ? [] : [`commit ${quoted(commit.slice(0, 12))}`], ...branch === null ? [] : [`on ${quoted(branch)}`]].join(" ");
	const facts = [
		...REASONS[found] === null ? [] : [REASONS[found]],
		...distance === null || distance === 0 ? [] : [`${formatCount(distance, "commit")} before`],
		...age === null ? [] : [`${formatAge(Math.abs(age))} ${age < 0 ? "newer" : "older"}`]
	];
	const origin = snapshot === "" ? quoted(place) : `${snapshot} from ${quoted(place)}`;
	return facts.length === 0 ? origin : `${origin} (${facts.join(", ")})`;
}
/** A backtick of the name would end the quotation. */
const quoted = (name) => `\`${displayName(name, NAME_LENGTH).replaceAll("`", "'")}\``;
const UNITS = [
	[86400, "day"],
	[3600, "hour"],
	[60, "minute"],
	[1, "second"]
];
/** A span of seconds in its largest unit that counts at least two, or the smallest: `36 hours`, `3 days`. */
function formatAge(seconds) {
	const [size, noun] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, "second"];
	return formatCount(Math.floor(seconds / size), noun);
}
// src/core/report/privileged-sentence.ts
const NAMED = 5;
const PATH_LENGTH = 160;
/**
* Names the files that newly run with more rights: `1 file runs with new rights: bin/su (setuid root)`.
* Null when there are none.
* @param quote escapes a path for the language that the sentence is for.
*/
function privilegedSentence({ privileged }, quote) {
	if (privileged.length === 0) return null;
	const named = privileged.slice(0, NAMED).map(({ path, remarks }) => `${quote(displayName(path, PATH_LENGTH))} (${remarks[0]})`);
	const others = privileged.length > NAMED ? ` and ${formatNumber(privileged.length - NAMED)} more` : "";
	const run = privileged.length === 1 ? "runs" : "run";
	return `${formatCount(privileged.length, "file")} ${run} with new rights: ${named.join(", ")}${others}`;
}
// src/core/report/reading-sentence.ts
/** What the run cost: `3 layers read (82.1 MB), 4 reused`. */
function readingSentence({ reused, read, bytesRead }) {
	if (read === 0) return reused === 1 ? "the layer was known, nothing read" : `all ${formatNumber(reused)} layers known, none read`;
	return `${formatCount(read, "layer")} read (${formatSize(bytesRead)}), ${formatNumber(reused)} reused`;
}
// src/core/report/size-bar.ts
const EIGHTHS = [
	"",
	"▏",
	"▎",
	"▍",
	"▌",
	"▋",
	"▊",
	"▉"
];
/** A bar of block characters, `width` columns for the largest size; only nothing is drawn as nothing. */
function sizeBar(size, largest, width) {
	if (size <= 0 || width <= 0) return "";
	const eighths = Math.max(1, Math.round(size / largest * width * 8));
	return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
export { baselineSentence as i, readingSentence as n, privilegedSentence as r, sizeBar as t };
