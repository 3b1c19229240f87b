import { t as describeTerminal } from "./describe-terminal.js";
// src/entry/commands/render-report.ts
/** The report as people read it. Renderers are loaded here, since machines ask for JSON and need none. */
async function renderReport(report, { format, options, output }) {
	if (format === "markdown") {
		const { renderMarkdown } = await import("./render-markdown2.js");
		return renderMarkdown(report);
	}
	const { renderText } = await import("./render-text2.js");
	return renderText(report, {
		...describeTerminal(output.stdout, output.environment),
		all: options.all === true
	});
}
export { renderReport as t };
