import { once } from "node:events";
// src/entry/commands/write-lines.ts
const BATCH = 65536;
/** Writes lines as fast as the reader takes them; a million of them are never all in memory. */
async function writeLines(stream, lines) {
	let batch = "";
	for await (const line of lines) {
		batch += `${line}\n`;
		if (batch.length < BATCH) continue;
		if (!stream.write(batch)) await once(stream, "drain");
		batch = "";
	}
	if (batch !== "") stream.write(batch);
}
/** Applies a function to each item as it comes. */
async function* mapEach(items, apply) {
	for await (const item of items) yield apply(item);
}
export { writeLines as n, mapEach as t };
