import { t as serveTasks } from "./serve-tasks.js";
import { n as runTask, t as LAYER_ANALYZERS } from "./catalogue.js";
// src/adapters/layer-readers/serve-layer-work.ts
/** How many bytes are read before the asking thread is told of them. */
const PROGRESS_BYTES = 1048576;
/** Makes this thread a worker of a `ThreadedLayerReader`. */
function serveLayerWork(catalogue) {
	serveTasks(async ({ task, analyzers, ...options }, send) => {
		let unsaid = 0;
		const tell = () => {
			if (unsaid > 0) send({
				kind: "progress",
				bytes: unsaid
			});
			unsaid = 0;
		};
		const onProgress = (bytes) => {
			unsaid += bytes;
			if (unsaid >= PROGRESS_BYTES) tell();
		};
		const wanted = catalogue.filter(({ id }) => analyzers.includes(id));
		for await (const reading of runTask(task, {
			...options,
			analyzers: wanted,
			onProgress
		})) {
			tell();
			send({
				kind: "reading",
				reading
			});
		}
		tell();
	});
}
// src/entry/layer-worker.ts
serveLayerWork(LAYER_ANALYZERS);
export {};
