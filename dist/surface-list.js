import { C as canonicalJson } from "./catalogue.js";
import { t as artefactLine } from "./surface.js";
import { P as parseKind, t as Stores } from "./compose.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as describeTerminal } from "./describe-terminal.js";
import { t as defaultStorePath } from "./default-store.js";
import { n as writeLines, t as mapEach } from "./write-lines.js";
// src/entry/commands/surface-list.ts
const run = async ({ settings, output, format, options }) => {
	const store = new Stores().directory(settings["cas-root"] ?? defaultStorePath(output.environment));
	const { palette } = describeTerminal(output.stdout, output.environment);
	let damaged = 0;
	const found = store.surface.list({
		tenant: settings.tenant,
		...options.kind !== void 0 && { kind: parseKind(String(options.kind)) },
		onDamage: ({ object, problem }) => {
			damaged++;
			output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
		}
	});
	if (format === "json") output.stdout.write(`${canonicalJson(await Array.fromAsync(found))}\n`);
	else {
		const line = (manifest) => format === "ndjson" ? canonicalJson(manifest) : artefactLine(manifest, palette);
		await writeLines(output.stdout, mapEach(found, line));
	}
	return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
export { run };
