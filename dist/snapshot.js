import { C as canonicalJson } from "./catalogue.js";
import { t as escapeTerminal } from "./escape-terminal.js";
import { a as writeRunOutputs, i as readRunContext, n as chooseStore, o as snapshotImage, r as snapshotRequest, t as baselineRequest } from "./snapshot-request.js";
import { n as composeTools, t as Stores } from "./compose.js";
import { t as EXIT_STATUS } from "./exit-status.js";
import { t as defaultStorePath } from "./default-store.js";
import { t as progressOn } from "./progress-on.js";
import { t as renderReport } from "./render-report.js";
// src/entry/commands/snapshot.ts
const run = async (invocation) => {
	const { settings, output } = invocation;
	const stores = new Stores();
	const store = chooseStore(stores, settings, defaultStorePath(output.environment));
	const context = readRunContext(output.environment, settings);
	const baseline = baselineRequest(stores, settings, context);
	await using tools = composeTools(store, settings, output.environment, progressOn(output));
	const request = snapshotRequest(invocation.arguments, settings, context, baseline, /* @__PURE__ */ new Date());
	const result = await snapshotImage(tools, request);
	await writeRunOutputs(result, settings);
	output.stdout.write(await render(result, invocation));
	return EXIT_STATUS.done;
};
async function render({ report, pointer, comparison }, call) {
	if (call.format !== "json") return renderReport(report, call);
	for (const note of report.images.flatMap(({ notes }) => notes)) call.output.stderr.write(`varve: ${escapeTerminal(note)}\n`);
	return `${canonicalJson({
		...pointer,
		comparisonDocument: comparison
	})}\n`;
}
export { run };
