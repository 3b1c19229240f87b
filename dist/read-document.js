import { n as limitExceeded, t as DEFAULT_LIMITS } from "./limits.js";
import { t as VarveError } from "./errors.js";
import { A as SNAPSHOT_KIND, D as SnapshotSchema, _ as malformed, a as compareFragments, v as parseStored } from "./compose.js";
// src/core/snapshot/parse-snapshot.ts
/** Engines stop at 127 layers; more than this is an attack. */
const MAX_LAYERS = 1e4;
/**
* Reads a stored snapshot.
* @param object names it in errors.
* @throws VarveError `malformed`, or `limit-exceeded` over 10,000 layers or `limits.jsonBytes`.
*/
function parseSnapshot(bytes, object, limits = DEFAULT_LIMITS) {
	const snapshot = parseStored(SnapshotSchema, bytes, object, limits);
	if (snapshot.layers.length > 1e4) throw new VarveError("limit-exceeded", `${object} has more than ${MAX_LAYERS} layers`, { object });
	snapshot.layers.forEach((layer, index) => {
		const problem = problemOf(layer, index);
		if (problem !== null) throw malformed(object, `layers.${index}: ${problem}`);
	});
	return snapshot;
}
function problemOf(layer, index) {
	if (layer.index !== index) return `its index is ${layer.index}`;
	if (layer.digest === null !== (layer.size === null)) return "digest and size go together";
	return layer.fragments.every((fragment, at) => {
		const before = layer.fragments[at - 1];
		return before === void 0 || compareFragments(before, fragment) < 0;
	}) ? null : "its fragments are out of order";
}
// src/core/surface/read-document.ts
/**
* The whole payload of a document that fits into memory: a snapshot, config or comparison.
* @returns null when the store does not have it.
* @throws VarveError `limit-exceeded` over `limits.jsonBytes`; as the store does for damage.
*/
async function readDocument(surface, key, limits = DEFAULT_LIMITS) {
	const payload = await surface.getPayload(key);
	if (payload === null) return null;
	const chunks = [];
	let length = 0;
	for await (const chunk of payload) {
		length += chunk.length;
		if (length > limits.jsonBytes) throw limitExceeded("jsonBytes", limits, key.digest);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
/** A stored snapshot; null when the store does not have it. @throws VarveError when it is damaged or malformed. */
async function readSnapshot(surface, tenant, digest, limits = DEFAULT_LIMITS) {
	const bytes = await readDocument(surface, {
		tenant,
		kind: SNAPSHOT_KIND,
		digest
	}, limits);
	return bytes && parseSnapshot(bytes, digest, limits);
}
export { readSnapshot as n, readDocument as t };
