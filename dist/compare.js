import { C as canonicalJson } from "./catalogue.js";
import { i as isDigest } from "./digest.js";
import { t as VarveError } from "./errors.js";
import { a as compareSnapshots, i as advise, n as makeReport, r as tellStory, t as compareOptions } from "./compare-options.js";
import { n as loadSnapshot, t as takeSnapshot } from "./take-snapshot.js";
import { i as openImage, r as imageDigestOf } from "./analyse-layers.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as openReading } from "./reading.js";
import { t as renderReport } from "./render-report.js";
// src/core/history/history-expression.ts
const PREFIX = "history:";
/**
* Reads `history:NAME` (the newest snapshot of the name) or `history:NAME~N` (N before it).
* @returns null for a text that is no such expression at all.
* @throws VarveError `bad-reference` for one that is not well formed.
*/
function parseHistoryExpression(text) {
	if (!text.startsWith(PREFIX)) return null;
	const [, name = "", back = "0"] = /^history:([^~]+)(?:~(\d{1,9}))?$/.exec(text) ?? [];
	if (name !== "") return {
		name,
		back: Number(back)
	};
	throw new VarveError("bad-reference", `not a place in a history: ${JSON.stringify(text.slice(0, 200))}`, {
		object: text.slice(0, 200),
		hint: "write history:NAME for the newest snapshot, history:NAME~1 for the one before it"
	});
}
// src/flows/compare-images.ts
/**
* Compares two images or stored snapshots. Images that are read are kept in the store, but enter no history.
* @throws VarveError `artefact-not-found` for what the store does not have; as reading images does.
*/
async function compareImages(tools, { base, target, platform, comparing, origin }) {
	const baseSide = await openSide(tools, base, platform, origin);
	const targetSide = await openSide(tools, target, platform ?? baseSide.view.snapshot.platform, origin);
	const comparison = await compareSnapshots(baseSide.view, targetSide.view, comparing);
	return {
		comparison,
		report: makeReport([{
			name: targetSide.name,
			reference: targetSide.reference,
			snapshot: targetSide.view.snapshot,
			snapshotDigest: targetSide.view.snapshotDigest,
			change: {
				baseline: describeBase(baseSide, targetSide),
				comparison,
				story: tellStory(comparison),
				advice: advise(comparison).map(({ text }) => text)
			},
			keptIn: null,
			reading: null,
			findings: [],
			attachments: [],
			notes: []
		}])
	};
}
async function openSide(tools, text, platform, origin) {
	const { store } = tools;
	if (isDigest(text)) return {
		view: await loadSnapshot(store, origin.tenant, text),
		reference: text,
		name: text,
		entry: null
	};
	const expression = parseHistoryExpression(text);
	if (expression !== null) {
		const entry = await findEntry(tools, text, expression, platform, origin.tenant);
		return {
			view: await loadSnapshot(store, origin.tenant, entry.snapshotDigest),
			reference: entry.reference,
			name: entry.name,
			entry
		};
	}
	await using opened = await openImage(tools, [text], platform);
	const { source, image } = opened;
	const marked = {
		...origin,
		source: {
			...origin.source,
			imageDigest: imageDigestOf(image)
		}
	};
	const { digest } = await takeSnapshot(tools, image, marked);
	return {
		view: await loadSnapshot(store, origin.tenant, digest),
		reference: source.reference,
		name: source.embeddedName ?? source.reference,
		entry: null
	};
}
async function findEntry({ store }, text, { name, back }, platform, tenant) {
	const entries = [];
	const query = {
		tenant,
		name,
		...platform && { platform }
	};
	for await (const entry of store.history.list(query)) {
		entries.push(entry);
		if (entries.length > back) return entry;
	}
	const count = entries.length;
	throw new VarveError("artefact-not-found", `${store.location} has ${count} snapshots of ${name}`, {
		object: text,
		hint: `varve history ${name} lists them`
	});
}
function describeBase(base, target) {
	const { entry, reference, view } = base;
	const age = entry === null || target.entry === null ? null : (Date.parse(target.entry.time) - Date.parse(entry.time)) / 1e3;
	return {
		found: isDigest(reference) ? "snapshot" : "image",
		place: reference,
		snapshotDigest: view.snapshotDigest,
		commit: entry?.commit ?? null,
		branch: entry?.branch ?? null,
		time: entry?.time ?? null,
		distance: null,
		age
	};
}
// src/entry/commands/compare.ts
const run = async (invocation) => {
	const { settings, output, options, format } = invocation;
	const [base = "", target = ""] = invocation.arguments;
	await using reading = openReading(settings, output);
	const { comparison, report } = await compareImages(reading.tools, {
		base,
		target,
		platform: settings.platform,
		comparing: compareOptions(settings),
		origin: reading.origin
	});
	const json = format === "json";
	output.stdout.write(json ? `${canonicalJson(comparison)}\n` : await renderReport(report, invocation));
	return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
export { run };
