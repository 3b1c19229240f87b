import { r as formatSize, t as formatCount } from "./human-size.js";
import { t as escapeTerminal } from "./escape-terminal.js";
// src/core/report/text/surface.ts
/**
* One line of `surface list`, without a line break: size, when it was made, until when it is kept, and
* `KIND@DIGEST` whole and last, as `surface get` takes it.
*/
function artefactLine({ kind, digest, createdAt, expiresAt, storage }, palette) {
	const until = expiresAt === null ? "kept" : `until ${expiresAt.slice(0, 10)}`;
	return [
		formatSize(storage.sizeBytes).padStart(8),
		palette.muted(createdAt.slice(0, 16).replace("T", " ")),
		palette.muted(until.padEnd(16)),
		`${palette.accent(escapeTerminal(kind))}@${digest}`
	].join("  ");
}
/** One line of `surface verify` for a damaged object. */
function damageLine({ object, problem }, palette) {
	return `${palette.bad("✗")} ${escapeTerminal(object)}: ${escapeTerminal(problem)}`;
}
/** The last line of `surface verify`. */
function verifySummary(damaged, palette) {
	if (damaged === 0) return `${palette.good("✓")} nothing is damaged`;
	return palette.strong(`${formatCount(damaged, "object")} ${damaged === 1 ? "is" : "are"} damaged`);
}
export { damageLine as n, verifySummary as r, artefactLine as t };
