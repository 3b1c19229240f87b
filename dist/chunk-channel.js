// src/base/threads/inbox.ts
/** Hands items from those who push them to the one who awaits them, in their order; then the end, or the fault. */
var Inbox = class {
	#items = [];
	#outcome = null;
	#wake = () => {};
	push(item) {
		this.#items.push(item);
		this.#wake();
	}
	end() {
		this.#outcome ??= "ended";
		this.#wake();
	}
	/** The first fault counts. Items that were pushed before it still come first. */
	fail(fault) {
		this.#outcome ??= { fault };
		this.#wake();
	}
	async *[Symbol.asyncIterator]() {
		for (;;) {
			while (this.#items.length > 0) yield this.#items.shift();
			if (this.#outcome === "ended") return;
			if (this.#outcome !== null) throw this.#outcome.fault;
			await new Promise((resolve) => {
				this.#wake = resolve;
			});
		}
	}
};
// src/base/threads/chunk-channel.ts
/** Size of the buffers that go to and fro, in bytes, and how many there are for each direction. */
const BUFFER_BYTES = 262144;
const BUFFERS = 6;
/**
* Chunks of bytes to and from another thread, which has the same over the port's other end. A few buffers are moved
* to and fro, so that a sender far ahead waits, and nothing is allocated on the way.
*/
var ChunkChannel = class {
	#port;
	#received = new Inbox();
	#free = [];
	#made = 0;
	#closed = false;
	#wake = () => {};
	constructor(port) {
		this.#port = port;
		port.on("message", (message) => {
			if (message.kind === "chunk") this.#received.push(message.chunk);
			else if (message.kind === "end") this.#received.end();
			else {
				this.#free.push(message.buffer);
				this.#wake();
			}
		});
		port.on("close", () => this.close());
	}
	/** Sends a copy of a chunk. Settles when the chunk may be used again: with false when nobody takes any more. */
	async send(chunk) {
		for (let at = 0; at < chunk.length; at += BUFFER_BYTES) {
			const buffer = await this.#freeBuffer();
			if (buffer === null) return false;
			const part = chunk.subarray(at, at + BUFFER_BYTES);
			const copy = new Uint8Array(buffer, 0, part.length);
			copy.set(part);
			this.#post({
				kind: "chunk",
				chunk: copy
			}, buffer);
		}
		return true;
	}
	/** Tells the other side that no more is to come. */
	end() {
		this.#post({ kind: "end" });
	}
	/** Ends the reading with a fault, after what has already come. */
	fail(fault) {
		this.#received.fail(fault);
	}
	/** What the other side sends. A chunk is valid until the next is asked for. */
	async *[Symbol.asyncIterator]() {
		for await (const chunk of this.#received) {
			yield chunk;
			this.#post({
				kind: "used",
				buffer: chunk.buffer
			}, chunk.buffer);
		}
	}
	/** Ends both directions, on both sides. */
	close() {
		this.#closed = true;
		this.#port.close();
		this.#wake();
	}
	async #freeBuffer() {
		if (this.#made < BUFFERS) {
			this.#made++;
			return /* @__PURE__ */ new ArrayBuffer(BUFFER_BYTES);
		}
		while (this.#free.length === 0 && !this.#closed) await new Promise((resolve) => {
			this.#wake = resolve;
		});
		return this.#closed ? null : this.#free.pop() ?? null;
	}
	#post(message, ...transfer) {
		if (!this.#closed) this.#port.postMessage(message, transfer);
	}
};
export { Inbox as n, ChunkChannel as t };
