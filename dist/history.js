import { C as canonicalJson } from "./catalogue.js";
import { n as toVarveError, t as VarveError } from "./errors.js";
import { i as formatSizeDelta, r as formatSize } from "./human-size.js";
import { r as formatPlatform } from "./platform.js";
import { t as escapeTerminal } from "./escape-terminal.js";
import { t as displayName } from "./visible.js";
import { t as tableLines } from "./table.js";
import { n as readSnapshot } from "./read-document.js";
import { t as Stores } from "./compose.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { n as parseCount } from "./parse.js";
import { t as describeTerminal } from "./describe-terminal.js";
import { t as defaultStorePath } from "./default-store.js";
// src/core/report/text/history.ts
const COLUMNS = [
	{
		title: "",
		align: "right"
	},
	{
		title: "taken (UTC)",
		align: "left"
	},
	{
		title: "commit",
		align: "left"
	},
	{
		title: "branch",
		align: "left",
		flexible: true
	},
	{
		title: "platform",
		align: "left"
	},
	{
		title: "snapshot",
		align: "left"
	},
	{
		title: "layers",
		align: "right"
	},
	{
		title: "size",
		align: "right"
	},
	{
		title: "change",
		align: "right"
	}
];
/**
* The history of a name, newest first; each size against the one before it of the same platform.
* Of one platform, each begins with what `history:NAME~1` names it by.
*/
function renderHistory(rows, { width, palette }) {
	if (rows.length === 0) return "no snapshots\n";
	const platforms = rows.map(({ entry }) => formatPlatform(entry.platform));
	const several = new Set(platforms).size > 1;
	const cells = rows.map((row, place) => {
		const before = rows.find((_, later) => later > place && platforms[later] === platforms[place]);
		return [{
			text: several ? "" : `~${place}`,
			paint: palette.muted
		}, ...historyCells(row, before, several ? platforms[place] ?? "" : "", palette)];
	});
	return `${tableLines(COLUMNS, cells, {
		width,
		heading: palette.muted
	}).join("\n")}\n`;
}
function historyCells({ entry, layers, size }, before, platform, palette) {
	const delta = size === null || before?.size == null ? null : size - before.size;
	const branch = entry.branch ?? (entry.pullRequest === null ? "" : `#${entry.pullRequest}`);
	return [
		{ text: entry.time.slice(0, 19).replace("T", " ") },
		{
			text: shown(entry.commit ?? "", 12),
			paint: palette.accent
		},
		{ text: shown(branch, 200) },
		{ text: shown(platform, 40) },
		{ text: entry.snapshotDigest.slice(7).slice(0, 12) },
		{ text: layers === null ? "" : String(layers) },
		{ text: size === null ? "" : formatSize(size) },
		{
			text: delta === null ? "" : formatSizeDelta(delta),
			...deltaPaint(delta, palette)
		}
	];
}
function deltaPaint(delta, { good, warning, muted }) {
	if (delta === null || delta === 0) return { paint: muted };
	return { paint: delta > 0 ? warning : good };
}
const shown = (text, length) => escapeTerminal(displayName(text.slice(0, length), length));
// src/flows/read-history.ts
/** The snapshots taken under a name, newest first, with the sizes that their documents tell. */
async function readHistory(store, request) {
	const { tenant, name, platform, limit, warn } = request;
	const rows = [];
	const onDamage = (object, problem) => warn(`${object} is damaged: ${problem}`);
	for await (const entry of store.history.list({
		tenant,
		name,
		onDamage,
		...platform && { platform }
	})) {
		if (rows.length >= limit) break;
		rows.push(await describeEntry(store, entry, warn));
	}
	return rows;
}
async function describeEntry(store, entry, warn) {
	try {
		const snapshot = await readSnapshot(store.surface, entry.tenant, entry.snapshotDigest);
		if (snapshot === null) return {
			entry,
			layers: null,
			size: null
		};
		const size = snapshot.layers.reduce((bytes, { uncompressedSize }) => bytes + uncompressedSize, 0);
		return {
			entry,
			layers: snapshot.layers.length,
			size
		};
	} catch (fault) {
		const { kind, message } = toVarveError(fault);
		if (kind !== "bytes") throw fault;
		warn(message);
		return {
			entry,
			layers: null,
			size: null
		};
	}
}
// src/entry/commands/history.ts
const run = async ({ settings, output, format, options, arguments: args }) => {
	const [name = ""] = args;
	const store = new Stores().directory(settings["cas-root"] ?? defaultStorePath(output.environment));
	const limit = options.limit === void 0 ? Number.POSITIVE_INFINITY : parseCount(String(options.limit));
	const { tenant, platform } = settings;
	const warn = (message) => void output.stderr.write(`varve: ${message}\n`);
	const rows = await readHistory(store, {
		tenant,
		name,
		platform,
		limit,
		warn
	});
	if (rows.length === 0) {
		const names = await store.history.names(tenant);
		throw new VarveError("artefact-not-found", `${store.location} has no history of ${name}`, {
			object: name,
			hint: names.length === 0 ? "it has none of any name" : `it has ${names.slice(0, 20).join(", ")}`
		});
	}
	const entries = rows.map(({ entry }) => entry);
	if (format === "json") output.stdout.write(`${canonicalJson(entries)}\n`);
	else if (format === "ndjson") output.stdout.write(entries.map((entry) => `${canonicalJson(entry)}\n`).join(""));
	else output.stdout.write(renderHistory(rows, describeTerminal(output.stdout, output.environment)));
	return EXIT_STATUS.done;
};
export { run };
