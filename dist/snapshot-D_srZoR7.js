import { j as canonicalJson } from "./catalogue-BDGcCvLp.js";
import { n as renderMarkdown, s as renderText } from "./compare-options-DNBBLvP0.js";
import { a as writeRunOutputs, i as readRunContext, n as chooseStore, o as snapshotImage, r as snapshotRequest, t as baselineRequest } from "./snapshot-request-C1NS-L1T.js";
import { n as composeTools, t as Stores } from "./compose-Cur3XOu6.js";
import { t as EXIT_STATUS } from "./exit-status-COLA2m1R.js";
import { t as describeTerminal } from "./describe-terminal-DCNR1JW8.js";
import { t as defaultStorePath } from "./default-store-eYFxT3sn.js";
import { t as progressOn } from "./progress-on-BsMJDEO0.js";
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
	output.stdout.write(render(result, invocation));
	return EXIT_STATUS.done;
};
function render({ report, pointer, comparison }, { format, options, output }) {
	if (format === "json") return `${canonicalJson({
		...pointer,
		comparisonDocument: comparison
	})}\n`;
	if (format === "markdown") return renderMarkdown(report);
	return renderText(report, {
		...describeTerminal(output.stdout, output.environment),
		all: options.all === true
	});
}
export { run };
