import { t as VarveError } from "./errors.js";
import { constants, createGunzip, createZstdCompress, createZstdDecompress, zstdDecompressSync } from "node:zlib";
// src/base/byte-source.ts
/** What a transform makes of a source: synchronous when the source is. */
function transformed(source, transform) {
	return Symbol.iterator in source ? transformedNow(source, transform) : transformedLater(source, transform);
}
function* transformedNow(source, transform) {
	try {
		for (const chunk of source) yield* transform.push(chunk);
		yield* transform.end();
	} finally {
		transform.close();
	}
}
async function* transformedLater(source, transform) {
	try {
		for await (const chunk of source) yield* transform.push(chunk);
		yield* transform.end();
	} finally {
		transform.close();
	}
}
// src/base/compression/format.ts
/** Size in bytes of the chunks that decoded bytes come in, but for the last. */
const DECODED_CHUNK_BYTES = 262144;
/**
* Tells the compression by the magic number that the bytes begin with; `none` for any other beginning.
* @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
* @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
*/
function sniff(firstBytes) {
	const [a, b, c, d] = firstBytes;
	if (a === 31 && b === 139 && c === 8) return "gzip";
	if (a === 40 && b === 181 && c === 47 && d === 253) return "zstd";
	return a !== void 0 && a >> 4 === 5 && b === 42 && c === 77 && d === 24 ? "zstd" : "none";
}
// src/base/compression/native-codec.ts
const NOTHING = /* @__PURE__ */ new Uint8Array(0);
/** The flush flag of zlib, and of zstd too, that asks for nothing. */
const GO_ON = 0;
/** Inflates or compresses synchronously, into one buffer that is handed out each time that it is full. */
var NativeCodec = class {
	#options;
	#handle;
	/** Set by each write: output bytes left free, input bytes left over. */
	#left;
	#output = Buffer.allocUnsafeSlow(DECODED_CHUNK_BYTES);
	#filled = 0;
	#fault = null;
	/** @throws TypeError when the zlib streams of this Node are made otherwise. */
	constructor(options) {
		this.#options = options;
		const { stream } = options;
		const handle = Reflect.get(stream, "_handle");
		const left = Reflect.get(stream, "_writeState");
		if (!isNativeHandle(handle) || !(left instanceof Uint32Array) || left.length !== 2) {
			stream.destroy();
			throw new TypeError("the zlib streams of this Node have no synchronous handle");
		}
		handle.onerror = (message, _errno, code) => {
			this.#fault = {
				code,
				message
			};
		};
		this.#handle = handle;
		this.#left = left;
	}
	/**
	* Takes `bytes` from `from` to `to`.
	* @returns how far it came: less than `to` when a compressed stream is complete and does not go on there.
	*/
	write(bytes, from, to) {
		return this.#run(GO_ON, bytes, from, to);
	}
	/** Hands out the rest. Without this last write a stream that was cut off would pass for complete. */
	*finish() {
		yield* this.#run(this.#options.finish, NOTHING, 0, 0);
		if (this.#filled > 0) yield this.#output.subarray(0, this.#filled);
	}
	close() {
		this.#options.stream.destroy();
	}
	*#run(flush, bytes, from, to) {
		for (let at = from;;) {
			const room = DECODED_CHUNK_BYTES - this.#filled;
			this.#handle.writeSync(flush, bytes, at, to - at, this.#output, this.#filled, room);
			if (this.#fault !== null) throw this.#options.fault(this.#fault);
			const [free = 0, over = 0] = this.#left;
			if (free > room || over > to - at) throw new TypeError("the zlib streams of this Node report other things");
			at = to - over;
			if (free > 0) {
				this.#filled = DECODED_CHUNK_BYTES - free;
				return at;
			}
			this.#filled = 0;
			yield this.#output;
		}
	}
};
function isNativeHandle(value) {
	return typeof value === "object" && value !== null && typeof Reflect.get(value, "writeSync") === "function" && typeof Reflect.get(value, "onerror") === "function";
}
// src/base/compression/native-compressor.ts
/** zstd's fastest level: on inventories it beats higher ones in size too. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/**
* The compressor to one zstd frame that works inside its calls, in the thread of its caller.
* @throws TypeError where `nativeCompressorWorks` is false.
*/
function createNativeCompressor() {
	const codec = new NativeCodec({
		stream: createZstdCompress(FASTEST),
		finish: constants.ZSTD_e_end,
		fault: ({ message }) => new VarveError("internal", `zstd could not compress: ${message}`)
	});
	return {
		*push(chunk) {
			for (let at = 0; at < chunk.length;) at = yield* codec.write(chunk, at, chunk.length);
		},
		end: () => codec.finish(),
		close: () => codec.close()
	};
}
// src/base/compression/decode-fault.ts
/** The error for a stream that stops before its format lets it. */
function truncatedStream(object, format) {
	return new VarveError("truncated", `${object}: the ${format} stream ends too early`, {
		object,
		hint: "the file was cut off, or is still being written: fetch or build it again"
	});
}
/** The error for bytes that a format does not allow. */
function malformedStream(object, format, what) {
	return new VarveError("malformed", `${object}: not valid ${format}: ${what}`, { object });
}
/** Puts a codec's fault into the project's words. */
function decodeFault(object, format, fault) {
	if (fault.code === "Z_BUF_ERROR") return truncatedStream(object, format);
	return malformedStream(object, format, fault.message);
}
// src/base/compression/zstd-frame-header.ts
const DICTIONARY_ID_BYTES = [
	0,
	1,
	2,
	4
];
const SINGLE_SEGMENT = 32;
const CHECKSUM = 4;
/** Length in bytes of the frame header that begins with this descriptor. */
function frameHeaderLength(descriptor) {
	const { windowDescriptor, dictionaryId, contentSize } = fieldLengths(descriptor);
	return 1 + windowDescriptor + dictionaryId + contentSize;
}
/**
* Reads a whole frame header, from its descriptor on.
* @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1
*/
function readFrameHeader(header) {
	const descriptor = header[0] ?? 0;
	const lengths = fieldLengths(descriptor);
	const idAt = 1 + lengths.windowDescriptor;
	const sizeAt = idAt + lengths.dictionaryId;
	const contentSize = (lengths.contentSize === 2 ? 256 : 0) + littleEndian(header, sizeAt, lengths.contentSize);
	return {
		windowBytes: lengths.windowDescriptor === 0 ? contentSize : describedWindow(header[1] ?? 0),
		dictionaryId: littleEndian(header, idAt, lengths.dictionaryId),
		hasChecksum: (descriptor & CHECKSUM) !== 0
	};
}
/** The unsigned little-endian number in `length` bytes; over 2^53 it is rounded. */
function littleEndian(bytes, at, length) {
	let value = 0;
	for (let i = at + length - 1; i >= at; i--) value = value * 256 + (bytes[i] ?? 0);
	return value;
}
function fieldLengths(descriptor) {
	const single = (descriptor & SINGLE_SEGMENT) !== 0;
	const sizeFlag = descriptor >> 6;
	return {
		windowDescriptor: single ? 0 : 1,
		dictionaryId: DICTIONARY_ID_BYTES[descriptor & 3] ?? 0,
		contentSize: sizeFlag === 0 ? Number(single) : 2 ** sizeFlag
	};
}
function describedWindow(descriptor) {
	const base = 2 ** (10 + (descriptor >> 3));
	return base + base / 8 * (descriptor & 7);
}
// src/base/compression/zstd-frames.ts
/** The largest window in bytes that a frame may ask for: what the `zstd` program too allows unless told otherwise. */
const MAX_WINDOW_BYTES = 134217728;
const DATA_MAGIC = [
	40,
	181,
	47,
	253
];
const SKIPPABLE_MAGIC = [
	80,
	42,
	77,
	24
];
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
/**
* Finds where the frames of a zstd stream begin and end, without decoding them, whatever chunks it comes in.
* Decoders stop after a frame, or miss that the last is not complete: with this, neither can happen.
* @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
*/
var ZstdFrames = class {
	#object;
	/** Bytes of the part being read. The descriptor stays in front of the header that it is the first byte of. */
	#read = /* @__PURE__ */ new Uint8Array(14);
	#part = "magic";
	#partLength = 4;
	/** Bytes of the part that have gone by. */
	#gone = 0;
	#skippable = false;
	#hasChecksum = false;
	#lastBlock = false;
	#anyFrame = false;
	constructor(object) {
		this.#object = object;
	}
	/** True before the first frame and after each. */
	get betweenFrames() {
		return this.#part === "magic" && this.#gone === 0;
	}
	/** True after each frame: only there may a stream end. */
	get complete() {
		return this.#anyFrame && this.betweenFrames;
	}
	/** Whether what `advance` last went over belongs to a skippable frame, which is not to be decoded. */
	get skippable() {
		return this.#skippable;
	}
	/**
	* Goes over bytes from `at` to the end of the frame that they belong to, or of the chunk.
	* @returns where it stopped.
	* @throws VarveError `malformed`, or `unsupported` for a dictionary or a window over the maximum.
	*/
	advance(bytes, at) {
		let position = at;
		this.#anyFrame ||= at < bytes.length;
		while (position < bytes.length) {
			if (this.#part === "block" || this.#part === "checksum" || this.#part === "skipped") {
				const step = Math.min(this.#partLength - this.#gone, bytes.length - position);
				this.#gone += step;
				position += step;
			} else {
				const byte = bytes[position++] ?? 0;
				if (this.#part === "magic") this.#checkMagic(byte);
				this.#read[this.#gone++] = byte;
			}
			while (this.#gone === this.#partLength) this.#enterNextPart();
			if (this.betweenFrames) break;
		}
		return position;
	}
	#enter(part, length) {
		this.#part = part;
		this.#partLength = length;
		this.#gone = 0;
	}
	#enterNextPart() {
		switch (this.#part) {
			case "magic":
				if (this.#skippable) this.#enter("skip-length", 4);
				else this.#enter("descriptor", 1);
				break;
			case "descriptor":
				this.#part = "header";
				this.#partLength = frameHeaderLength(this.#read[0] ?? 0);
				break;
			case "header":
				this.#checkHeader(readFrameHeader(this.#read));
				this.#enter("block-header", 3);
				break;
			case "block-header":
				this.#enterBlock(littleEndian(this.#read, 0, 3));
				break;
			case "block":
				if (!this.#lastBlock) this.#enter("block-header", 3);
				else if (this.#hasChecksum) this.#enter("checksum", 4);
				else this.#enter("magic", 4);
				break;
			case "skip-length":
				this.#enter("skipped", littleEndian(this.#read, 0, 4));
				break;
			case "checksum":
			case "skipped": this.#enter("magic", 4);
		}
	}
	#checkMagic(byte) {
		const at = this.#gone;
		if (at === 0) this.#skippable = byte >> 4 === 5;
		const expected = this.#skippable ? SKIPPABLE_MAGIC[at] : DATA_MAGIC[at];
		if ((this.#skippable && at === 0 ? byte & 240 : byte) !== expected) throw malformedStream(this.#object, "zstd", "no frame begins where one should");
	}
	#checkHeader(header) {
		this.#hasChecksum = header.hasChecksum;
		if (header.dictionaryId !== 0) throw new VarveError("unsupported", `${this.#object}: zstd with dictionary ${header.dictionaryId}`, {
			object: this.#object,
			hint: "compress it again without a dictionary"
		});
		if (header.windowBytes > 134217728) {
			const window = `a window of ${header.windowBytes} bytes, over the ${MAX_WINDOW_BYTES} that are allowed`;
			throw new VarveError("unsupported", `${this.#object}: zstd with ${window}`, {
				object: this.#object,
				hint: "compress it again with a window of at most 128 MiB (zstd --long=27 or less)"
			});
		}
	}
	#enterBlock(header) {
		const type = header >> 1 & 3;
		if (type === RESERVED_BLOCK) throw malformedStream(this.#object, "zstd", "a block has the reserved type");
		this.#lastBlock = (header & 1) === 1;
		this.#enter("block", type === RLE_BLOCK ? 1 : header >> 3);
	}
};
// src/base/compression/native-decoder.ts
/**
* The decoder that works inside its calls, in the thread of its caller.
* @param object is what is decoded, for errors.
* @throws TypeError where `nativeDecoderWorks` is false.
*/
function createNativeDecoder(format, object) {
	switch (format) {
		case "gzip": return new GzipDecoder(object);
		case "zstd": return new ZstdDecoder(object);
		case "none": return {
			push: (chunk) => [chunk],
			end: () => [],
			close() {}
		};
	}
}
/** Reads all members of a gzip stream, and zero padding after the last. */
var GzipDecoder = class {
	#object;
	#inflate;
	#padding = false;
	constructor(object) {
		this.#object = object;
		this.#inflate = new NativeCodec({
			stream: createGunzip(),
			finish: constants.Z_FINISH,
			fault: (fault) => decodeFault(object, "gzip", fault)
		});
	}
	*push(chunk) {
		const at = this.#padding ? 0 : yield* this.#inflate.write(chunk, 0, chunk.length);
		if (at === chunk.length) return;
		this.#padding = true;
		if (chunk.subarray(at).some((byte) => byte !== 0)) throw malformedStream(this.#object, "gzip", "other bytes follow its zero padding");
	}
	end() {
		return this.#inflate.finish();
	}
	close() {
		this.#inflate.close();
	}
};
/** Reads all frames of a zstd stream and passes over the skippable ones. */
var ZstdDecoder = class {
	#object;
	#inflate;
	#frames;
	#started = false;
	constructor(object) {
		this.#object = object;
		this.#inflate = new NativeCodec({
			stream: createZstdDecompress(),
			finish: constants.ZSTD_e_end,
			fault: (fault) => decodeFault(object, "zstd", fault)
		});
		this.#frames = new ZstdFrames(object);
	}
	*push(chunk) {
		for (let at = 0; at < chunk.length;) {
			const to = this.#frames.advance(chunk, at);
			if (!this.#frames.skippable) {
				this.#started = true;
				if ((yield* this.#inflate.write(chunk, at, to)) < to) throw malformedStream(this.#object, "zstd", "a frame goes on after its end");
			}
			at = to;
		}
	}
	*end() {
		if (!this.#frames.complete) throw truncatedStream(this.#object, "zstd");
		if (this.#started) yield* this.#inflate.finish();
	}
	close() {
		this.#inflate.close();
	}
};
// src/base/compression/native-check.ts
const TEXT = "a lake lays down a layer a year; ".repeat(4);
/** The text above, each time with a checksum. */
const COMPRESSED = {
	gzip: "H4sIAAAAAAACA0tUyEnMTlXISawsVkjJL89TSASxU4sUEhUqUxOLrMF8GisAADEVQhWEAAAA",
	zstd: "KLUv/SSELQEAEgIHDNAdA9qJJJwWGCgyWwPG7DHORh2bnpwb9VDUEQEAASRVT+4BJzk="
};
/** More than all that can rightly come out of a trial. */
const TOO_MUCH = 1e3;
let decoderWorks = null;
let compressorWorks = null;
/** Tells, by trying it once in this thread, whether the native decoder does on this Node what it must. */
function nativeDecoderWorks() {
	decoderWorks ??= passes(() => decodes("gzip") && decodes("zstd"));
	return decoderWorks;
}
/** The same of the native compressor. */
function nativeCompressorWorks() {
	compressorWorks ??= passes(compresses);
	return compressorWorks;
}
function passes(trial) {
	try {
		return trial();
	} catch {
		return false;
	}
}
/** Tries two members or frames, whole and in pieces; then what is cut short; then what is damaged. */
function decodes(format) {
	const one = Buffer.from(COMPRESSED[format], "base64");
	const two = Buffer.concat([one, one]);
	const damaged = Buffer.from(two);
	damaged.fill(255, one.length - 16, one.length - 8);
	const decoded = (bytes, step) => run(createNativeDecoder(format, "trial"), bytes, step).toString();
	return decoded(two, two.length) === TEXT + TEXT && decoded(two, 7) === TEXT + TEXT && codeOf(() => decoded(two.subarray(0, -1), two.length)) === "truncated" && codeOf(() => decoded(damaged, two.length)) === "malformed";
}
function compresses() {
	const compressed = run(createNativeCompressor(), Buffer.from(TEXT), 50);
	return compressed.length < TEXT.length && zstdDecompressSync(compressed).toString() === TEXT;
}
function run(transform, bytes, step) {
	const found = [];
	const keep = (chunks) => {
		for (const chunk of chunks) {
			if (chunk.length > TOO_MUCH) throw new TypeError("more comes out than went in");
			found.push(Buffer.from(chunk));
		}
	};
	try {
		for (let at = 0; at < bytes.length; at += step) keep(transform.push(bytes.subarray(at, at + step)));
		keep(transform.end());
		return Buffer.concat(found);
	} finally {
		transform.close();
	}
}
function codeOf(action) {
	try {
		action();
		return "none";
	} catch (fault) {
		if (fault instanceof VarveError) return fault.code;
		throw fault;
	}
}
// src/base/compression/public-decoder.ts
/**
* Decodes with Node's documented streams alone: the same results as the native decoder, in up to 1.5 times the time.
* @param object is what is decoded, for errors.
*/
function decodeOnStreams(format, source, object) {
	switch (format) {
		case "gzip": return decodeGzip(source, object);
		case "zstd": return decodeZstd(source, object);
		case "none": return unchanged(source);
	}
}
async function* unchanged(source) {
	yield* source;
}
/** All members, and zero padding after the last. */
async function* decodeGzip(source, object) {
	const stream = createGunzip({ chunkSize: DECODED_CHUNK_BYTES });
	yield* through(stream, paddedWithZeros(source, stream, object), "gzip", object);
}
/** The stream stops at zeros after a member, and swallows unread what follows them: so that is looked at here. */
async function* paddedWithZeros(source, stream, object) {
	let taken = 0;
	for await (const chunk of source) {
		yield chunk;
		taken += chunk.length;
		const unread = Math.min(taken - stream.bytesWritten, chunk.length);
		if (unread > 0 && chunk.subarray(chunk.length - unread).some((byte) => byte !== 0)) throw malformedStream(object, "gzip", "other bytes follow its zero padding");
	}
}
/** All frames, each on a stream of its own: Node's stops after the first without a word. */
async function* decodeZstd(source, object) {
	const pieces = framePieces(source, object);
	try {
		for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) yield* through(createZstdDecompress({ chunkSize: DECODED_CHUNK_BYTES }), frameFrom(piece.value, pieces), "zstd", object);
	} finally {
		await pieces.return(void 0);
	}
}
/** The source cut up so that no piece goes over the end of a frame; skippable frames are left out. */
async function* framePieces(source, object) {
	const frames = new ZstdFrames(object);
	for await (const chunk of source) for (let at = 0; at < chunk.length;) {
		const to = frames.advance(chunk, at);
		if (!frames.skippable) yield {
			bytes: chunk.subarray(at, to),
			last: frames.betweenFrames
		};
		at = to;
	}
	if (!frames.complete) throw truncatedStream(object, "zstd");
}
async function* frameFrom(first, pieces) {
	for (let piece = first;;) {
		yield piece.bytes;
		if (piece.last) return;
		const next = await pieces.next();
		if (next.done) return;
		piece = next.value;
	}
}
/** What a zlib stream makes of a source. */
async function* through(stream, source, format, object) {
	stream.on("error", () => {});
	const feeding = feed(stream, source);
	const settled = Promise.allSettled([feeding]);
	try {
		yield* stream.iterator({ destroyOnReturn: false });
		await feeding;
	} catch (fault) {
		throw zlibFault(fault, format, object);
	} finally {
		stream.destroy();
		await settled;
	}
}
/** Writes a chunk at a time and waits for it, since its memory is used again. */
async function feed(stream, source) {
	try {
		for await (const chunk of source) {
			await written(stream, chunk);
			if (stream.destroyed) return;
		}
		stream.end();
	} catch (fault) {
		stream.destroy(fault instanceof Error ? fault : new Error(String(fault)));
		throw fault;
	}
}
function written(stream, chunk) {
	return new Promise((resolve) => {
		stream.once("close", resolve);
		stream.write(chunk, () => {
			stream.off("close", resolve);
			resolve();
		});
	});
}
function zlibFault(fault, format, object) {
	if (!(fault instanceof Error) || !("code" in fault) || typeof fault.code !== "string") return fault;
	if (!fault.code.startsWith("Z_") && !fault.code.startsWith("ZSTD_")) return fault;
	return decodeFault(object, format, {
		code: fault.code,
		message: fault.message
	});
}
// src/base/compression/decode.ts
/**
* The decoded bytes of a source, whole: all members or frames, and an error unless the stream is complete and nothing
* but zero padding (gzip) or skippable frames (zstd) comes with it. From a synchronous source, with the native engine,
* they are synchronous too. At most 128 MiB of memory are used (a zstd frame's window), usually less than 1.
* Reading it throws VarveError `truncated`, `malformed`, or `unsupported` for a zstd frame that wants a dictionary or
* a larger window; and what the source throws.
*/
function decode(source, options) {
	const { engine = "auto", threads } = options;
	const native = engine === "native" || engine === "auto" && nativeDecoderWorks();
	const sniffable = transformed(source, new HeadGatherer());
	if (!native) return decodeSniffed(sniffable, options, decodeOnStreams);
	if (threads === void 0) return transformed(sniffable, new SniffedDecoder(options));
	return decodeSniffed(sniffable, options, (format, chunks, object) => format === "none" ? chunks : threads.decode(format, chunks, object));
}
/** Makes the first chunk long enough to be sniffed, where there are enough bytes. */
var HeadGatherer = class {
	#head = /* @__PURE__ */ new Uint8Array(0);
	push(chunk) {
		if (this.#head === null) return [chunk];
		if (this.#head.length + chunk.length < 4) {
			this.#head = Buffer.concat([this.#head, chunk]);
			return [];
		}
		const first = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
		this.#head = null;
		return [first];
	}
	end() {
		return this.#head === null ? [] : [this.#head];
	}
	close() {}
};
/** The native decoder for what the first chunk turns out to be. */
var SniffedDecoder = class {
	#options;
	#decoder = null;
	constructor(options) {
		this.#options = options;
	}
	push(chunk) {
		this.#decoder ??= createNativeDecoder(settleFormat(chunk, this.#options), this.#options.object);
		return this.#decoder.push(chunk);
	}
	end() {
		return this.#decoder?.end() ?? [];
	}
	close() {
		this.#decoder?.close();
	}
};
async function* decodeSniffed(source, options, decodeFormat) {
	const chunks = inTurn(source);
	try {
		const first = await chunks.next();
		if (first.done) return;
		yield* decodeFormat(settleFormat(first.value, options), resumed(first.value, chunks), options.object);
	} finally {
		await chunks.return(void 0);
	}
}
async function* inTurn(source) {
	yield* source;
}
async function* resumed(first, rest) {
	yield first;
	yield* rest;
}
function settleFormat(head, { format = sniff(head), onFormat }) {
	onFormat?.(format);
	return format;
}
// src/base/threads/packed-fault.ts
/** Packs whatever was thrown; what is not an error is told by its text. */
function packFault(fault) {
	const error = fault instanceof Error ? fault : new Error(String(fault));
	return {
		message: error.message,
		stack: error.stack,
		cause: error.cause === void 0 ? void 0 : packFault(error.cause),
		varve: error instanceof VarveError ? ownFields(error) : void 0
	};
}
/** The error again, with the stack of the thread where it was thrown. */
function unpackFault({ message, stack, cause, varve }) {
	const details = cause === void 0 ? {} : { cause: unpackFault(cause) };
	const error = varve === void 0 ? new Error(message, details) : new VarveError(varve.code, message, {
		...varve,
		...details
	});
	if (stack !== void 0) error.stack = stack;
	return error;
}
function ownFields({ code, object, hint }) {
	return {
		code,
		...object !== void 0 && { object },
		...hint !== void 0 && { hint }
	};
}
export { FASTEST as a, nativeCompressorWorks as i, unpackFault as n, createNativeCompressor as o, decode as r, sniff as s, packFault as t };
