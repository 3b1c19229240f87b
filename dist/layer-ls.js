import { C as canonicalJson, u as INVENTORY_KIND } from "./catalogue.js";
import { t as listingLine } from "./listing.js";
import { t as VarveError } from "./errors.js";
import { a as collect, i as openImage, n as isFresh, o as readPayload, s as Inventory, t as analyseLayers } from "./analyse-layers.js";
import { x as openPayload } from "./compose.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as describeTerminal } from "./describe-terminal.js";
import { t as openReading } from "./reading.js";
import { n as writeLines, t as mapEach } from "./write-lines.js";
// src/flows/list-layer.ts
/**
* The inventory of one layer. No other layer is read, and not even this one when the store knows it.
* @throws VarveError `layer-not-found` that says which there are.
*/
async function listLayer(tools, { reference, platform, layer: wanted, tenant }) {
	await using opened = await openImage(tools, [reference], platform);
	const layer = findLayer(opened.image, wanted);
	const inventory = await loadInventory(tools, tenant, layer, true) ?? await loadInventory(tools, tenant, layer, false);
	if (inventory === null) throw new VarveError("internal", `layer ${wanted} has no inventory`);
	return inventory;
}
function findLayer({ layers }, wanted) {
	const found = layers.find(({ index, digest, diffId }) => String(index) === wanted || digest === wanted || diffId === wanted);
	if (found !== void 0) return found;
	const list = layers.map(({ index, digest, diffId }) => `${index}  ${digest ?? diffId}`);
	throw new VarveError("layer-not-found", `the image has no layer ${wanted}`, {
		object: wanted,
		hint: `it has ${layers.length}: ${list.join(", ")}`
	});
}
async function loadInventory(tools, tenant, layer, reuse) {
	const { layers } = await analyseLayers(tools, tenant, [layer], reuse);
	const fragment = layers[0]?.fragments.find(({ kind }) => kind === INVENTORY_KIND);
	if (fragment === void 0) return null;
	const { kind, digest, sizeBytes } = fragment;
	if (isFresh(fragment)) {
		const payload = openPayload(fragment.compressed, {
			digest,
			sizeBytes,
			object: `layer ${layer.index}`
		});
		return new Inventory(await collect(payload), digest);
	}
	const payload = await readPayload(tools.store.surface, {
		tenant,
		kind,
		digest
	});
	return payload && new Inventory(payload, digest);
}
// src/entry/commands/layer-ls.ts
const run = async ({ settings, output, format, arguments: args }) => {
	const [reference = "", layer = ""] = args;
	await using reading = openReading(settings, output);
	const { platform, tenant } = settings;
	const inventory = await listLayer(reading.tools, {
		reference,
		platform,
		layer,
		tenant
	});
	const { palette } = describeTerminal(output.stdout, output.environment);
	const line = format === "ndjson" ? canonicalJson : (entry) => listingLine(entry, palette);
	await writeLines(output.stdout, mapEach(inventory.entries(), line));
	return EXIT_STATUS.done;
};
export { run };
