import { n as digestOf, r as hexOf } from "./digest.js";
import { i as formatSizeDelta, n as formatNumber, r as formatSize, t as formatCount } from "./human-size.js";
import { r as visible, t as displayName } from "./visible.js";
import { t as escapeTerminal } from "./escape-terminal.js";
import { i as baselineSentence, n as readingSentence, r as privilegedSentence, t as sizeBar } from "./size-bar.js";
import { n as foldUnchanged } from "./layer-lines.js";
// src/core/report/headline.ts
/** A sign for each kind of verdict, for places that take emoji. */
const VERDICT_SIGNS = {
	first: "🆕",
	single: "📷",
	unchanged: "✅",
	rebuilt: "🔁",
	changed: "📦"
};
const BY_WEIGHT = [
	"changed",
	"rebuilt",
	"first",
	"single",
	"unchanged"
];
/** The kind of verdict that stands for the whole report: the weightiest of its parts. */
function overallKind({ images }) {
	return BY_WEIGHT.find((kind) => images.some(({ verdict }) => verdict.kind === kind)) ?? "unchanged";
}
/** The report in one line of plain text, for a commit status, an annotation, a log. */
function headline({ images }) {
	const sentences = new Set(images.map(({ verdict }) => verdict.sentence));
	if (sentences.size === 1) return [...sentences].join("");
	return images.map(({ platform, verdict }) => `${escapeTerminal(displayName(platform, 60))}: ${verdict.sentence}`).join("; ");
}
// src/core/report/escape-markdown.ts
/**
* Inline code, for paragraphs, lists and table cells.
* Within code GitHub makes no mention, reference, link or emoji; a code span needs text without backtick,
* and a cell text without pipe: such text is written as an element with entities.
* @see https://github.github.com/gfm/#code-spans
*/
function code(text) {
	const shown = visible(text);
	return shown === "" || /[`|]/.test(shown) ? element(shown) : `\`${shown}\``;
}
/** Code for places that are HTML already, such as `<summary>`; it holds in Markdown too. */
function htmlCode(text) {
	return element(visible(text));
}
function element(shown) {
	return `<code>${entities(shown)}</code>`;
}
/**
* What could begin something inline, as entities: these never take part in Markdown's structure.
* The comment after `@` splits what would be linked as a mail address even so.
* @see https://github.github.com/gfm/#entity-and-numeric-character-references
*/
function entities(shown) {
	return shown.replaceAll(/[\\`*_~<>[\]&"'!#@$:.|]/g, (mark) => mark === "@" ? "&#64;<!-- -->" : `&#${mark.charCodeAt(0)};`);
}
/** A sentence; what it quotes in backticks becomes code, and nothing in it links, mentions or refers. */
function prose(text) {
	const pieces = text.split("`");
	const paired = pieces.length % 2 === 1;
	return pieces.map((piece, place) => {
		if (place % 2 === 0) return plain(piece);
		return paired || place < pieces.length - 1 ? code(piece) : `&#96;${plain(piece)}`;
	}).join("");
}
/** A sentence that begins a line, where `-`, `+` and `1.` would begin a list. */
function paragraph(text) {
	return prose(text).replace(/^([-+]|\d+[.)])/, (start) => start.replace(/.$/, (mark) => `&#${mark.charCodeAt(0)};`));
}
/** What could begin something in a sentence: emphasis, code, links, HTML, math, emoji, addresses. */
const ACTIVE = /[\\`*~<>[\]|&!#@$]|(?<!\w)_|_(?!\w)|:(?=\S)|\.(?=\p{L})|(?<=www)\.|(?<=\bGH)-/giu;
/** Text outside of code: a zero-width space takes the meaning from `@name`, `#123`, `GH-123` and `https://`. */
function plain(text) {
	return visible(text).replaceAll(ACTIVE, (mark) => `&#${mark.charCodeAt(0)};`).replaceAll(/&#(?:35|45|64);(?=\w)|&#58;(?=\/\/)/g, "$&&#8203;");
}
/** A fenced block: its lines are shown as they are, each on one line. */
function fence(language, lines) {
	const shown = lines.map(visible);
	const longest = shown.flatMap((line) => line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
	const mark = "`".repeat(longest + 1);
	return [
		`${mark}${language}`,
		...shown,
		mark
	].join("\n");
}
// src/core/report/markdown/details.ts
/** A fold; blank lines around the body make it Markdown again. */
function details(summary, body) {
	return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
// src/core/report/markdown/config.ts
const PATH_LENGTH$1 = 120;
const VALUE_LENGTH = 300;
/** Changes are few, and named before lists of files are. */
const SHOWN_AT_LEAST$1 = 100;
const UNKNOWN = "⚙️ The configs differ; what in them is not known, since one is not at hand.";
/** A fold with what differs in the config, before and after; null when nothing does. */
function configSection(settings, perList) {
	if (settings === null) return {
		markdown: UNKNOWN,
		title: null
	};
	if (settings.length === 0) return null;
	const count = Math.max(SHOWN_AT_LEAST$1, perList);
	const lines = settings.slice(0, count).flatMap(changeLines);
	const shortened = settings.length > count;
	if (shortened) lines.push(`  … and ${formatNumber(settings.length - count)} more`);
	const title = formatCount(settings.length, "config change");
	return {
		markdown: details(`<b>${title}</b>`, fence("diff", lines)),
		title,
		shortened
	};
}
function changeLines({ path, status, before, after, withheld }) {
	const name = displayName(path, PATH_LENGTH$1);
	if (withheld) return [`! ${name}  ${status === "modified" ? "changed" : status}`];
	return [...before === null ? [] : [`- ${name}  ${displayName(before, VALUE_LENGTH)}`.trimEnd()], ...after === null ? [] : [`+ ${name}  ${displayName(after, VALUE_LENGTH)}`.trimEnd()]];
}
// src/core/report/markdown/facts.ts
const SHOWN_AT_LEAST = 100;
const LINE_LENGTH = 300;
const NAME_LENGTH$1 = 200;
const LEAST_PERCENT = .1;
/** Sizes in one line, each with what the change added. */
function sizeLine({ uncompressed, compressed, uncompressedDelta, compressedDelta, pull }) {
	return [
		`**${formatSize(uncompressed)}** uncompressed${delta(uncompressedDelta, uncompressed)}`,
		...compressed === null ? [] : [`**${formatSize(compressed)}** compressed${delta(compressedDelta, compressed)}`],
		...pull === null || pull === 0 ? [] : [`**${formatSize(pull)}** to pull on top of the baseline`]
	].join(" · ");
}
function delta(bytes, now) {
	if (bytes === null || bytes === 0) return "";
	const before = now - bytes;
	const percent = Math.abs(100 * bytes) / before;
	const share = percent >= LEAST_PERCENT ? `, ${bytes < 0 ? "−" : "+"}${percent.toFixed(percent < 10 ? 1 : 0)} %` : "";
	return ` (${formatSizeDelta(bytes)}${before > 0 ? share : ""})`;
}
/** The small print: what was compared, and what it cost. */
function footLine({ change, platform, reading }) {
	return `<sub>${[
		...change === null ? [] : [`compared with ${prose(baselineSentence(change.baseline))}`],
		...reading === null ? [] : [readingSentence(reading)],
		code(displayName(platform, NAME_LENGTH$1))
	].join(" · ")}</sub>`;
}
/** A fold with the oddities that were met; null when there were none. */
function findingsSection({ findings }, perList) {
	if (findings.length === 0) return null;
	const count = Math.max(SHOWN_AT_LEAST, perList);
	const shortened = findings.length > count;
	const lines = findings.slice(0, count).map(({ layer, code: word, path, detail }) => [
		layer === null ? "image" : `layer ${layer}`,
		word,
		path,
		detail
	].flatMap((part) => part === void 0 ? [] : displayName(part, LINE_LENGTH)).join("  "));
	if (shortened) lines.push(`… and ${formatNumber(findings.length - count)} more`);
	const title = formatCount(findings.length, "finding");
	return {
		markdown: details(`<b>${title}</b>`, fence("text", lines)),
		title,
		shortened
	};
}
/** A fold with all that someone needs to look at the same things again. */
function evidenceSection(image) {
	const { snapshot, snapshotDigest, change, attachments } = image;
	const base = change?.comparison.base;
	const lines = [
		["snapshot", snapshotDigest],
		["manifest", snapshot.manifest?.digest ?? null],
		["config", snapshot.config.digest],
		["read from", image.reference],
		["baseline snapshot", base?.snapshotDigest ?? null],
		["baseline manifest", base?.manifestDigest ?? null],
		["baseline commit", change?.baseline.commit ?? null],
		...attachments.slice(0, 20).map(({ kind, digest }) => [kind, digest])
	].flatMap(([label, value]) => value === null ? [] : `- ${label} ${code(displayName(value, NAME_LENGTH$1))}`);
	if (base !== void 0) lines.push(`- again: ${code(`varve compare ${base.snapshotDigest} ${snapshotDigest}`)}`);
	return {
		markdown: details("Digests", lines.join("\n")),
		title: null
	};
}
// src/core/report/markdown/files.ts
const PATH_LENGTH = 160;
const STEP_LENGTH$1 = 90;
/** GitHub colours these in a `diff` block: green, orange, red. */
const DIFF_SIGNS = {
	added: "+",
	modified: "!",
	removed: "-"
};
/** A fold for each layer's files; each names at most `perList` of them, what matters first. */
function fileSections(files, perList) {
	const sections = files.groups.map((group) => groupSection(group, perList));
	if (files.volatile === 0) return sections;
	return [...sections, {
		markdown: volatileNote(files.volatile),
		title: "the count of volatile files"
	}];
}
const volatileNote = (count) => `<sub>${formatCount(count, "file")} that ${count === 1 ? "differs" : "differ"} in every rebuild (logs, caches) ${count === 1 ? "is" : "are"} not counted.</sub>`;
function groupSection({ layer, step, lines }, perList) {
	const name = layer === null ? "files no longer in any layer" : `files of layer ${layer}`;
	const named = step === null || step === "" ? "" : ` ${htmlCode(displayName(step, STEP_LENGTH$1))}`;
	const shown = lines.slice(0, perList).map(fileLine);
	if (lines.length > perList) shown.push(`  … and ${formatNumber(lines.length - perList)} more`);
	return {
		markdown: details(`<b>${name.replace("f", "F")}</b>${named}: ${tally(lines)}`, fence("diff", shown)),
		title: `${name} (${formatNumber(lines.length)})`,
		shortened: lines.length > perList
	};
}
function tally(lines) {
	const count = (status) => lines.filter((line) => line.status === status).length;
	const parts = [
		"added",
		"modified",
		"removed"
	].map((status) => [count(status), status]).filter(([number]) => number > 0).map(([number, status]) => `${formatNumber(number)} ${status}`);
	const delta = lines.reduce((sum, line) => sum + (line.delta ?? 0), 0);
	return `${parts.join(", ")} (${formatSizeDelta(delta)})`;
}
function fileLine({ status, path, linkTarget, delta, remarks }) {
	const size = (delta === null ? "" : formatSizeDelta(delta)).padStart(9);
	const link = linkTarget === null ? "" : ` → ${displayName(linkTarget, PATH_LENGTH)}`;
	const said = remarks.length === 0 ? "" : `  (${displayName(remarks.join(", "), PATH_LENGTH)})`;
	return `${DIFF_SIGNS[status]} ${size}  ${displayName(path, PATH_LENGTH)}${link}${said}`;
}
// src/core/report/markdown/layers.ts
/** What a cause means, in the fewest words. */
const CAUSE_WORDS = {
	content: "content",
	volatile: "content, volatile",
	unseen: "content, unseen",
	timestamps: "timestamps only",
	ownership: "ownership only",
	mode: "modes only",
	xattrs: "xattrs only",
	order: "order only",
	metadata: "metadata only",
	"tar-encoding": "tar encoding only",
	step: "step edited"
};
const STATUS_SIGNS = {
	unchanged: "",
	recompressed: "🗜️",
	moved: "↕️",
	rebuilt: "🔁",
	added: "🟢",
	removed: "🔴"
};
const STEP_LENGTH = 120;
/** Engines run images of at most 127 layers; only made-up ones have more. */
const MAX_ROWS = 150;
/** The layer table of a comparison: what stayed the same in one row, what differs in one each. */
function comparedTable(lines) {
	return table([
		"Layer",
		"Status",
		"Step",
		"Size",
		"Change",
		"Cause"
	], "--:|:--|:--|--:|--:|:--", foldUnchanged(lines).map((line) => line.kind === "layer" ? comparedRow(line) : unchangedRow(line)));
}
/** The layer table of a first snapshot. */
function snapshotTable(lines) {
	const largest = lines.reduce((most, { size }) => Math.max(most, size), 0);
	return table([
		"Layer",
		"Step",
		"Size",
		""
	], "--:|:--|--:|:--", lines.map((line) => [
		String(line.index),
		stepCell(line),
		unbroken(formatSize(line.size)),
		sizeBar(line.size, largest, 10)
	]));
}
function comparedRow(line) {
	const status = line.status ?? "unchanged";
	return [
		status === "removed" ? "" : String(line.index),
		unbroken(`${STATUS_SIGNS[status]} ${status}`.trim()),
		stepCell(line),
		status === "removed" ? "" : unbroken(formatSize(line.size)),
		line.delta === null || line.delta === 0 ? "" : unbroken(formatSizeDelta(line.delta)),
		unbroken(line.cause === null ? whence(line) : CAUSE_WORDS[line.cause])
	];
}
function whence({ status, index, movedFrom }) {
	const before = status === "removed" ? index : movedFrom;
	return before === null ? "" : `was layer ${before}`;
}
function unchangedRow({ first, last, size }) {
	return [
		`${first}–${last}`,
		unbroken(`${last - first + 1} unchanged`),
		"",
		unbroken(formatSize(size)),
		"",
		""
	];
}
function stepCell({ step, stepBefore }) {
	const shown = stepCode(step);
	return stepBefore === null ? shown : `${shown}<br>was ${stepCode(stepBefore)}`;
}
/** A step as code; none is said to be unknown. */
function stepCode(step) {
	return step === "" ? "*unknown*" : code(displayName(step, STEP_LENGTH));
}
function table(head, aligned, rows) {
	const shown = rows.slice(0, MAX_ROWS);
	if (rows.length > MAX_ROWS) shown.push([
		"…",
		`and ${rows.length - MAX_ROWS} more`,
		...head.slice(2).map(() => "")
	]);
	return [
		toRow(head),
		`|${aligned}|`,
		...shown.map(toRow)
	].join("\n");
}
/** What a table must not break over two lines. */
const unbroken = (text) => text.replaceAll(" ", "&nbsp;");
const toRow = (cells) => `| ${cells.join(" | ")} |`;
// src/core/report/markdown/sections.ts
/** Room for the sentence that tells what was left out. */
const NOTICE = 2500;
/**
* Joins sections into one document of at most `limit` bytes of UTF-8 (never fewer than GitHub's UTF-16 units),
* leaving out those that do not fit and saying so.
* @param whole where all of it can be read: a URL or a path; null when nowhere.
*/
function joinSections(sections, limit, whole) {
	const chosen = chooseSections(sections, limit);
	const kept = sections.filter((section) => chosen.has(section));
	const left = sections.filter((section) => !chosen.has(section)).flatMap(({ title }) => title ?? []);
	const shortened = kept.some((section) => section.shortened === true);
	const notices = left.length > 0 || shortened ? [notice(left, shortened, whole)] : [];
	return `${[...kept.map(({ markdown }) => markdown), ...notices].join("\n\n")}\n`;
}
/** Tells whether nothing would have to be left out. */
function fits(sections, limit) {
	const noticed = sections.some((section) => section.shortened === true) ? NOTICE : 0;
	return sections.reduce((sum, section) => sum + cost(section), noticed) <= limit;
}
/** Bytes of a section and of the blank line before the next. */
const cost = ({ markdown }) => Buffer.byteLength(markdown) + 2;
function chooseSections(sections, limit) {
	if (fits(sections, limit)) return new Set(sections);
	const kept = new Set(sections.filter(({ title }) => title === null));
	let room = limit - NOTICE - [...kept].reduce((sum, section) => sum + cost(section), 0);
	for (const section of sections) {
		if (kept.has(section) || cost(section) > room) continue;
		kept.add(section);
		room -= cost(section);
	}
	return kept;
}
/** Titles that the notice names; it counts the others. */
const NAMED = 6;
function notice(left, shortened, whole) {
	const named = left.slice(0, NAMED).join(", ");
	const others = left.length > NAMED ? ` and ${formatNumber(left.length - NAMED)} more sections` : "";
	return `> ✂️ ${[
		...left.length > 0 ? [`**Cut to fit:** ${named}${others}.`] : [],
		...shortened ? ["Long lists name only what matters most."] : [],
		...whole === null ? [] : [`All of it: ${locate(whole)}.`]
	].join(" ")}`;
}
function locate(whole) {
	return /^https:\/\/[\w.~/?#=&%:-]{1,300}$/.test(whole) ? `<${whole}>` : code(whole.slice(0, 300));
}
// src/core/report/markdown/render-markdown.ts
/** What fits into a comment on GitHub, with room to spare: it refuses more than 65,536. */
const COMMENT_LIMIT = 6e4;
const DEFAULTS = {
	limit: COMMENT_LIMIT,
	whole: null
};
const NAME_LENGTH = 100;
const SENTENCE_LENGTH = 500;
const MAX_SENTENCES = 8;
/** How much each list names at most: as much as lets every section be there, before any is left out. */
const PER_LIST = [
	Number.POSITIVE_INFINITY,
	1e3,
	100,
	30,
	10
];
/** In a comment nobody reads more, even where there is room. */
const PER_LIST_IN_COMMENT = 100;
/** Longer tables of first snapshots are folded. */
const OPEN_ROWS = 25;
/** The report as GitHub-flavoured Markdown, for a comment or a job summary; deterministic. */
function renderMarkdown(report, options = {}) {
	const { limit, whole } = {
		...DEFAULTS,
		...options
	};
	let sections = [];
	for (const perList of PER_LIST) {
		if (limit <= 6e4 && perList > PER_LIST_IN_COMMENT) continue;
		sections = documentSections(report, perList);
		if (fits(sections, limit)) break;
	}
	return joinSections(sections, limit, whole);
}
function documentSections(report, perList) {
	const [first] = report.images;
	if (first === void 0) return [];
	const several = report.images.length > 1;
	return [
		keep(commentMarker(report)),
		keep(titleLine(report, first.name)),
		...report.images.flatMap((image) => [...several ? [keep(partTitle(image))] : [], ...imageSections(image, perList)])
	];
}
/**
* The invisible first line that tells one image's comment from another's: a hash of name and platform, so that
* no name can end the HTML comment. The platforms of one report share one.
*/
function commentMarker({ images }) {
	const [first] = images;
	const platform = images.length === 1 ? first?.platform : "*";
	return `<!-- varve:report ${hexOf(digestOf(JSON.stringify([first?.name, platform]))).slice(0, 32)} -->`;
}
const keep = (markdown) => ({
	markdown,
	title: null
});
function titleLine(report, name) {
	const { images } = report;
	const said = images.length === 1 ? headline(report) : `on ${formatCount(images.length, "platform")}`;
	return `### ${VERDICT_SIGNS[overallKind(report)]} ${code(displayName(name, NAME_LENGTH))} ${prose(said)}`;
}
function partTitle({ platform, verdict }) {
	return `#### ${VERDICT_SIGNS[verdict.kind]} ${code(displayName(platform, NAME_LENGTH))} ${verdict.sentence}`;
}
function imageSections(image, perList) {
	const { change, files } = image;
	const warning = files === null ? null : privilegedSentence(files, code);
	return [
		...image.notes.slice(0, MAX_SENTENCES).map((note) => keep(`> ⚠️ ${sentence(note)}`)),
		...change === null ? [keep(aloneSentence(image))] : [],
		...change?.story == null ? [] : [keep(paragraph(displayName(change.story, SENTENCE_LENGTH)))],
		...adviceSections(change?.advice ?? []),
		...warning === null ? [] : [keep(`⚠️ ${warning}`)],
		...isQuiet(image) ? [] : [keep(sizeLine(image.size))],
		...layerSection(image),
		...[configSection(image.settings, perList), findingsSection(image, perList)].flatMap((section) => section ?? []),
		...files === null ? [] : fileSections(files, perList),
		evidenceSection(image),
		keep(footLine(image))
	];
}
const sentence = (text) => prose(displayName(text, SENTENCE_LENGTH));
const isQuiet = ({ verdict }) => verdict.kind === "unchanged" || verdict.kind === "rebuilt";
function aloneSentence({ name, platform, keptIn }) {
	const image = `${code(displayName(name, NAME_LENGTH))} for ${code(displayName(platform, NAME_LENGTH))}`;
	if (keptIn === null) return `There is nothing to compare this snapshot of ${image} with.`;
	return `This is the first snapshot of ${image}; the next run will be compared with it.`;
}
const adviceSections = (advice) => advice.slice(0, MAX_SENTENCES).map((item) => keep(`💡 ${sentence(item)}`));
function layerSection(image) {
	const { verdict, layers, change } = image;
	if (layers.every(({ status }) => status === "unchanged")) return [];
	const table = change === null ? snapshotTable(layers) : comparedTable(layers);
	const folded = verdict.kind === "rebuilt" || verdict.kind === "unchanged" || layers.length > (change === null ? OPEN_ROWS : Infinity);
	const title = `the layer table (${layers.length})`;
	return [{
		markdown: folded ? details("<b>Layers</b>", table) : table,
		title
	}];
}
export { headline as i, commentMarker as n, renderMarkdown as r, COMMENT_LIMIT as t };
