import { n as toVarveError, t as VarveError } from "./errors.js";
import { C as canonicalJson, _ as fromBase64, b as toBase64, d as INVENTORY_SCHEMA, h as pathBytes, p as normalisePath, v as fromText, x as toText, y as isUtf8Text } from "./catalogue.js";
import { B as minValue, E as SizeSchema, F as array, G as pipe, H as number, I as base64, J as safeInteger, K as record, L as exactOptional, R as literal, W as picklist, X as strictObject, Z as string, _ as malformed, h as formatOf, l as parseLayerType, o as fragmentKey, q as regex, v as parseStored, w as DigestSchema, z as maxValue } from "./compose.js";
import { t as DEFAULT_LIMITS } from "./limits.js";
import { n as choosePlatform } from "./platform.js";
import { isUtf8 } from "node:buffer";
// src/core/layer/inventory-schema.ts
const TextsSchema = array(string());
/** The first line of a `layer.files` fragment. */
const InventoryHeaderSchema = strictObject({
	schema: literal(INVENTORY_SCHEMA),
	diffId: DigestSchema,
	entries: SizeSchema,
	uncompressedSize: SizeSchema,
	orderDigest: DigestSchema,
	findings: array(strictObject({
		code: string(),
		path: exactOptional(string()),
		detail: exactOptional(string())
	})),
	implicitParents: TextsSchema,
	implicitParentsBase64: exactOptional(TextsSchema)
});
const IntegerSchema = pipe(number(), safeInteger());
const Base64Schema = pipe(string(), base64());
strictObject({
	path: string(),
	pathBase64: exactOptional(Base64Schema),
	type: picklist([
		"file",
		"dir",
		"symlink",
		"hardlink",
		"char",
		"block",
		"fifo",
		"whiteout",
		"opaque"
	]),
	mode: pipe(string(), regex(/^[0-7]{4}$/)),
	uid: IntegerSchema,
	gid: IntegerSchema,
	size: SizeSchema,
	mtime: IntegerSchema,
	mtimeNs: exactOptional(pipe(number(), safeInteger(), minValue(1), maxValue(999999999))),
	sha256: exactOptional(pipe(string(), regex(/^[0-9a-f]{64}$/))),
	linkTarget: exactOptional(string()),
	linkTargetBase64: exactOptional(Base64Schema),
	xattrs: exactOptional(record(string(), pipe(string(), regex(/^[A-Za-z0-9+/]*={0,2}$/)))),
	device: exactOptional(strictObject({
		major: IntegerSchema,
		minor: IntegerSchema
	}))
});
// src/core/layer/line-cursor.ts
const CONTROL = /[\x00-\x1f]/;
const INTEGER = /(?:0|-?[1-9][0-9]{0,15})(?![0-9])/y;
/**
* Reads canonical JSON whose form is known, piece by piece. Every method throws SyntaxError where the text is another.
*/
var LineCursor = class {
	#line;
	#at = 0;
	constructor(line) {
		this.#line = line;
	}
	/** Goes over a text if it stands here. */
	skips(text) {
		if (!this.#line.startsWith(text, this.#at)) return false;
		this.#at += text.length;
		return true;
	}
	/** Goes over a text that must stand here. */
	expect(text) {
		if (!this.skips(text)) throw this.#unexpected();
	}
	integer() {
		INTEGER.lastIndex = this.#at;
		const digits = INTEGER.exec(this.#line)?.[0];
		const value = Number(digits);
		if (digits === void 0 || !Number.isSafeInteger(value)) throw this.#unexpected();
		this.#at += digits.length;
		return value;
	}
	/** A JSON string. */
	text() {
		const start = this.#at;
		this.expect("\"");
		let end = this.#line.indexOf("\"", this.#at);
		let plain = this.#line.slice(this.#at, end);
		if (plain.includes("\\")) {
			end = this.#closingQuote();
			const quoted = this.#line.slice(start, end + 1);
			plain = String(JSON.parse(quoted));
			if (!plain.isWellFormed() || JSON.stringify(plain) !== quoted) throw this.#unexpected();
		} else if (end === -1 || CONTROL.test(plain)) throw this.#unexpected();
		this.#at = end + 1;
		return plain;
	}
	/** A JSON string that is base64. */
	base64() {
		const text = this.text();
		if (!isBase64(text)) throw this.#unexpected();
		return text;
	}
	/** An object of base64 texts that stands just before the end of the line; it must not be empty. */
	lastObject(ending) {
		const end = this.#line.length - ending.length;
		const json = this.#line.slice(this.#at, end);
		const value = JSON.parse(json);
		if (!isBase64Object(value) || canonicalJson(value) !== json) throw this.#unexpected();
		this.#at = end;
		return value;
	}
	/** The line must be at its end. */
	end() {
		if (this.#at !== this.#line.length) throw this.#unexpected();
	}
	#closingQuote() {
		let at = this.#at;
		for (; this.#line[at] !== "\""; at += this.#line[at] === "\\" ? 2 : 1) if (at >= this.#line.length) throw this.#unexpected();
		return at;
	}
	#unexpected() {
		return /* @__PURE__ */ new SyntaxError(`something else was expected at ${this.#at}`);
	}
};
function isBase64(text) {
	return toBase64(fromBase64(text)) === text;
}
function isBase64Object(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
	const members = Object.entries(value);
	return members.length > 0 && members.every(([name, text]) => name.isWellFormed() && typeof text === "string" && isBase64(text));
}
// src/core/layer/parse-line.ts
/**
* Reads a line that `formatLine` wrote, without its newline: these fields in this order, and written in no other way.
* @returns null for any other text.
*/
function parseLine(line) {
	try {
		const entry = readFields(new LineCursor(line));
		return fieldsFitType(entry) && textsAreExact(entry) ? entry : null;
	} catch (fault) {
		if (fault instanceof SyntaxError) return null;
		throw fault;
	}
}
function readFields(line) {
	const entry = {
		path: "",
		type: "file",
		mode: "",
		uid: 0,
		gid: 0,
		size: 0,
		mtime: 0
	};
	line.expect("{");
	if (line.skips("\"device\":{\"major\":")) entry.device = readDevice(line);
	line.expect("\"gid\":");
	entry.gid = line.integer();
	line.expect(",");
	if (line.skips("\"linkTarget\":")) entry.linkTarget = readText(line);
	if (line.skips("\"linkTargetBase64\":")) entry.linkTargetBase64 = readBase64(line);
	line.expect("\"mode\":");
	entry.mode = readText(line);
	line.expect("\"mtime\":");
	entry.mtime = line.integer();
	if (line.skips(",\"mtimeNs\":")) entry.mtimeNs = line.integer();
	line.expect(",\"path\":");
	entry.path = readText(line);
	if (line.skips("\"pathBase64\":")) entry.pathBase64 = readBase64(line);
	if (line.skips("\"sha256\":")) entry.sha256 = readText(line);
	line.expect("\"size\":");
	entry.size = line.integer();
	line.expect(",\"type\":");
	entry.type = line.text();
	line.expect(",\"uid\":");
	entry.uid = line.integer();
	if (line.skips(",\"xattrs\":")) entry.xattrs = line.lastObject("}");
	line.expect("}");
	line.end();
	return entry;
}
function readDevice(line) {
	const major = line.integer();
	line.expect(",\"minor\":");
	const minor = line.integer();
	line.expect("},");
	return {
		major,
		minor
	};
}
/** A text with a further field behind it. */
function readText(line) {
	const text = line.text();
	line.expect(",");
	return text;
}
function readBase64(line) {
	const text = line.base64();
	line.expect(",");
	return text;
}
/** Types that have neither content nor target nor device. */
const BARE_TYPES = /* @__PURE__ */ new Set([
	"dir",
	"fifo",
	"whiteout",
	"opaque"
]);
const MODE = /^[0-7]{4}$/;
const SHA256 = /^[0-9a-f]{64}$/;
function fieldsFitType(entry) {
	const { type } = entry;
	const isFile = type === "file";
	const isLink = type === "symlink" || type === "hardlink";
	const isDevice = type === "char" || type === "block";
	return (isFile || isLink || isDevice || BARE_TYPES.has(type)) && isFile === (entry.sha256 !== void 0) && isLink === (entry.linkTarget !== void 0) && isDevice === (entry.device !== void 0) && (isFile || entry.size === 0) && (isLink || entry.linkTargetBase64 === void 0) && MODE.test(entry.mode) && (entry.sha256 === void 0 || SHA256.test(entry.sha256)) && entry.size >= 0 && (entry.mtimeNs === void 0 || entry.mtimeNs > 0 && entry.mtimeNs < 1e9);
}
function textsAreExact({ path, pathBase64, type, linkTarget, linkTargetBase64 }) {
	const bytes = exactBytes(path, pathBase64);
	if (bytes === null || normalisePath(bytes) !== bytes) return false;
	if (linkTarget === void 0) return true;
	const target = exactBytes(linkTarget, linkTargetBase64);
	return target !== null && (type === "symlink" || normalisePath(target) === target);
}
/** The bytes of a text; null when base64 is given that says something else, or nothing more. */
function exactBytes(text, base64) {
	if (base64 === void 0) return fromText(text);
	const bytes = fromBase64(base64);
	return !isUtf8Text(bytes) && toText(bytes) === text ? bytes : null;
}
const PATH_KEY = Buffer.from("\"path\":\"");
const PATH_BASE64_KEY = "\",\"pathBase64\":\"";
const QUOTE = 34;
const BACKSLASH = 92;
/**
* The path in a line that lies in a buffer, found without parsing the line.
* @returns null when there is none.
*/
function linePath(bytes, start, end) {
	const key = bytes.indexOf(PATH_KEY, start);
	if (key === -1 || key >= end) return null;
	const from = key + PATH_KEY.length;
	let to = from;
	while (to < end && bytes[to] !== QUOTE) to += bytes[to] === BACKSLASH ? 2 : 1;
	const exact = to + 16;
	if (bytes.toString("latin1", to, exact) === PATH_BASE64_KEY) return fromBase64(bytes.toString("latin1", exact, bytes.indexOf(QUOTE, exact)));
	const text = bytes.toString("latin1", from, to);
	return text.includes("\\") ? unescaped(text) : text;
}
function unescaped(text) {
	try {
		return String(JSON.parse(`"${text}"`));
	} catch {
		return null;
	}
}
// src/core/layer/inventory-view.ts
const NEWLINE = 10;
/**
* A `layer.files` payload, read where it lies: looking something up parses a handful of its lines.
* Everything throws VarveError `malformed`, naming the object, for bytes that are no inventory.
*/
var Inventory = class {
	header;
	#bytes;
	#object;
	/** Where the first entry's line begins. */
	#start;
	/**
	* @param payload the whole uncompressed payload, its digest verified.
	* @param object what the payload is, for errors.
	*/
	constructor(payload, object) {
		this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
		this.#object = object;
		this.#start = this.#bytes.indexOf(NEWLINE) + 1;
		if (this.#start === 0 || this.#bytes.at(-1) !== NEWLINE) throw malformed(object, "does not end with a newline");
		if (!isUtf8(this.#bytes)) throw malformed(object, "is not UTF-8 text");
		const headerBytes = this.#bytes.subarray(0, this.#start - 1);
		const limits = {
			...DEFAULT_LIMITS,
			jsonBytes: headerBytes.length
		};
		this.header = parseStored(InventoryHeaderSchema, headerBytes, object, limits);
	}
	/** All entries in the order of their paths' bytes. Order and number are checked on the way. */
	*entries() {
		let count = 0;
		let previous = "";
		for (let at = this.#start; at < this.#bytes.length; count++) {
			const end = this.#bytes.indexOf(NEWLINE, at);
			const entry = this.#parse(at, end);
			const path = pathBytes(entry);
			if (path < previous) throw malformed(this.#object, `is not sorted at ${JSON.stringify(entry.path)}`);
			previous = path;
			yield entry;
			at = end + 1;
		}
		if (count !== this.header.entries) throw malformed(this.#object, `has ${count} entries, its header says ${this.header.entries}`);
	}
	/** The last entry in the tar with this path; null when there is none. */
	find(path) {
		const end = this.#firstFrom(`${path}\0`);
		if (end === this.#start) return null;
		const at = this.#lineStart(end - 1);
		return this.#pathAt(at, end - 1) === path ? this.#parse(at, end - 1) : null;
	}
	/** The entries below a directory, however deep, in order; the directory itself is not among them. */
	*below(directory) {
		const prefix = directory === "." ? "" : `${directory}/`;
		for (let at = this.#firstFrom(prefix); at < this.#bytes.length;) {
			const end = this.#bytes.indexOf(NEWLINE, at);
			const path = this.#pathAt(at, end);
			if (!path.startsWith(prefix)) return;
			if (path !== ".") yield this.#parse(at, end);
			at = end + 1;
		}
	}
	/** The entries of one type, in order, found without parsing the others. */
	*ofType(type) {
		const needle = Buffer.from(`"type":"${type}"`);
		for (let hit = this.#bytes.indexOf(needle, this.#start); hit !== -1;) {
			const end = this.#bytes.indexOf(NEWLINE, hit);
			const entry = this.#parse(this.#lineStart(hit), end);
			if (entry.type === type) yield entry;
			hit = this.#bytes.indexOf(needle, end);
		}
	}
	symlinks() {
		return this.ofType("symlink");
	}
	/** Whiteouts and opaque markers, in order. */
	whiteouts() {
		const keyed = [...this.ofType("whiteout"), ...this.ofType("opaque")].map((entry) => ({
			entry,
			path: pathBytes(entry)
		}));
		keyed.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
		return keyed.map(({ entry }) => entry);
	}
	/**
	* The directories that entries stand in, at once and not further up, and that this layer does not state as
	* directories. Where a lower layer has a symlink there, the entry is reached through it.
	*/
	implicitParents() {
		const { implicitParents, implicitParentsBase64 = [] } = this.header;
		return [...implicitParents.map(fromText), ...implicitParentsBase64.map(fromBase64)];
	}
	/** Where the first line begins whose path is not before a path; the end when there is none. */
	#firstFrom(path) {
		let low = this.#start;
		let high = this.#bytes.length;
		while (low < high) {
			const at = this.#lineStart(Math.floor((low + high) / 2));
			const end = this.#bytes.indexOf(NEWLINE, at);
			if (this.#pathAt(at, end) < path) low = end + 1;
			else high = at;
		}
		return low;
	}
	/** Where the line begins that a byte stands in; a newline belongs to the line it ends. */
	#lineStart(at) {
		return this.#bytes.lastIndexOf(NEWLINE, at - 1) + 1;
	}
	#pathAt(start, end) {
		const path = linePath(this.#bytes, start, end);
		if (path === null) throw this.#badLine(start, end);
		return path;
	}
	#parse(start, end) {
		const entry = parseLine(this.#bytes.toString("utf8", start, end));
		if (entry === null) throw this.#badLine(start, end);
		return entry;
	}
	#badLine(start, end) {
		const line = this.#bytes.toString("utf8", start, Math.min(end, start + 200));
		return malformed(this.#object, `has a line that is no entry: ${JSON.stringify(line)}`);
	}
};
// src/core/surface/read-payload.ts
/**
* A whole payload, verified, in memory: an inventory of a hundred thousand entries is some 15 MB.
* @returns null when the store does not have it.
* @throws VarveError as the store does for damage.
*/
async function readPayload(surface, key) {
	const payload = await surface.getPayload(key);
	return payload && collect(payload);
}
/** All chunks as one buffer; a single one is not copied. */
async function collect(chunksOf) {
	const chunks = [];
	for await (const chunk of chunksOf) chunks.push(chunk);
	const [only] = chunks;
	if (only === void 0 || chunks.length > 1) return Buffer.concat(chunks);
	return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}
// src/flows/open-image.ts
/**
* Opens the first of some references that leads to an image, and picks its platform.
* Only "nothing there" lets it try the next one: a damaged image is an error at once.
* @throws VarveError of the last reference when none is there.
*/
async function openImage({ opener, host }, references, wanted) {
	const source = await openFirst(opener, references);
	try {
		const platform = choosePlatform(source.platforms, wanted, host, source.absentPlatforms);
		return {
			source,
			image: await source.image(source.platforms.indexOf(platform)),
			[Symbol.asyncDispose]: () => source[Symbol.asyncDispose]()
		};
	} catch (fault) {
		await source[Symbol.asyncDispose]();
		throw fault;
	}
}
async function openFirst(opener, references) {
	let missing;
	for (const reference of references) try {
		return await opener.open(reference);
	} catch (fault) {
		const error = toVarveError(fault);
		if (error.code !== "image-not-found") throw error;
		missing = error;
	}
	throw missing ?? new VarveError("bad-option", "no image was named", { hint: "give an image reference" });
}
/** The digest that an image goes by: its manifest's, or its config's (the image ID) where it has no manifest. */
function imageDigestOf({ manifest, config }) {
	return (manifest ?? config).digest;
}
// src/core/image/layer-type-finding.ts
/**
* What is odd about the media type of a layer whose bytes were read: bytes decide how a layer is read, and a media
* type that says otherwise makes other tools fail on it. Null when it is right, or of an unknown kind.
*/
function layerTypeFinding(mediaType, found) {
	const stated = mediaType === null ? null : parseLayerType(mediaType);
	if (stated === null || stated.compression === found) return null;
	return {
		code: "media-type",
		detail: `the bytes are ${WORDS[found]}, the media type says ${WORDS[stated.compression]}`
	};
}
const WORDS = {
	none: "not compressed",
	gzip: "gzip",
	zstd: "zstd"
};
// src/core/snapshot/layer-knowledge.ts
/**
* Asks a store what it knows of an image's layers. Wanted fragments that it has lost, or that are damaged, are left
* out, so that their layers are read again.
*/
async function gatherLayerKnowledge(store, tenant, layers, wanted) {
	const blobs = new Set(layers.flatMap(({ digest, address }) => [digest, address]).filter((each) => each !== null));
	const claimed = new Set(layers.map((layer) => layer.diffId));
	const [diffIds, known] = await Promise.all([lookUp(blobs, (blob) => store.layers.findDiffId(tenant, blob)), lookUp(claimed, async (diffId) => {
		const record = await store.layers.findLayer(tenant, diffId);
		return record && withStoredFragments(store.surface, tenant, record, wanted);
	})]);
	return {
		diffIds,
		layers: known
	};
}
async function lookUp(digests, find) {
	const found = /* @__PURE__ */ new Map();
	const look = async (digest) => {
		const value = await find(digest);
		if (value !== null) found.set(digest, value);
	};
	await Promise.all([...digests].map(look));
	return found;
}
async function withStoredFragments(surface, tenant, record, wanted) {
	const keys = new Set(wanted.map(fragmentKey));
	const candidates = record.fragments.filter((fragment) => keys.has(fragmentKey(fragment)));
	const stored = await Promise.all(candidates.map((fragment) => findStored(surface, tenant, fragment)));
	return {
		...record,
		fragments: stored.filter((fragment) => fragment !== null)
	};
}
async function findStored(surface, tenant, fragment) {
	try {
		const manifest = await surface.getManifest({
			tenant,
			kind: fragment.kind,
			digest: fragment.digest
		});
		return manifest && {
			...fragment,
			format: formatOf(manifest),
			sizeBytes: manifest.storage.sizeBytes
		};
	} catch (fault) {
		if (fault instanceof VarveError && fault.kind === "bytes") return null;
		throw fault;
	}
}
// src/core/snapshot/reuse.ts
/** Plans which layers of an image must be read, and how far. The known layers of a plan have the wanted fragments alone. */
function planLayers(layers, knowledge, wanted) {
	return layers.map((layer) => {
		const trust = weigh(layer, knowledge.diffIds);
		if (trust === "contradicted") return {
			action: "read",
			layer,
			reason: "contradicted"
		};
		const known = knowledge.layers.get(layer.diffId);
		if (known === void 0) return {
			action: "read",
			layer,
			reason: "unknown"
		};
		const fragments = pickFragments(known, wanted);
		if (fragments === null) return {
			action: "read",
			layer,
			reason: "not-analysed"
		};
		return {
			action: trust === "bound" ? "reuse" : "verify",
			layer,
			known: {
				...known,
				fragments
			}
		};
	});
}
/** Whether the blob is the layer that the config claims it is, as far as earlier reads tell. */
function weigh(layer, diffIds) {
	const names = [layer.digest, layer.address].filter((name) => name !== null);
	const bound = names.map((name) => diffIds.get(name)).filter((diffId) => diffId !== void 0);
	if (bound.some((diffId) => diffId !== layer.diffId)) return "contradicted";
	return bound.length > 0 || names.includes(layer.diffId) ? "bound" : "claimed";
}
/** The wanted fragments; null unless all are there. */
function pickFragments(known, wanted) {
	const byKey = new Map(known.fragments.map((fragment) => [fragmentKey(fragment), fragment]));
	const picked = wanted.map((each) => byKey.get(fragmentKey(each)));
	return picked.every((each) => each !== void 0) ? picked : null;
}
// src/flows/analyse-layers.ts
/** Tells a fragment that is still to be stored. */
function isFresh(fragment) {
	return "compressed" in fragment;
}
/**
* Gets the fragments of layers: those that the store has, and for the others by reading and verifying them.
* @param reuse false reads every layer, as when what the store has of them proved damaged.
* @throws VarveError for bytes that are not what manifest and config claim.
*/
async function analyseLayers(tools, tenant, layers, reuse = true) {
	const plans = planLayers(layers, reuse ? await gatherLayerKnowledge(tools.store, tenant, layers, tools.wanted) : {
		diffIds: /* @__PURE__ */ new Map(),
		layers: /* @__PURE__ */ new Map()
	}, tools.wanted);
	const readings = await readLayers(tools, plans);
	const read = plans.flatMap(({ layer }) => {
		const reading = readings.get(layer.index);
		return reading === void 0 ? [] : [{
			layer,
			reading
		}];
	});
	return {
		layers: plans.map((plan) => describe(plan, readings)),
		reading: {
			reused: plans.length - read.length,
			read: read.length,
			bytesRead: read.reduce((bytes, { reading }) => bytes + reading.size, 0)
		},
		findings: read.flatMap(({ layer, reading }) => findingsOf(layer, reading))
	};
}
function findingsOf({ index, mediaType }, { compression, findings }) {
	const mistyped = layerTypeFinding(mediaType, compression);
	return [...mistyped === null ? [] : [mistyped], ...findings].map((finding) => ({
		layer: index,
		...finding
	}));
}
async function readLayers({ reader, startProgress }, plans) {
	const unknown = plans.filter(({ action }) => action !== "reuse");
	const readings = /* @__PURE__ */ new Map();
	if (unknown.length === 0) return readings;
	const bytes = unknown.reduce((sum, { layer }) => sum + layer.storedSize, 0);
	const progress = startProgress({
		layers: unknown.length,
		bytes
	});
	try {
		const advance = (count) => progress.advance(count);
		for await (const reading of reader.read(unknown.map(toRequest), advance)) {
			readings.set(reading.index, reading);
			progress.finishLayer();
		}
	} finally {
		progress.clear();
	}
	return readings;
}
function toRequest({ action, layer }) {
	const { index, location, digest, address, size, diffId } = layer;
	return {
		index,
		location,
		expected: {
			digest: digest ?? address,
			size,
			diffId
		},
		want: action === "verify" ? "digests" : "fragments"
	};
}
function describe(plan, readings) {
	const { layer } = plan;
	const content = plan.action === "read" ? readings.get(layer.index) : plan.known;
	if (content === void 0) throw new VarveError("internal", `layer ${layer.index} was not read`);
	return {
		layer,
		uncompressedSize: content.uncompressedSize,
		fragments: content.fragments
	};
}
export { collect as a, openImage as i, isFresh as n, readPayload as o, imageDigestOf as r, Inventory as s, analyseLayers as t };
