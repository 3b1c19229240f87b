import { t as VarveError } from "./errors-CIFhpyEl.js";
import { n as runTask, t as LAYER_ANALYZERS, u as packFault } from "./catalogue-BDGcCvLp.js";
import { parentPort } from "node:worker_threads";
// src/base/threads/serve-tasks.ts
/**
* Makes this thread a worker of a `WorkerPool`: it gets one task at a time, sends any number of replies to each, and
* is through with it when the promise settles. What the promise rejects with is thrown to who asked.
*/
function serveTasks(handle) {
	const port = parentPort;
	if (port === null) throw new VarveError("internal", "a worker was started as a program of its own");
	const post = (message, transfer = []) => port.postMessage(message, transfer);
	port.on("message", async (request) => {
		try {
			await handle(request, (reply, transfer) => post({
				kind: "reply",
				reply
			}, transfer));
			post({ kind: "done" });
		} catch (fault) {
			post({
				kind: "fault",
				fault: packFault(fault)
			});
		}
	});
}
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
