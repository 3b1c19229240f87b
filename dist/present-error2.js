import { n as toVarveError } from "./errors.js";
import { t as escapeTerminal } from "./escape-terminal.js";
import { t as EXIT_STATUS } from "./exit-status.js";
// src/entry/present-error.ts
/** Lines that tell a fault to a person: what, why, and what to do; no stack unless it is a fault of ours. */
function describeError(fault) {
	const error = toVarveError(fault);
	const lines = error.message.split("\n").map((line) => escapeTerminal(line));
	const cause = causeOf(error);
	if (cause !== null) lines.push(`cause: ${escapeTerminal(cause)}`);
	if (error.hint !== void 0) lines.push(`hint: ${escapeTerminal(error.hint)}`);
	if (error.code === "internal") {
		lines.push("This is a fault in Varve. Please report it with what follows.");
		lines.push(...String(fault instanceof Error ? fault.stack : fault).split("\n").map(escapeTerminal));
	}
	return lines;
}
/** Writes a fault to a stream and gives the exit status that it stands for. */
function presentError(fault, stream) {
	const error = toVarveError(fault);
	const [first = "", ...rest] = describeError(fault);
	stream.write(`varve: ${error.code}: ${first}\n${rest.map((line) => `  ${line}\n`).join("")}`);
	return EXIT_STATUS[error.kind];
}
function causeOf(error) {
	const { cause } = error;
	if (!(cause instanceof Error) || error.message.includes(cause.message)) return null;
	return cause.message;
}
export { presentError as n, describeError as t };
