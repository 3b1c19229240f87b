import { t as VarveError } from "./errors.js";
import { t as packFault } from "./packed-fault.js";
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
export { serveTasks as t };
