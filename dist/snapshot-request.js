import { n as toVarveError, t as VarveError } from "./errors.js";
import { S as canonicalBytes } from "./catalogue.js";
import { C as TimeSchema, E as SizeSchema, F as array, H as number, L as exactOptional, M as TenantSchema, R as literal, S as HISTORY_SCHEMA, T as PlatformSchema, U as object, V as nullable, W as picklist, X as strictObject, Y as safeParse, Z as string, d as buildSurfaceManifest, f as keyOfArtifact, g as SurfaceArtifactSchema, m as surfaceManifestUri, u as artifactOf, w as DigestSchema } from "./compose.js";
import { m as packArtefact, n as loadSnapshot, t as takeSnapshot } from "./take-snapshot.js";
import "./limits.js";
import { a as compareSnapshots, i as advise, n as makeReport, r as tellStory, t as compareOptions } from "./compare-options.js";
import { i as openImage, o as readPayload, r as imageDigestOf } from "./analyse-layers.js";
import { n as VERSION } from "./version.js";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
// src/core/history/choose-baseline.ts
/** The same choice where entries come one by one, newest first, such as from a store. */
var BaselineSearch = class {
	#places;
	#fallbacks;
	#best = null;
	constructor(situation) {
		this.#places = placesOf(situation);
		this.#fallbacks = fallbacksOf(situation);
	}
	/** Takes the next entry; returns true once no further one can be better. */
	offer(entry) {
		if (entry.pullRequest === null) {
			const candidate = this.#rank(entry);
			if (candidate !== null && (this.#best === null || candidate.rank < this.#best.rank)) this.#best = candidate;
		}
		return this.#best?.rank === 0;
	}
	get choice() {
		if (this.#best === null) return {
			found: "none",
			entry: null,
			distance: null
		};
		const { found, entry, distance } = this.#best;
		return {
			found,
			entry,
			distance
		};
	}
	#rank(entry) {
		const place = entry.commit === null ? void 0 : this.#places.get(entry.commit);
		if (place !== void 0) return {
			...place,
			entry
		};
		const index = this.#fallbacks.findIndex((fallback) => fallback.accepts(entry));
		const fallback = this.#fallbacks[index];
		if (fallback === void 0) return null;
		return {
			found: fallback.found,
			entry,
			distance: null,
			rank: this.#places.size + index
		};
	}
};
/** The commits whose entries will do, each with its rank. */
function placesOf(situation) {
	const places = /* @__PURE__ */ new Map();
	const add = (commit, found, distance) => {
		if (!places.has(commit)) places.set(commit, {
			found,
			distance,
			rank: places.size
		});
	};
	if (situation.kind === "unversioned") return places;
	if (situation.kind === "pull-request" && situation.baseCommit !== null) add(situation.baseCommit, "base-commit", 0);
	situation.ancestors.forEach((commit, index) => {
		add(commit, "ancestor", index + 1);
	});
	return places;
}
/** What will do when no commit of the ancestry has an entry, best first. */
function fallbacksOf(situation) {
	const newestOf = (found, branch) => branch === null ? [] : [{
		found,
		accepts: (entry) => entry.branch === branch
	}];
	switch (situation.kind) {
		case "pull-request": return [...newestOf("base-branch", situation.baseBranch), ...newestOf("default-branch", situation.defaultBranch)];
		case "branch": return newestOf("branch-newest", situation.branch);
		case "unversioned": return [{
			found: "newest",
			accepts: () => true
		}];
	}
}
// src/flows/resolve-baseline.ts
/**
* Finds the snapshot to compare with. A store's baseline is not trusted: damage there makes a first run, and is said.
* @throws VarveError when an image that was named as baseline cannot be read.
*/
async function resolveBaseline(tools, request, image) {
	switch (request.kind) {
		case "none": return {
			baseline: null,
			notes: []
		};
		case "image": return {
			baseline: await takeBaseline(tools, request.reference, image),
			notes: []
		};
		case "store": return findStored(request.store, request.situation, image);
	}
}
async function takeBaseline(tools, reference, { platform, origin }) {
	await using opened = await openImage(tools, [reference], platform);
	const { digest } = await takeSnapshot(tools, opened.image, origin);
	return {
		snapshot: await loadSnapshot(tools.store, origin.tenant, digest),
		facts: describe("image", opened.source.reference, digest, null, null)
	};
}
async function findStored(store, situation, { name, platform, origin }) {
	const notes = [];
	const search = new BaselineSearch(situation);
	const onDamage = (object, problem) => {
		notes.push(`history entry ${object} of ${store.location} is damaged and was passed over: ${problem}`);
	};
	for await (const entry of store.history.list({
		tenant: origin.tenant,
		name,
		platform,
		onDamage
	})) if (search.offer(entry)) break;
	const { found, entry, distance } = search.choice;
	if (entry === null) return {
		baseline: null,
		notes
	};
	try {
		return {
			baseline: {
				snapshot: await loadSnapshot(store, origin.tenant, entry.snapshotDigest),
				facts: describe(found, store.location, entry.snapshotDigest, entry, distance)
			},
			notes
		};
	} catch (fault) {
		const { kind, message } = toVarveError(fault);
		if (kind !== "bytes" && kind !== "usage") throw fault;
		return {
			baseline: null,
			notes: [...notes, unusable(store.location, message)]
		};
	}
}
/** Says that a baseline could not serve, and what follows from it. */
function unusable(place, problem) {
	return `the baseline in ${place} cannot be used (${problem}), so this counts as a first run`;
}
function describe(found, place, snapshotDigest, entry, distance) {
	const { commit = null, branch = null, time = null } = entry ?? {};
	return {
		found,
		place,
		snapshotDigest,
		commit,
		branch,
		time,
		distance
	};
}
// src/flows/compare-with-baseline.ts
/**
* Compares a snapshot that was just taken with its baseline. Damage in what was reused of the image is mended by
* reading it again; damage in the baseline makes a first run.
*/
async function compareWithBaseline(tools, image, origin, taken, { baseline, notes }, options) {
	if (baseline === null) return {
		taken,
		change: null,
		notes
	};
	const compare = async () => {
		const target = await loadSnapshot(tools.store, origin.tenant, taken.digest);
		return {
			baseline,
			comparison: await compareSnapshots(baseline.snapshot, target, options)
		};
	};
	const first = await attempt(compare);
	if (!(first instanceof VarveError)) return {
		taken,
		change: first,
		notes
	};
	const again = await takeSnapshot(tools, image, origin, false);
	const mended = [...notes, `stored results were damaged (${first.message}), so every layer was read again`];
	const second = await attempt(compare);
	if (!(second instanceof VarveError)) return {
		taken: again,
		change: second,
		notes: mended
	};
	return {
		taken: again,
		change: null,
		notes: [...mended, unusable(baseline.facts.place, second.message)]
	};
}
/** Does something that stored bytes may spoil; gives their fault, and throws any other. */
async function attempt(action) {
	try {
		return await action();
	} catch (fault) {
		const error = toVarveError(fault);
		if (error.kind === "bytes") return error;
		throw fault;
	}
}
// src/core/surface/pointer.ts
const POINTER_SCHEMA = "varve.pointer@1";
const PointerBaselineSchema = strictObject({
	found: picklist([
		"base-commit",
		"ancestor",
		"base-branch",
		"default-branch",
		"branch-newest",
		"newest",
		"image",
		"snapshot"
	]),
	/** Where it was, as a user names it: `dir:.varve`, an image reference, a snapshot digest. */
	place: string(),
	snapshotDigest: DigestSchema,
	commit: nullable(string()),
	branch: nullable(string()),
	/** When it was taken. */
	time: nullable(TimeSchema),
	/** Commits from it to the base commit (of a pull request) or to the built one (of a branch). */
	distance: nullable(SizeSchema)
});
/** An oddity that was met: of a layer, or of the image as a whole. */
const PointerFindingSchema = strictObject({
	layer: nullable(SizeSchema),
	code: string(),
	path: exactOptional(string()),
	detail: exactOptional(string())
});
/** A manifest that stands beside the image in its index. */
const PointerAttachmentSchema = strictObject({
	kind: picklist(["attestation", "artifact"]),
	digest: DigestSchema,
	mediaType: string(),
	artifactType: nullable(string()),
	subject: nullable(DigestSchema)
});
strictObject({
	schema: literal(POINTER_SCHEMA),
	manifestUri: string(),
	manifestDigest: DigestSchema,
	manifest: strictObject({ artifacts: array(SurfaceArtifactSchema) }),
	snapshotDigest: DigestSchema,
	image: strictObject({
		reference: string(),
		name: string(),
		platform: PlatformSchema
	}),
	comparison: nullable(strictObject({
		uri: string(),
		digest: DigestSchema
	})),
	baseline: nullable(PointerBaselineSchema),
	layers: strictObject({
		total: SizeSchema,
		/** Layers that were known and not opened. */
		reused: SizeSchema,
		read: SizeSchema,
		/** Stored bytes that were read. */
		bytesRead: SizeSchema
	}),
	findings: array(PointerFindingSchema),
	attachments: array(PointerAttachmentSchema),
	run: strictObject({
		scanId: string(),
		generatedAt: TimeSchema,
		scannerBuild: string(),
		tenant: TenantSchema,
		commit: nullable(string()),
		branch: nullable(string()),
		pullRequest: nullable(SizeSchema)
	})
});
function pointerBytes(pointer) {
	return canonicalBytes(pointer);
}
// src/flows/describe-run.ts
/** The pointer: where everything is, and the facts of the run. */
function describePointer(run) {
	const { entry, taken, comparison } = run;
	const { tenant, scanId, commit, branch, pullRequest } = entry;
	return {
		schema: POINTER_SCHEMA,
		manifestUri: surfaceManifestUri(tenant, entry.surfaceManifestDigest),
		manifestDigest: entry.surfaceManifestDigest,
		manifest: { artifacts: run.surfaceManifest.artifacts },
		snapshotDigest: taken.digest,
		image: {
			reference: entry.reference,
			name: entry.name,
			platform: entry.platform
		},
		comparison: comparison && {
			uri: comparison.uri,
			digest: comparison.digest
		},
		baseline: run.change?.baseline.facts ?? null,
		layers: {
			total: taken.snapshot.layers.length,
			...taken.reading
		},
		findings: [...taken.findings],
		attachments: [...run.attachments],
		run: {
			scanId,
			generatedAt: entry.time,
			scannerBuild: run.scannerBuild,
			tenant,
			commit,
			branch,
			pullRequest
		}
	};
}
/** The report: what the run has to say to people. */
function describeReport({ entry, taken, change, keptIn, attachments, notes }) {
	const { name, reference, time } = entry;
	return makeReport([{
		name,
		reference,
		snapshot: taken.snapshot,
		snapshotDigest: taken.digest,
		change: change && describeChange(change, time),
		keptIn,
		reading: taken.reading,
		findings: taken.findings,
		attachments,
		notes
	}]);
}
function describeChange({ baseline: { facts }, comparison }, time) {
	const age = facts.time === null ? null : (Date.parse(time) - Date.parse(facts.time)) / 1e3;
	return {
		baseline: {
			...facts,
			age
		},
		comparison,
		story: tellStory(comparison),
		advice: advise(comparison).map(({ text }) => text)
	};
}
// src/flows/copy-artefacts.ts
/**
* Copies what a surface manifest lists from one store to another; what the other has already is left alone.
* @throws VarveError `artefact-not-found` when the first store lacks one.
*/
async function copyArtefacts(from, to, origin, artifacts) {
	const missing = [];
	for (const artifact of artifacts) {
		const key = keyOfArtifact(artifact);
		if (await to.surface.getManifest(key) !== null) continue;
		const bytes = await readPayload(from.surface, key);
		if (bytes === null) throw new VarveError("artefact-not-found", `${from.location} has no ${key.kind} ${key.digest}`, { object: artifact.uri });
		missing.push(packArtefact(origin, artifact.kind, bytes, artifact.format));
	}
	await to.surface.put(missing);
}
// src/flows/keep-snapshot.ts
/**
* Adds a snapshot to the history of its store, and to a baseline store that is another one, with all that the next
* comparison needs. A baseline store that cannot be written is said, and nothing more.
* @throws VarveError when the run's own store cannot be written.
*/
async function keepSnapshot(store, { baseline, save }, origin, taken, surfaceManifest, entry) {
	await store.history.append(entry);
	if (baseline.kind !== "store" || !save) return {
		keptIn: null,
		notes: []
	};
	const { location } = baseline.store;
	if (baseline.store === store) return {
		keptIn: location,
		notes: []
	};
	try {
		await copyArtefacts(store, baseline.store, origin, surfaceManifest.artifacts);
		await baseline.store.surface.putSurfaceManifest(surfaceManifest);
		await baseline.store.layers.record(entry.tenant, taken.snapshot);
		await baseline.store.history.append(entry);
		return {
			keptIn: location,
			notes: []
		};
	} catch (fault) {
		const { kind, message } = toVarveError(fault);
		if (kind === "internal") throw fault;
		return {
			keptIn: null,
			notes: [`the snapshot was not saved in ${location}: ${message}`]
		};
	}
}
// src/flows/snapshot-image.ts
/**
* The main job: records an image, compares it with its baseline, and keeps fragments, comparison and history.
* @throws VarveError when the image cannot be read or its store not be written. Trouble with a baseline store is noted.
*/
async function snapshotImage(tools, request) {
	await using opened = await openImage(tools, request.references, request.platform);
	const name = nameOf(request, opened);
	const origin = originOf(request, opened);
	const taken = await takeSnapshot(tools, opened.image, origin);
	const subject = {
		name,
		platform: taken.snapshot.platform,
		origin
	};
	const resolved = await resolveBaseline(tools, request.baseline, subject);
	const outcome = await compareWithBaseline(tools, opened.image, origin, taken, resolved, request.comparing);
	const { change } = outcome;
	const comparison = change && packArtefact(origin, "image.comparison", canonicalBytes(change.comparison));
	if (comparison !== null) await tools.store.surface.put([comparison]);
	const surfaceManifest = buildSurfaceManifest({
		tenant: request.tenant,
		imageDigest: imageDigestOf(opened.image),
		version: request.run.version,
		artifacts: outcome.taken.artifacts
	});
	const manifestDigest = await tools.store.surface.putSurfaceManifest(surfaceManifest);
	const entry = {
		schema: HISTORY_SCHEMA,
		tenant: request.tenant,
		name,
		platform: taken.snapshot.platform,
		time: request.run.time,
		snapshotDigest: taken.digest,
		surfaceManifestDigest: manifestDigest,
		reference: opened.source.reference,
		commit: request.run.commit,
		branch: request.run.branch,
		pullRequest: request.run.pullRequest,
		scanId: request.run.scanId
	};
	const kept = await keepSnapshot(tools.store, request, origin, outcome.taken, surfaceManifest, entry);
	const run = {
		entry,
		surfaceManifest,
		taken: outcome.taken,
		change,
		comparison: comparison && artifactOf(comparison),
		attachments: opened.source.attachments,
		scannerBuild: origin.source.scannerBuild,
		keptIn: kept.keptIn,
		notes: [...outcome.notes, ...kept.notes]
	};
	return {
		pointer: describePointer(run),
		surfaceManifest,
		comparison: change?.comparison ?? null,
		report: describeReport(run),
		keptIn: kept.keptIn
	};
}
function nameOf({ name }, { source }) {
	const found = name ?? source.embeddedName;
	if (found !== null) return found;
	throw new VarveError("bad-option", `${source.reference} does not say what the image is called`, {
		object: source.reference,
		hint: "give a name for its history with --name (input name), such as shop/web"
	});
}
function originOf({ tenant, run }, { image }) {
	return {
		tenant,
		source: {
			scannerBuild: `varve@${run.version}`,
			imageDigest: imageDigestOf(image),
			scanId: run.scanId
		},
		time: run.time
	};
}
// src/entry/write-file.ts
/** Writes a file that the user asked for, with the folders above it. @throws VarveError `unreachable`. */
async function writeOutputFile(path, content) {
	try {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, content);
	} catch (cause) {
		throw new VarveError("unreachable", `cannot write ${path}`, {
			object: path,
			cause
		});
	}
}
// src/entry/run-outputs.ts
/** Writes the files that were asked for; a first run has no comparison to write. */
async function writeRunOutputs(result, settings) {
	const { pointer, surfaceManifest, comparison, report } = result;
	await writeIfAsked(settings["pointer-path"], () => pointerBytes(pointer));
	await writeIfAsked(settings["surface-manifest-output"], () => canonicalBytes(surfaceManifest));
	await writeIfAsked(settings["comparison-path"], () => comparison && canonicalBytes(comparison));
	await writeIfAsked(settings["report-path"], async () => {
		const { renderMarkdown } = await import("./render-markdown2.js");
		return renderMarkdown(report, { limit: Number.POSITIVE_INFINITY });
	});
}
async function writeIfAsked(path, render) {
	const content = path === void 0 ? null : await render();
	if (path !== void 0 && content !== null) await writeOutputFile(path, content);
}
// src/entry/settings/run-context.ts
const EventSchema = object({
	pull_request: exactOptional(object({
		number: number(),
		base: object({
			sha: string(),
			ref: string()
		})
	})),
	repository: exactOptional(object({ default_branch: exactOptional(string()) }))
});
/**
* The run as the environment of a GitHub workflow tells it, or a run of its own elsewhere.
* @param given what the settings say of the commit; it wins.
* @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
*/
function readRunContext(environment, given) {
	const onGitHub = environment.GITHUB_ACTIONS === "true";
	const event = onGitHub ? readEvent(environment.GITHUB_EVENT_PATH) : {};
	const commit = given.commit ?? (onGitHub ? environment.GITHUB_SHA : void 0) ?? null;
	const branch = given.branch ?? (onGitHub ? branchOf(environment) : void 0) ?? null;
	return {
		scanId: onGitHub ? `github-${environment.GITHUB_RUN_ID}-${environment.GITHUB_RUN_ATTEMPT}` : randomUUID(),
		commit,
		branch,
		pullRequest: event.pull_request?.number ?? null,
		url: onGitHub ? runUrl(environment) : null,
		situation: describeSituation(event, commit, branch)
	};
}
function describeSituation(event, commit, branch) {
	const { pull_request: pullRequest, repository } = event;
	if (pullRequest !== void 0) return {
		kind: "pull-request",
		baseCommit: pullRequest.base.sha,
		ancestors: [],
		baseBranch: pullRequest.base.ref,
		defaultBranch: repository?.default_branch ?? null
	};
	return commit === null && branch === null ? { kind: "unversioned" } : {
		kind: "branch",
		ancestors: [],
		branch
	};
}
/** The branch that the work is on; null for a tag. */
function branchOf(environment) {
	if (environment.GITHUB_HEAD_REF) return environment.GITHUB_HEAD_REF;
	return environment.GITHUB_REF_TYPE === "branch" ? environment.GITHUB_REF_NAME : void 0;
}
function runUrl(environment) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
	return `${server}/${repository}/actions/runs/${run}`;
}
/** The event that started the workflow; one that cannot be read says nothing. */
function readEvent(path) {
	if (path === void 0) return {};
	try {
		const parsed = safeParse(EventSchema, JSON.parse(readFileSync(path, "utf8")));
		return parsed.success ? parsed.output : {};
	} catch {
		return {};
	}
}
// src/entry/snapshot-request.ts
/** Puts settings and run into the words of the main job. */
function snapshotRequest(references, settings, context, baseline, now) {
	return {
		references,
		platform: settings.platform,
		name: settings.name,
		tenant: settings.tenant,
		baseline,
		save: settings.save,
		comparing: compareOptions(settings),
		run: {
			...context,
			time: now.toISOString(),
			version: VERSION
		}
	};
}
/** The store that the run writes to: the CAS root, which a `dir:` baseline is by itself unless it may not be written. */
function chooseStore(stores, settings, fallback) {
	const { baseline, save, "cas-root": casRoot } = settings;
	if (casRoot !== void 0) return stores.directory(casRoot);
	return stores.directory(baseline.kind === "dir" && save ? baseline.path : fallback);
}
/** What the run is compared with. */
function baselineRequest(stores, settings, context) {
	const { baseline } = settings;
	if (baseline.kind !== "dir") return baseline;
	return {
		kind: "store",
		store: stores.directory(baseline.path),
		situation: context.situation
	};
}
export { writeRunOutputs as a, readRunContext as i, chooseStore as n, snapshotImage as o, snapshotRequest as r, baselineRequest as t };
