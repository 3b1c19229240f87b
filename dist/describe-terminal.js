import { t as PLAIN } from "./palette.js";
// src/entry/terminal/choose-palette.ts
const style = (on, off) => (text) => `\u001b[${on}m${text}\u001b[${off}m`;
/** The sixteen colours that every terminal has, so that a user's own theme holds. */
const ANSI = {
	strong: style(1, 22),
	muted: style(90, 39),
	good: style(32, 39),
	bad: style(31, 39),
	warning: style(33, 39),
	accent: style(36, 39)
};
/**
* Colour for terminals, plain text for everything else. FORCE_COLOR decides before NO_COLOR, as in Node.js.
* @see https://no-color.org and https://nodejs.org/api/cli.html#force_color1-2-3
*/
function choosePalette(environment, isTerminal) {
	const forced = environment.FORCE_COLOR;
	if (forced !== void 0) return forced === "0" || forced === "false" ? PLAIN : ANSI;
	if ((environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb") return PLAIN;
	return isTerminal ? ANSI : PLAIN;
}
// src/entry/terminal/terminal-width.ts
/** Columns where the output is no terminal, and tables must end somewhere. */
const ELSEWHERE = 120;
const NARROWEST = 40;
/** Beyond this a reader loses the line. */
const WIDEST = 200;
/** The columns that text is laid out for: the terminal's, COLUMNS, or a width that suits logs. */
function terminalWidth(stream, environment) {
	const stated = Number(environment.COLUMNS);
	const columns = stream.columns ?? (Number.isSafeInteger(stated) && stated > 0 ? stated : ELSEWHERE);
	return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
// src/entry/terminal/describe-terminal.ts
/** How text is laid out and coloured on a stream. */
function describeTerminal(stream, environment) {
	return {
		width: terminalWidth(stream, environment),
		palette: choosePalette(environment, stream.isTTY === true)
	};
}
export { describeTerminal as t };
