#!/usr/bin/env node
// src/entry/require-node.ts
/** Ends the process with a plain sentence on a Node that cannot run Varve; must load nothing else before. */
function requireNode(version) {
	if (Number(version.split(".")[0]) >= 24) return;
	process.stderr.write(`varve: needs Node.js 24 or newer, and this is ${version}\n`);
	process.exit(2);
}
// src/entry/cli.ts
requireNode(process.versions.node);
const { runCli } = await import("./run-cli.js");
process.exitCode = await runCli(process.argv.slice(2));
export {};
