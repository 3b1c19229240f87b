import { i as formatSizeDelta, n as formatNumber, r as formatSize } from "./human-size.js";
import { i as baselineSentence, n as readingSentence, r as privilegedSentence, t as sizeBar } from "./size-bar.js";
import { t as escapeTerminal } from "./escape-terminal.js";
import { t as displayName } from "./visible.js";
import { a as wrap, i as widthOf, n as cutEnd, r as cutMiddle, t as tableLines } from "./table.js";
import { n as foldUnchanged } from "./layer-lines.js";
// src/core/report/text/files.ts
/** Files that one layer names, and about as many as all layers together, unless all are wanted. */
const SHOWN$1 = 20;
const SHOWN_IN_ALL = 200;
const SHOWN_AT_LEAST = 3;
const PATH_LENGTH = 1e3;
const SIGNS$1 = {
	added: ["+", "good"],
	modified: ["~", "warning"],
	removed: ["-", "bad"]
};
/** The changed files, layer by layer, what matters first. */
function fileLines(files, options) {
	if (files.groups.length === 0 && files.volatile === 0) return [];
	const { palette, all } = options;
	const share = Math.floor(SHOWN_IN_ALL / files.groups.length);
	const perLayer = all ? Number.POSITIVE_INFINITY : Math.min(SHOWN$1, Math.max(SHOWN_AT_LEAST, share));
	return [`${palette.strong("Files")}  ${cutEnd(totals(files), options.width - 7)}`, ...files.groups.flatMap((group) => groupLines(group, perLayer, options))];
}
function totals({ added, modified, removed, volatile }) {
	return [
		`${formatNumber(added)} added`,
		`${formatNumber(modified)} modified`,
		`${formatNumber(removed)} removed`
	].join(", ") + (volatile === 0 ? "" : `; ${formatNumber(volatile)} volatile, not counted`);
}
function groupLines(group, perLayer, options) {
	const { layer, lines } = group;
	const { palette, width } = options;
	const step = escapeTerminal(displayName(group.step ?? "", PATH_LENGTH));
	const title = layer === null ? "no longer in any layer" : `layer ${layer}`;
	const listed = lines.slice(0, perLayer);
	const left = lines.length - listed.length;
	return [
		palette.muted(cutEnd(`  ${title}  ${step}`.trimEnd(), width)),
		...listed.map((line) => fileLine(line, options)),
		...left === 0 ? [] : [palette.muted(`    … and ${formatNumber(left)} more (--all)`)]
	];
}
function fileLine({ status, path, linkTarget, delta, remarks, rank }, { palette, width }) {
	const [sign, paint] = SIGNS$1[status];
	const size = (delta === null ? "" : formatSizeDelta(delta)).padStart(9);
	const link = linkTarget === null ? "" : ` -> ${linkTarget}`;
	const said = remarks.length === 0 ? "" : `  ${escapeTerminal(displayName(remarks.join(", "), PATH_LENGTH))}`;
	const named = escapeTerminal(displayName(`${path}${link}`, PATH_LENGTH));
	const start = `    ${sign} ${size}  `;
	const room = Math.max(16, width - start.length - Math.min(widthOf(said), Math.floor(width / 3)));
	const shown = cutMiddle(named, room);
	const end = cutEnd(said, Math.max(0, width - start.length - widthOf(shown)));
	return `    ${palette[paint](sign)} ${size}  ${shown}${rank === 0 ? palette.bad(end) : palette.muted(end)}`;
}
// src/core/report/text/layers.ts
const STEP_LENGTH = 400;
const STATUS_PAINTS = {
	unchanged: "muted",
	recompressed: "muted",
	moved: "accent",
	rebuilt: "warning",
	added: "good",
	removed: "bad"
};
const COMPARED = [
	{
		title: "#",
		align: "right"
	},
	{
		title: "status",
		align: "left"
	},
	{
		title: "cause",
		align: "left"
	},
	{
		title: "size",
		align: "right"
	},
	{
		title: "",
		align: "left"
	},
	{
		title: "change",
		align: "right"
	},
	{
		title: "step",
		align: "left",
		flexible: true
	}
];
const SINGLE = [
	{
		title: "#",
		align: "right"
	},
	{
		title: "size",
		align: "right"
	},
	{
		title: "",
		align: "left"
	},
	{
		title: "step",
		align: "left",
		flexible: true
	}
];
/** The layer table of a comparison; runs of unchanged layers are one line unless all is wanted. */
function comparedTable(lines, options) {
	const rows = options.all ? lines : foldUnchanged(lines);
	const bar = barDrawer(lines, options.width);
	return draw(COMPARED, rows.flatMap((line) => line.kind === "layer" ? comparedRows(line, bar, options.palette) : [runRow(line, options.palette)]), options);
}
/** The layer table of a single snapshot. */
function snapshotTable(lines, options) {
	const bar = barDrawer(lines, options.width);
	const rows = lines.map((line) => [
		{ text: String(line.index) },
		{ text: formatSize(line.size) },
		{
			text: bar(line.size),
			paint: options.palette.accent
		},
		{ text: stepText(line.step) }
	]);
	return draw(SINGLE, rows, options);
}
function draw(columns, rows, { width, palette }) {
	return rows.length === 0 ? [] : tableLines(columns, rows, {
		width,
		heading: palette.muted
	});
}
/** Bars are drawn against the largest layer, and only where there is room for them. */
function barDrawer(lines, width) {
	const largest = lines.reduce((most, { size }) => Math.max(most, size), 0);
	const columns = width < 70 ? 0 : width < 100 ? 6 : 12;
	return (size) => sizeBar(size, largest, columns);
}
function comparedRows(line, bar, palette) {
	const { index, cause, size, delta, step, stepBefore } = line;
	const status = line.status ?? "unchanged";
	const gone = status === "removed";
	const paint = palette[STATUS_PAINTS[status]];
	const row = [
		{ text: gone ? "" : String(index) },
		{
			text: status,
			paint
		},
		{ text: cause ?? whence(line) },
		{ text: gone ? "" : formatSize(size) },
		{
			text: gone ? "" : bar(size),
			paint
		},
		{ text: delta === null || delta === 0 ? "" : formatSizeDelta(delta) },
		{ text: stepText(step) }
	];
	if (stepBefore === null) return [row];
	return [row, [...COMPARED.slice(1).map(() => ({ text: "" })), {
		text: `was ${stepText(stepBefore)}`,
		paint: palette.muted
	}]];
}
function whence({ status, index, movedFrom }) {
	const before = status === "removed" ? index : movedFrom;
	return before === null ? "" : `was ${before}`;
}
function runRow({ first, last, size }, { muted }) {
	return [
		`${first}–${last}`,
		`${last - first + 1} unchanged`,
		"",
		formatSize(size)
	].map((text) => ({
		text,
		paint: muted
	}));
}
const stepText = (step) => escapeTerminal(displayName(step, STEP_LENGTH));
// src/core/report/text/render-text.ts
const NAME_LENGTH = 200;
const SENTENCE_LENGTH = 600;
const SHOWN = 20;
/** The report for a reader at a terminal or in a log. Ends with a line break. */
function renderText(report, options) {
	return report.images.map((image) => `${imageLines(image, options).join("\n")}\n`).join("\n");
}
/** Text from an image, escaped and cut to a length that no screen needs more of. */
const shown = (text, length = NAME_LENGTH) => escapeTerminal(displayName(text, length));
function imageLines(image, options) {
	const { change, files, layers } = image;
	const { palette, width } = options;
	const warning = files === null ? null : privilegedSentence(files, (path) => path);
	const table = change === null ? snapshotTable(layers, options) : comparedTable(layers, options);
	const same = layers.length > 0 && layers.every(({ status }) => status === "unchanged");
	return [
		titleLines(image, options),
		image.notes.flatMap((note) => marked("!", note, palette.warning, width)),
		change?.story == null ? [] : wrap(shown(change.story, SENTENCE_LENGTH), width),
		warning === null ? [] : marked("!", warning, palette.bad, width),
		(change?.advice ?? []).flatMap((advice) => marked("→", advice, palette.accent, width)),
		same && !options.all ? [] : table,
		configLines(image.settings, options),
		files === null ? [] : fileLines(files, options),
		findingLines(image, options),
		closingLines(image, options)
	].filter((block) => block.length > 0).flatMap((block, place) => place === 0 ? block : ["", ...block]);
}
const SIGNS = {
	first: ["+", "accent"],
	single: ["·", "accent"],
	unchanged: ["✓", "good"],
	rebuilt: ["↻", "warning"],
	changed: ["Δ", "accent"]
};
function titleLines({ name, platform, reference, verdict }, { palette, width }) {
	const [sign, paint] = SIGNS[verdict.kind];
	const image = cutEnd(shown(name), width);
	const facts = cutEnd(`  ${shown(platform)}${reference === name ? "" : `  ${shown(reference)}`}`, width - widthOf(image));
	return [`${palette.strong(image)}${palette.muted(facts)}`, ...marked(sign, verdict.sentence, palette[paint], width, palette.strong)];
}
/** A sentence behind a sign, its further lines under its first. */
function marked(sign, text, paint, width, words = (line) => line) {
	return wrap(shown(text, SENTENCE_LENGTH), width - 2).map((line, place) => `${place === 0 ? paint(sign) : " "} ${words(line)}`);
}
function configLines(settings, { palette, width, all }) {
	if (settings === null) return [palette.strong("Config"), "  differs; what in it is not known, since one is not at hand"];
	if (settings.length === 0) return [];
	const listed = settings.slice(0, all ? settings.length : SHOWN).flatMap(({ path, status, before, after, withheld }) => {
		const line = (sign, value) => cutEnd(`  ${sign} ${shown(path)}  ${shown(value)}`.trimEnd(), width);
		if (withheld) return [palette.warning(line("~", status === "modified" ? "changed" : status))];
		return [...before === null ? [] : [palette.bad(line("-", before))], ...after === null ? [] : [palette.good(line("+", after))]];
	});
	return [
		palette.strong("Config"),
		...listed,
		...remainder(settings.length, all, palette)
	];
}
function findingLines({ findings }, { palette, width, all }) {
	if (findings.length === 0) return [];
	const listed = findings.slice(0, all ? findings.length : SHOWN).map(({ layer, code, path, detail }) => {
		const parts = [
			layer === null ? "image" : `layer ${layer}`,
			code,
			path,
			detail
		];
		return cutEnd(`  ${parts.flatMap((part) => part === void 0 ? [] : shown(part)).join("  ")}`, width);
	});
	return [
		palette.strong("Findings"),
		...listed,
		...remainder(findings.length, all, palette)
	];
}
/** What was not listed, and how to see it. */
function remainder(count, all, palette) {
	return all || count <= SHOWN ? [] : [palette.muted(`  … and ${formatNumber(count - SHOWN)} more (--all)`)];
}
function closingLines(image, { palette, width }) {
	const { change, keptIn, reading, size, snapshotDigest } = image;
	const baseline = change === null ? null : baselineSentence(change.baseline).replaceAll("`", "");
	return [
		sizeText(size),
		...baseline === null ? [] : [`compared with ${baseline}`],
		...keptIn === null ? [] : [`kept in ${keptIn}${baseline === null ? ", to compare the next one with" : ""}`],
		...reading === null ? [] : [readingSentence(reading)],
		`snapshot ${snapshotDigest}`
	].flatMap((line) => wrap(shown(line, SENTENCE_LENGTH), width).map(palette.muted));
}
function sizeText({ uncompressed, compressed, uncompressedDelta, compressedDelta, pull }) {
	const delta = (bytes) => bytes === null || bytes === 0 ? "" : ` (${formatSizeDelta(bytes)})`;
	return [
		`${formatSize(uncompressed)} uncompressed${delta(uncompressedDelta)}`,
		...compressed === null ? [] : [`${formatSize(compressed)} compressed${delta(compressedDelta)}`],
		...pull === null || pull === 0 ? [] : [`${formatSize(pull)} to pull on top of the baseline`]
	].join(", ");
}
export { renderText as t };
