import { C as canonicalJson, g as pathName, h as pathBytes, p as normalisePath, v as fromText } from "./catalogue.js";
import { t as listingLine } from "./listing.js";
import { t as VarveError } from "./errors.js";
import { c as mergeSorted, f as IMPLICIT_DIRECTORY, n as loadSnapshot, p as copyState, r as mergeLayers, t as takeSnapshot } from "./take-snapshot.js";
import { i as openImage, r as imageDigestOf } from "./analyse-layers.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as describeTerminal } from "./describe-terminal.js";
import { t as openReading } from "./reading.js";
import { n as writeLines, t as mapEach } from "./write-lines.js";
// src/core/rootfs/tree.ts
/** Lists a merged root filesystem with its root, sorted by the bytes of the paths. */
function* listTree(rootfs) {
	const names = countNames(rootfs);
	for (const [path, { state, layer }] of everything(rootfs)) {
		const links = names.get(state) ?? 1;
		yield {
			...pathName(path),
			...copyState(state),
			layer,
			...links > 1 && { links },
			...state === IMPLICIT_DIRECTORY && { implicit: true }
		};
	}
}
function countNames(rootfs) {
	const names = /* @__PURE__ */ new Map();
	if (rootfs.linked.size === 0) return names;
	for (const [, { state }] of everything(rootfs)) if (rootfs.linked.has(state)) names.set(state, (names.get(state) ?? 0) + 1);
	return names;
}
function everything(rootfs) {
	const root = rootfs.lookup(".");
	return mergeSorted(root ? [[".", root]] : [], rootfs.descendants("."));
}
// src/flows/list-tree.ts
/**
* Lists an image's merged root filesystem, sorted by path.
* @throws VarveError `unsupported` for Windows images, which are not merged; `artefact-not-found` for an absent path.
*/
async function listImageTree(tools, { reference, platform, path, origin }) {
	await using opened = await openImage(tools, [reference], platform);
	const { image } = opened;
	if (image.platform.os === "windows") throw new VarveError("unsupported", "layers of Windows images are not merged", {
		object: reference,
		hint: "varve layer ls lists each of them as it is"
	});
	const marked = {
		...origin,
		source: {
			...origin.source,
			imageDigest: imageDigestOf(image)
		}
	};
	const { digest, snapshot } = await takeSnapshot(tools, image, marked);
	const view = await loadSnapshot(tools.store, origin.tenant, digest);
	const inventories = [];
	for (const { index } of snapshot.layers) {
		const inventory = await view.loadInventory(index);
		if (inventory === null) throw new VarveError("internal", `layer ${index} has no inventory`);
		inventories.push(inventory);
	}
	const tree = listTree(mergeLayers(inventories).rootfs);
	return path === void 0 ? tree : below(tree, path);
}
function below(tree, path) {
	const top = normalisePath(fromText(path));
	if (top === ".") return tree;
	const found = [...tree].filter((entry) => {
		const bytes = pathBytes(entry);
		return bytes === top || bytes.startsWith(`${top}/`);
	});
	if (found.length > 0) return found;
	throw new VarveError("artefact-not-found", `the image has no ${path}`, { object: path });
}
// src/entry/commands/tree.ts
const run = async ({ settings, output, format, arguments: [reference = "", path] }) => {
	await using reading = openReading(settings, output);
	const { platform } = settings;
	const tree = await listImageTree(reading.tools, {
		reference,
		platform,
		path,
		origin: reading.origin
	});
	const { palette } = describeTerminal(output.stdout, output.environment);
	const line = format === "ndjson" ? canonicalJson : (entry) => listingLine(entry, palette);
	await writeLines(output.stdout, mapEach(tree, line));
	return EXIT_STATUS.done;
};
export { run };
