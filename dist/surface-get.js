import { C as canonicalJson } from "./catalogue.js";
import { a as parseDigest } from "./digest.js";
import { t as VarveError } from "./errors.js";
import { N as parseKey, p as parseSurfaceUri, t as Stores } from "./compose.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as defaultStorePath } from "./default-store.js";
import { once } from "node:events";
// src/entry/commands/surface-get.ts
const run = async ({ settings, output, options, arguments: [text = ""] }) => {
	const store = new Stores().directory(settings["cas-root"] ?? defaultStorePath(output.environment));
	const key = parseArtefact(text, settings.tenant);
	if (key.kind === "image.surface") {
		const manifest = await store.surface.getSurfaceManifest(key.tenant, key.digest);
		output.stdout.write(`${canonicalJson(manifest ?? absent(store, text))}\n`);
	} else if (options.manifest === true) {
		const manifest = await store.surface.getManifest(key);
		output.stdout.write(`${canonicalJson(manifest ?? absent(store, text))}\n`);
	} else {
		const payload = await store.surface.getPayload(key) ?? absent(store, text);
		for await (const chunk of payload) if (!output.stdout.write(chunk)) await once(output.stdout, "drain");
	}
	return EXIT_STATUS.done;
};
/** Takes a `cas://` URI or `KIND@DIGEST`. */
function parseArtefact(text, tenant) {
	if (text.startsWith("cas://")) return parseSurfaceUri(text).key;
	const at = text.indexOf("@");
	if (at > 0) return parseKey({
		tenant,
		kind: text.slice(0, at),
		digest: parseDigest(text.slice(at + 1))
	});
	throw new VarveError("bad-reference", `not an artefact: ${JSON.stringify(text.slice(0, 200))}`, {
		object: text.slice(0, 200),
		hint: "write a cas:// URI, or KIND@DIGEST such as image.snapshot@sha256:…"
	});
}
function absent({ location }, text) {
	throw new VarveError("artefact-not-found", `${location} has no ${text}`, {
		object: text,
		hint: "varve surface list shows what there is"
	});
}
export { run };
