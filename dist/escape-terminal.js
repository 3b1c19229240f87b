import { r as visible } from "./visible.js";
// src/core/report/escape-terminal.ts
/**
* Text that means nothing to a terminal nor to the log reader of a CI system.
* GitHub runs `::command::` at the start of a line and `##[command]` anywhere in it, Azure Pipelines `##vso[…]`.
* @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
*/
function escapeTerminal(text) {
	return visible(text).replaceAll(/(?<=^|\s)::/g, "\\x3a:").replaceAll(/##(?=\w*\[)/g, "#\\x23");
}
export { escapeTerminal as t };
