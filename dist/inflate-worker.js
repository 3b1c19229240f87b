import { t as ChunkChannel } from "./chunk-channel.js";
import { t as serveTasks } from "./serve-tasks.js";
import { r as decode } from "./packed-fault.js";
// src/base/compression/serve-inflating.ts
/** Makes this thread a worker of `InflateThreads`. */
function serveInflating() {
	serveTasks(async ({ port, format, object }) => {
		const channel = new ChunkChannel(port);
		for await (const chunk of decode(channel, {
			format,
			object,
			engine: "native"
		})) if (!await channel.send(chunk)) return;
		channel.end();
	});
}
// src/entry/inflate-worker.ts
serveInflating();
export {};
