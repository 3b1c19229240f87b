import { C as canonicalJson } from "./catalogue.js";
import { n as damageLine, r as verifySummary } from "./surface.js";
import { n as toVarveError } from "./errors.js";
import { A as SNAPSHOT_KIND, t as Stores } from "./compose.js";
import { n as readSnapshot } from "./read-document.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as describeTerminal } from "./describe-terminal.js";
import { t as defaultStorePath } from "./default-store.js";
// src/core/verify-store.ts
/** Reads and verifies everything that a store holds, its parts against each other too. */
async function* verifyStore(store) {
	yield* store.surface.verify();
	yield* store.history.verify((entry) => examineEntry(store.surface, entry));
	yield* store.layers.verify((tenant) => storedSnapshots(store.surface, tenant));
}
/** All readable snapshots of a tenant. */
async function* storedSnapshots(surface, tenant) {
	for await (const { digest } of surface.list({
		tenant,
		kind: SNAPSHOT_KIND,
		onDamage: passOver
	})) {
		const snapshot = await readSnapshot(surface, tenant, digest).catch((fault) => {
			if (toVarveError(fault).kind === "bytes") return null;
			throw fault;
		});
		if (snapshot !== null) yield snapshot;
	}
}
/** History is written last, so whatever an entry names must be there. */
async function examineEntry(surface, entry) {
	const { tenant, snapshotDigest, surfaceManifestDigest } = entry;
	const snapshot = {
		tenant,
		kind: SNAPSHOT_KIND,
		digest: snapshotDigest
	};
	const missing = [...await isThere(surface.getManifest(snapshot)) ? [] : [`snapshot ${snapshotDigest}`], ...await isThere(surface.getSurfaceManifest(tenant, surfaceManifestDigest)) ? [] : [`surface manifest ${surfaceManifestDigest}`]];
	return missing.length === 0 ? null : `names ${missing.join(" and ")}, which the store does not have`;
}
/** What is damaged is there: it is named on its own. */
async function isThere(found) {
	return found.then((value) => value !== null, (fault) => {
		if (toVarveError(fault).kind === "bytes") return true;
		throw fault;
	});
}
function passOver() {}
// src/entry/commands/surface-verify.ts
const run = async ({ settings, output, format }) => {
	const store = new Stores().directory(settings["cas-root"] ?? defaultStorePath(output.environment));
	const { palette } = describeTerminal(output.stdout, output.environment);
	const damages = await Array.fromAsync(verifyStore(store));
	if (format === "json") output.stdout.write(`${canonicalJson(damages)}\n`);
	else if (format === "ndjson") output.stdout.write(damages.map((damage) => `${canonicalJson(damage)}\n`).join(""));
	else {
		const lines = [...damages.map((damage) => damageLine(damage, palette)), verifySummary(damages.length, palette)];
		output.stdout.write(`${lines.join("\n")}\n`);
	}
	return damages.length === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
export { run };
