import { n as composeTools, t as Stores } from "./compose.js";
import { t as SCANNER_BUILD } from "./version.js";
import { t as defaultStorePath } from "./default-store.js";
import { t as progressOn } from "./progress-on.js";
import { randomUUID } from "node:crypto";
// src/entry/commands/reading.ts
function openReading(settings, output) {
	const store = new Stores().directory(settings["cas-root"] ?? defaultStorePath(output.environment));
	const tools = composeTools(store, settings, output.environment, progressOn(output));
	const source = {
		scannerBuild: SCANNER_BUILD,
		imageDigest: null,
		scanId: randomUUID()
	};
	return {
		tools,
		origin: {
			tenant: settings.tenant,
			source,
			time: (/* @__PURE__ */ new Date()).toISOString()
		},
		[Symbol.asyncDispose]: () => tools[Symbol.asyncDispose]()
	};
}
export { openReading as t };
