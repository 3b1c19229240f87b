import { n as toVarveError, t as VarveError } from "./errors.js";
import { n as digestOf, t as digestFromHex } from "./digest.js";
import { a as FASTEST, i as nativeCompressorWorks, o as createNativeCompressor, r as decode } from "./packed-fault.js";
import { n as limitExceeded } from "./limits.js";
import { isUtf8 } from "node:buffer";
import { zstdCompressSync } from "node:zlib";
import { createHash, hash } from "node:crypto";
import { closeSync, constants as constants$1, fstatSync, openSync, readSync } from "node:fs";
// node_modules/canonicalize/lib/canonicalize.js
function serializeString(value) {
	if (!value.isWellFormed()) throw new Error("Lone surrogate is not allowed");
	return JSON.stringify(value);
}
function serializePrimitive(value) {
	switch (typeof value) {
		case "number":
			if (isNaN(value)) throw new Error("NaN is not allowed");
			if (!isFinite(value)) throw new Error("Infinity is not allowed");
			return JSON.stringify(value);
		case "string": return serializeString(value);
		case "boolean": return value ? "true" : "false";
		default: return JSON.stringify(value);
	}
}
function enterValue(value, seen) {
	let wrappers = null;
	while (value !== null && typeof value === "object" && typeof value.toJSON === "function") {
		if (seen.has(value)) throw new Error("Circular reference detected");
		seen.add(value);
		(wrappers ??= []).push(value);
		value = value.toJSON();
	}
	if (value instanceof Number || value instanceof String || value instanceof Boolean) value = value.valueOf();
	if (value === null || typeof value !== "object") {
		if (wrappers !== null) for (const wrapper of wrappers) seen.delete(wrapper);
		return serializePrimitive(value);
	}
	if (seen.has(value)) throw new Error("Circular reference detected");
	seen.add(value);
	return {
		container: value,
		keys: Array.isArray(value) ? null : Object.keys(value).sort(),
		index: 0,
		first: true,
		wrappers
	};
}
function canonicalize(object) {
	if (object === null || typeof object !== "object") return serializePrimitive(object);
	const seen = /* @__PURE__ */ new Set();
	const root = enterValue(object, seen);
	if (typeof root !== "object") return root;
	let result = root.keys === null ? "[" : "{";
	const stack = [root];
	outer: while (stack.length > 0) {
		const frame = stack[stack.length - 1];
		const container = frame.container;
		if (frame.keys === null) {
			while (frame.index < container.length) {
				const i = frame.index++;
				if (i > 0) result += ",";
				const element = container[i];
				const value = element === void 0 || typeof element === "symbol" || typeof element === "function" ? null : element;
				if (value === null || typeof value !== "object") {
					result += serializePrimitive(value);
					continue;
				}
				const child = enterValue(value, seen);
				if (typeof child !== "object") {
					result += child === void 0 ? "null" : child;
					continue;
				}
				result += child.keys === null ? "[" : "{";
				stack.push(child);
				continue outer;
			}
			result += "]";
		} else {
			const keys = frame.keys;
			while (frame.index < keys.length) {
				const key = keys[frame.index++];
				const value = container[key];
				if (value === void 0 || typeof value === "symbol" || typeof value === "function") continue;
				if (value === null || typeof value !== "object") {
					if (frame.first) frame.first = false;
					else result += ",";
					result += serializeString(key) + ":" + serializePrimitive(value);
					continue;
				}
				const child = enterValue(value, seen);
				if (child === void 0) continue;
				if (frame.first) frame.first = false;
				else result += ",";
				result += serializeString(key) + ":";
				if (typeof child !== "object") {
					result += child;
					continue;
				}
				result += child.keys === null ? "[" : "{";
				stack.push(child);
				continue outer;
			}
			result += "}";
		}
		seen.delete(container);
		if (frame.wrappers !== null) for (const wrapper of frame.wrappers) seen.delete(wrapper);
		stack.pop();
	}
	return result;
}
// src/base/canonical-json.ts
/**
* The canonical JSON text of a value. Lone surrogates, which JSON from others may spell but UTF-8 cannot, become U+FFFD.
* @throws VarveError `internal` when the value cannot be written as JSON.
* @see https://www.rfc-editor.org/rfc/rfc8785
*/
function canonicalJson(value) {
	const text = canonicalText(value) ?? canonicalText(wellFormed(value));
	if (text === null) throw new VarveError("internal", "a value without a JSON form was to be stored");
	return text;
}
function canonicalText(value) {
	try {
		return canonicalize(value) ?? null;
	} catch {
		return null;
	}
}
/** The same value with texts and keys that UTF-8 can spell; nothing where it is nested too deeply to be walked. */
function wellFormed(value) {
	try {
		return mapTexts(value);
	} catch {
		return;
	}
}
function mapTexts(value) {
	if (typeof value === "string") return value.toWellFormed();
	if (Array.isArray(value)) return value.map(mapTexts);
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), mapTexts(each)]));
}
/** The UTF-8 bytes of a value's canonical JSON text: what is stored and hashed. */
function canonicalBytes(value) {
	return Buffer.from(canonicalJson(value), "utf8");
}
// src/base/byte-text.ts
const BEYOND_ASCII = /[\x80-\xff]/;
/** Tells whether the bytes are UTF-8. */
function isUtf8Text(bytes) {
	return !BEYOND_ASCII.test(bytes) || isUtf8(Buffer.from(bytes, "latin1"));
}
const ESCAPES = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
/** Replaces each byte that is not part of UTF-8 by `\xNN`, so that the result is UTF-8. */
function escapeInvalid(bytes) {
	if (isUtf8Text(bytes)) return bytes;
	let escaped = "";
	for (let at = 0; at < bytes.length;) {
		const length = sequenceLength(bytes, at);
		escaped += length === 0 ? ESCAPES[bytes.charCodeAt(at)] : bytes.slice(at, at + length);
		at += length || 1;
	}
	return escaped;
}
/**
* How long the UTF-8 sequence is that begins at a place; 0 when none does.
* @see https://www.rfc-editor.org/rfc/rfc3629#section-4
*/
function sequenceLength(bytes, at) {
	const lead = bytes.charCodeAt(at);
	if (lead < 128) return 1;
	const length = lead < 194 || lead > 244 ? 0 : lead < 224 ? 2 : lead < 240 ? 3 : 4;
	const second = bytes.charCodeAt(at + 1);
	if (lead === 224 && second < 160) return 0;
	if (lead === 237 && second > 159) return 0;
	if (lead === 240 && second < 144) return 0;
	if (lead === 244 && second > 143) return 0;
	for (let i = 1; i < length; i++) if (bytes.charCodeAt(at + i) >> 6 !== 2) return 0;
	return length;
}
/** The text that the bytes stand for in UTF-8; bytes that are not UTF-8 as `\xNN`. */
function toText(bytes) {
	return BEYOND_ASCII.test(bytes) ? Buffer.from(escapeInvalid(bytes), "latin1").toString("utf8") : bytes;
}
const ASCII = /^[\x00-\x7f]*$/;
/** The UTF-8 bytes of a text. */
function fromText(text) {
	return ASCII.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}
function toBase64(bytes) {
	return Buffer.from(bytes, "latin1").toString("base64");
}
function fromBase64(base64) {
	return Buffer.from(base64, "base64").toString("latin1");
}
// src/core/layer/entry-path.ts
const SLASH = 47;
const DOT = 46;
/** The exact bytes of a path: what paths are compared, sorted and looked up by. */
function pathBytes(name) {
	if (typeof name === "string") return fromText(name);
	return name.pathBase64 === void 0 ? fromText(name.path) : fromBase64(name.pathBase64);
}
/** Writes the bytes of a path as inventories do. */
function pathName(bytes) {
	const path = toText(bytes);
	return isUtf8Text(bytes) ? { path } : {
		path,
		pathBase64: toBase64(bytes)
	};
}
/**
* The path that a name in a tar stands for: no leading or trailing slash, `//` and `.` collapsed, `..` resolved and
* clamped at the root, the root itself `.`.
*/
function normalisePath(name) {
	let end = name.length;
	while (end > 0 && name.charCodeAt(end - 1) === SLASH) end--;
	const start = name.charCodeAt(0) === DOT && name.charCodeAt(1) === SLASH ? 2 : 0;
	if (start < end && isPlain(name, start, end)) return name.slice(start, end);
	const parts = [];
	for (const part of name.split("/")) if (part === "..") parts.pop();
	else if (part !== "" && part !== ".") parts.push(part);
	return parts.length === 0 ? "." : parts.join("/");
}
/** Tells whether no component is empty, `.` or `..`. */
function isPlain(name, start, end) {
	let partAt = start;
	for (let i = start; i <= end; i++) {
		if (i < end && name.charCodeAt(i) !== SLASH) continue;
		const length = i - partAt;
		if (length <= 0) return false;
		if (length <= 2 && name.charCodeAt(partAt) === DOT && name.charCodeAt(i - 1) === DOT) return false;
		partAt = i + 1;
	}
	return true;
}
/** Tells whether a name climbs above the root with `..`. */
function escapesRoot(name) {
	if (!name.includes("..")) return false;
	let depth = 0;
	for (const part of name.split("/")) {
		if (part === "..") depth--;
		else if (part !== "" && part !== ".") depth++;
		if (depth < 0) return true;
	}
	return false;
}
/** The directory that a path stands in; null for the root. */
function parentOf(path) {
	if (path === ".") return null;
	const slash = path.lastIndexOf("/");
	return slash === -1 ? "." : path.slice(0, slash);
}
// src/core/layer/whiteout.ts
const PREFIX$1 = ".wh.";
const META_PREFIX = ".wh..wh.";
const OPAQUE = ".wh..wh..opq";
/**
* Reads a normalised path as a whiteout.
* As container engines do, `.wh..wh.*` is bookkeeping at the root only; elsewhere it hides a file named `.wh.*`.
* @returns null for a path that is just a path.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
*/
function parseWhiteout(path) {
	if (!path.includes(PREFIX$1)) return null;
	if (path.startsWith(META_PREFIX) && path !== OPAQUE) return { kind: "aufs" };
	const name = path.slice(path.lastIndexOf("/") + 1);
	if (!name.startsWith(PREFIX$1)) return null;
	const directory = parentOf(path) ?? ".";
	if (name === OPAQUE) return {
		kind: "opaque",
		target: directory
	};
	const hidden = name.slice(4);
	if (hidden === "" || hidden === "." || hidden === "..") return { kind: "bad" };
	return {
		kind: "whiteout",
		target: directory === "." ? hidden : `${directory}/${hidden}`
	};
}
// src/core/layer/inventory.ts
/** Kind of the fragments that hold inventories. */
const INVENTORY_KIND = "layer.files";
const INVENTORY_SCHEMA = "varve.layer-files@1";
// src/core/layer/verify-reading.ts
/** How errors call a layer: its index and, where known, what it is addressed by. */
function nameLayer({ index, expected }) {
	const address = expected.digest ?? expected.diffId;
	return address === null ? `layer ${index}` : `layer ${index} (${address})`;
}
/** @throws VarveError `size-mismatch`, `digest-mismatch`. */
function verifyStored(request, found) {
	const { size, digest } = request.expected;
	if (size !== null && found.size !== size) throw sizeMismatch(request, found.size);
	if (digest !== null && found.digest !== digest) {
		const object = nameLayer(request);
		throw new VarveError("digest-mismatch", `${object}: its bytes hash to ${found.digest}`, {
			object,
			hint: "the stored layer is damaged or was replaced: fetch or build the image again"
		});
	}
}
function sizeMismatch(request, found) {
	const object = nameLayer(request);
	const expected = request.expected.size;
	const amount = found > (expected ?? 0) ? "more" : `only ${found}`;
	return new VarveError("size-mismatch", `${object}: ${expected} bytes were promised, and there are ${amount}`, {
		object,
		hint: "the stored layer is damaged or was replaced: fetch or build the image again"
	});
}
/**
* @param cause what is wrong with the tar, if anything.
* @throws VarveError `diff-id-mismatch`.
*/
function verifyDiffId(request, diffId, cause = null) {
	const expected = request.expected.diffId;
	if (expected === null || diffId === expected) return;
	const object = nameLayer(request);
	throw new VarveError("diff-id-mismatch", `${object}: it uncompresses to ${diffId}, the config claims ${expected}`, {
		object,
		hint: "layer and config do not belong together: build or fetch the image again",
		...cause === null ? {} : { cause }
	});
}
/** Verifies a finished reading against another request for the same bytes. @throws VarveError as above. */
function verifyReading(request, reading) {
	verifyStored(request, reading);
	verifyDiffId(request, reading.diffId);
}
// src/base/file-range.ts
/** Size in bytes of the chunks that files are read in, unless a buffer is given. */
const READ_CHUNK_BYTES = 262144;
/**
* Reads a range of a regular file, synchronously, into one buffer: a chunk is valid until the next is asked for.
* The file is opened at the first chunk, and closed at the end or when the reading is given up.
* Reading throws VarveError `truncated` when the file ends before the range does, `denied` when it may not be read,
* `unreachable` when it is absent, not a regular file, or its disk fails.
*/
function* readRange(path, range = { offset: 0 }, buffer = Buffer.allocUnsafeSlow(READ_CHUNK_BYTES)) {
	const file = openRegularFile(path);
	try {
		const length = range.length ?? Math.max(0, file.size - range.offset);
		for (let done = 0; done < length;) {
			const wanted = Math.min(buffer.length, length - done);
			const read = readAt(file.descriptor, path, buffer, wanted, range.offset + done);
			if (read === 0) throw endsEarly(path, range.offset + length, range.offset + done);
			done += read;
			yield read === buffer.length ? buffer : buffer.subarray(0, read);
		}
	} finally {
		closeSync(file.descriptor);
	}
}
function openRegularFile(path) {
	let descriptor = null;
	try {
		descriptor = openSync(path, constants$1.O_RDONLY | constants$1.O_NONBLOCK);
		const stat = fstatSync(descriptor);
		if (!stat.isFile()) throw notRegular(path);
		return {
			descriptor,
			size: stat.size
		};
	} catch (fault) {
		if (descriptor !== null) closeSync(descriptor);
		throw unreadable(fault, path);
	}
}
function readAt(descriptor, path, buffer, length, position) {
	try {
		return readSync(descriptor, buffer, 0, length, position);
	} catch (fault) {
		throw unreadable(fault, path);
	}
}
function unreadable(fault, path) {
	if (fault instanceof VarveError) return fault;
	const code = fault instanceof Error && "code" in fault ? String(fault.code) : "unknown fault";
	const denied = code === "EACCES" || code === "EPERM";
	return new VarveError(denied ? "denied" : "unreachable", `cannot read ${path} (${code})`, {
		object: path,
		cause: fault,
		hint: denied ? "this user may not read it: change its permissions" : "see that the file is there and its disk works"
	});
}
function notRegular(path) {
	return new VarveError("unreachable", `${path} is not a regular file`, {
		object: path,
		hint: "give a file on disk: a pipe or device cannot be read by range"
	});
}
function endsEarly(path, expected, found) {
	return new VarveError("truncated", `${path} ends at byte ${found}, and should go on to byte ${expected}`, {
		object: path,
		hint: "the file was cut off, or is still being written: fetch or build it again"
	});
}
// src/base/forward-reader.ts
const EMPTY$1 = /* @__PURE__ */ new Uint8Array(0);
/**
* Reads ranges of a source that cannot seek, in one pass: each range lies behind the one before it.
* Dispose of it when the last is read: what follows is then never asked for.
*/
var ForwardReader = class {
	#object;
	#chunks;
	/** What is left of the current chunk, and where in the source that begins. */
	#rest = EMPTY$1;
	#position = 0;
	/** @param object is what is read, for errors. */
	constructor(source, object) {
		this.#object = object;
		this.#chunks = inTurn(source);
	}
	/** Where in the source the next byte stands. */
	get position() {
		return this.#position;
	}
	/**
	* The bytes from `offset` on, exactly `length` of them; read it before the next is asked for.
	* Reading throws VarveError `truncated` when the source ends before, `internal` when the range lies behind.
	*/
	async *range(offset, length) {
		if (offset < this.#position) {
			const places = `byte ${offset} was asked for at byte ${this.#position}`;
			throw new VarveError("internal", `${this.#object} is read forwards only: ${places}`, { object: this.#object });
		}
		const end = offset + length;
		while (this.#position < offset) await this.#take(offset - this.#position, end);
		while (this.#position < end) yield await this.#take(end - this.#position, end);
	}
	async [Symbol.asyncDispose]() {
		await this.#chunks.return(void 0);
	}
	/** Takes at least one byte and at most `most`. */
	async #take(most, end) {
		while (this.#rest.length === 0) {
			const next = await this.#chunks.next();
			if (next.done) throw this.#endsEarly(end);
			this.#rest = next.value;
		}
		const taken = this.#rest.subarray(0, most);
		this.#rest = this.#rest.subarray(taken.length);
		this.#position += taken.length;
		return taken;
	}
	#endsEarly(expected) {
		const places = `ends at byte ${this.#position}, and should go on to byte ${expected}`;
		return new VarveError("truncated", `${this.#object}: what it holds ${places}`, { object: this.#object });
	}
};
async function* inTurn(source) {
	yield* source;
}
// src/base/compression/foreign-format.ts
/** Magic numbers of compressions that are known by name and not read. */
const FOREIGN = [
	["xz", [
		253,
		55,
		122,
		88,
		90,
		0
	]],
	["bzip2", [
		66,
		90,
		104
	]],
	["lz4", [
		4,
		34,
		77,
		24
	]],
	["lzma", [
		93,
		0,
		0
	]]
];
/**
* Names the compression that bytes begin like and that is not read here; null for any other beginning.
* Three bytes may be chance: ask only about what turned out to be nothing else.
*/
function sniffForeign(firstBytes) {
	return FOREIGN.find(([, magic]) => magic.every((byte, at) => firstBytes[at] === byte))?.[0] ?? null;
}
// src/base/tar/tar-fault.ts
/** Something that the tar format does not allow; the scanner adds where it stands. */
var TarFault = class extends Error {
	code;
	constructor(message, code = "malformed") {
		super(message);
		this.code = code;
	}
};
// src/base/tar/tar-numbers.ts
const SPACE$1 = 32;
const ZERO = 48;
/**
* Reads a number of a header block: octal text, or base-256 where the first bit is set.
* @see https://www.gnu.org/software/tar/manual/html_node/Extensions.html
*/
function readNumber(block, at, length, field) {
	return (block[at] ?? 0) >= 128 ? readBase256(block, at, length, field) : readOctal(block, at, length, field);
}
function readOctal(block, at, length, field) {
	const end = at + length;
	let value = 0;
	let i = at;
	for (; i < end && (block[i] === SPACE$1 || block[i] === 0); i++);
	for (; i < end; i++) {
		const digit = (block[i] ?? 0) - ZERO;
		if (digit < 0 || digit > 7) break;
		value = value * 8 + digit;
	}
	for (; i < end && block[i] === SPACE$1; i++);
	if (i < end && block[i] !== 0) throw new TarFault(`${field} is not an octal number`);
	return value;
}
/** Two's complement, big-endian; the first bit only marks the form. */
function readBase256(block, at, length, field) {
	const first = block[at] ?? 0;
	let value = (first & 64) !== 0 ? (first & 127) - 128 : first & 127;
	for (let i = at + 1; i < at + length; i++) {
		value = value * 256 + (block[i] ?? 0);
		if (!Number.isSafeInteger(value)) throw new TarFault(`${field} is out of range`);
	}
	return value;
}
const DECIMAL = /^-?[0-9]+$/;
/** Reads a whole number of an extended header. */
function readDecimal(text, field) {
	const value = DECIMAL.test(text) ? Number(text) : NaN;
	if (!Number.isSafeInteger(value)) throw new TarFault(`${field} is not a whole number in range`);
	return value;
}
const TIME = /^(-?)([0-9]+)(?:\.([0-9]*))?$/;
/** Reads the time of an extended header: seconds with a fraction, finer than nanoseconds cut off. */
function readTime(text) {
	const match = TIME.exec(text);
	const whole = Number(match?.[2] ?? NaN);
	if (!Number.isSafeInteger(whole)) throw new TarFault("mtime is not a time in range");
	const fraction = Number((match?.[3] ?? "").slice(0, 9).padEnd(9, "0"));
	if (match?.[1] !== "-") return {
		seconds: whole,
		nanoseconds: fraction
	};
	return fraction === 0 ? {
		seconds: 0 - whole,
		nanoseconds: 0
	} : {
		seconds: -whole - 1,
		nanoseconds: 1e9 - fraction
	};
}
const CHECKSUM = 148;
const CHECKSUM_LENGTH = 8;
/** Type bytes that matter beyond the types of entries. */
const FLAG = {
	paxLocal: 120,
	paxLocalSolaris: 88,
	paxGlobal: 103,
	gnuLongName: 76,
	gnuLongLink: 75,
	gnuSparse: 83,
	oldFile: 0
};
const TYPES$1 = [
	"file",
	"hardlink",
	"symlink",
	"char",
	"block",
	"dir",
	"fifo",
	"file"
];
/** The type that a type byte stands for; POSIX wants files for those it does not know. */
function typeOf(flag) {
	return TYPES$1[flag - 48] ?? "file";
}
/** Tells whether a type byte is known to stand for an entry. */
function isKnownFlag(flag) {
	return flag === FLAG.oldFile || flag === FLAG.gnuSparse || TYPES$1[flag - 48] !== void 0;
}
/**
* Adds up a header block.
* @returns false when the block is all zeros.
* @throws TarFault when the sum is neither the unsigned nor, as old programs wrote it, the signed one.
*/
function checkBlock(block, at) {
	let sum = 0;
	for (let i = at, end = at + 512; i < end; i++) sum += block[i];
	if (sum === 0) return false;
	const field = at + CHECKSUM;
	for (let i = field; i < field + CHECKSUM_LENGTH; i++) sum += 32 - block[i];
	const stated = readNumber(block, field, CHECKSUM_LENGTH, "the checksum");
	if (stated !== sum && stated !== sum - 256 * countHighBytes(block, at)) throw new TarFault("what should be a header has a wrong checksum");
	return true;
}
/** The bytes that are negative when taken as signed. */
function countHighBytes(block, at) {
	let count = 0;
	for (let i = at; i < at + 512; i++) if (!(i >= at + CHECKSUM && i < at + CHECKSUM + CHECKSUM_LENGTH) && block[i] > 127) count++;
	return count;
}
/** The text of a field up to its first NUL. */
function readText(block, at, length) {
	let end = at;
	for (const limit = at + length; end < limit && block[end] !== 0; end++);
	return end === at ? "" : block.toString("latin1", at, end);
}
/** Tells the format by the magic at 257 (`ustar` and NUL, or `ustar`, two spaces and NUL) and star's at 508. */
function formatOf(block, at) {
	const m = at + 257;
	if (!(block[m] === 117 && block[m + 1] === 115 && block[m + 2] === 116 && block[m + 3] === 97 && block[m + 4] === 114)) return "v7";
	if (block[m + 5] === 0) {
		const s = at + 508;
		return block[s] === 116 && block[s + 1] === 97 && block[s + 2] === 114 && block[s + 3] === 0 ? "star" : "ustar";
	}
	return block[m + 5] === 32 && block[m + 6] === 32 && block[m + 7] === 0 ? "gnu" : "v7";
}
const PREFIX = 345;
/** What stands before a long name. */
function readPrefix(block, at, format) {
	switch (format) {
		case "ustar": return readText(block, at + PREFIX, 155);
		case "star": return readText(block, at + PREFIX, 131);
		case "gnu": return hasTimes(block, at) ? "" : readAsciiPrefix(block, at);
		case "v7": return "";
	}
}
/**
* Tells whether a GNU header has times where others have the prefix. Go before 1.8, and with it old container engines,
* put a prefix there all the same.
* @see https://github.com/golang/go/issues/12594
*/
function hasTimes(block, at) {
	try {
		for (const field of [at + PREFIX, at + PREFIX + 12]) if (block[field] !== 0) readNumber(block, field, 12, "a time");
		return true;
	} catch {
		return false;
	}
}
function readAsciiPrefix(block, at) {
	const prefix = readText(block, at + PREFIX, 155);
	return /^[\x00-\x7f]*$/.test(prefix) ? prefix : "";
}
/**
* Reads a block, whose checksum is good, into an entry.
* @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
*/
function readHeader(block, at, entry) {
	const flag = block[at + 156];
	const format = formatOf(block, at);
	const name = readText(block, at, 100);
	const prefix = readPrefix(block, at, format);
	entry.name = prefix === "" ? name : `${prefix}/${name}`;
	entry.typeFlag = flag;
	entry.type = typeOf(flag);
	entry.mode = readNumber(block, at + 100, 8, "the mode");
	entry.uid = readNumber(block, at + 108, 8, "the uid");
	entry.gid = readNumber(block, at + 116, 8, "the gid");
	entry.size = readNumber(block, at + 124, 12, "the size");
	entry.mtime = readNumber(block, at + 136, 12, "the mtime");
	entry.mtimeNs = 0;
	entry.linkName = readText(block, at + 157, 100);
	const isDevice = format !== "v7" && (entry.type === "char" || entry.type === "block");
	entry.devMajor = isDevice ? readNumber(block, at + 329, 8, "the major device number") : 0;
	entry.devMinor = isDevice ? readNumber(block, at + 337, 8, "the minor device number") : 0;
	entry.xattrs = null;
	if (flag === FLAG.gnuSparse && format !== "gnu") throw new TarFault("a sparse file in star's own form, which is not read", "unsupported");
}
// src/base/tar/pax-records.ts
const SPACE = 32;
const NEWLINE$1 = 10;
const EQUALS = 61;
const XATTR = "SCHILY.xattr.";
const XATTR_BASE64 = "LIBARCHIVE.xattr.";
/** Holds the sparse map of form 0.1; that of form 0.0, which repeats its keywords, is gathered under it too. */
const SPARSE_MAP = "GNU.sparse.map";
const SPARSE_OFFSET = "GNU.sparse.offset";
const SPARSE_LENGTH = "GNU.sparse.numbytes";
/**
* Reads the records of an extended header: each `LENGTH KEYWORD=VALUE\n`, the length counting all of it.
* @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
*/
function readPaxRecords(bytes, start, end) {
	const records = /* @__PURE__ */ new Map();
	const sparse = [];
	for (let at = start; at < end;) {
		const keyAt = bytes.indexOf(SPACE, at) + 1;
		if (keyAt === 0 || keyAt > end || keyAt - at > 16) throw new TarFault("an extended header record has no length");
		const next = at + readDecimal(bytes.toString("latin1", at, keyAt - 1), "the length of an extended header record");
		const valueAt = bytes.indexOf(EQUALS, keyAt) + 1;
		if (next > end || valueAt < keyAt + 2 || valueAt >= next || bytes[next - 1] !== NEWLINE$1) throw new TarFault("an extended header record is not well formed");
		const key = bytes.toString("latin1", keyAt, valueAt - 1);
		const value = bytes.toString("latin1", valueAt, next - 1);
		if (key === SPARSE_OFFSET || key === SPARSE_LENGTH) sparse.push(sparseNumber(key, value, sparse.length));
		else records.set(key, value);
		at = next;
	}
	if (sparse.length > 0) records.set(SPARSE_MAP, sparse.join(","));
	return records;
}
function sparseNumber(key, value, count) {
	if (key !== (count % 2 === 0 ? SPARSE_OFFSET : SPARSE_LENGTH) || value.includes(",")) throw new TarFault("the sparse map is out of order");
	return value;
}
/** Lays extended header records over what the header block says. An empty value leaves the block's in place. */
function applyPaxRecords(entry, records) {
	let xattrs = null;
	for (const [key, value] of records) if (key.startsWith(XATTR)) {
		xattrs ??= /* @__PURE__ */ new Map();
		xattrs.set(withoutNul(key.slice(13), key), value);
	} else if (key.startsWith(XATTR_BASE64)) {
		const name = withoutNul(unescapePercent(key.slice(17)), key);
		xattrs ??= /* @__PURE__ */ new Map();
		if (!records.has(XATTR + name)) xattrs.set(name, Buffer.from(value, "base64").toString("latin1"));
	} else if (value !== "") applyPaxRecord(entry, key, value);
	entry.xattrs = xattrs;
}
function applyPaxRecord(entry, key, value) {
	switch (key) {
		case "path":
			entry.name = withoutNul(value, key);
			break;
		case "linkpath":
			entry.linkName = withoutNul(value, key);
			break;
		case "size":
			entry.size = readDecimal(value, key);
			break;
		case "uid":
			entry.uid = readDecimal(value, key);
			break;
		case "gid":
			entry.gid = readDecimal(value, key);
			break;
		case "mtime": {
			const time = readTime(value);
			entry.mtime = time.seconds;
			entry.mtimeNs = time.nanoseconds;
		}
	}
}
/** Keywords that change what an entry is, beside those of extended attributes and sparse files. */
const MEANINGFUL = /* @__PURE__ */ new Set([
	"path",
	"linkpath",
	"size",
	"uid",
	"gid",
	"mtime"
]);
/** Tells whether a record changes anything that a `TarEntry` holds. */
function isMeaningfulRecord(key) {
	return MEANINGFUL.has(key) || key.startsWith(XATTR) || key.startsWith(XATTR_BASE64) || key.startsWith("GNU.sparse.");
}
/** No path or attribute of any system has a NUL in it: readers would disagree on where such a name ends. */
function withoutNul(text, field) {
	if (text.includes("\0")) throw new TarFault(`a NUL stands in ${JSON.stringify(field)}`);
	return text;
}
function unescapePercent(text) {
	return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
// src/base/tar/sparse-map.ts
/**
* Reads the sparse records of an extended header, forms 0.0, 0.1 and 1.0.
* @returns null when the entry is not sparse.
* @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
*/
function readPaxSparse(records) {
	const major = records.get("GNU.sparse.major") ?? "";
	const minor = records.get("GNU.sparse.minor") ?? "";
	const map = records.get("GNU.sparse.map") ?? "";
	const version = major === "" && minor === "" ? map === "" ? null : "0.1" : `${major}.${minor}`;
	if (version === null) return null;
	if (version !== "0.0" && version !== "0.1" && version !== "1.0") throw new TarFault(`a sparse file of form ${JSON.stringify(version)}, which is not read`, "unsupported");
	const name = records.get("GNU.sparse.name") || null;
	const size = records.get("GNU.sparse.size") || records.get("GNU.sparse.realsize") || null;
	return {
		name: name === null ? null : withoutNul(name, "GNU.sparse.name"),
		size: size === null ? null : readDecimal(size, "the size of a sparse file"),
		map: version === "1.0" ? null : readPaxMap(map, records.get("GNU.sparse.numblocks") ?? "")
	};
}
function readPaxMap(text, count) {
	const numbers = text === "" ? [] : text.split(",").map((number) => readDecimal(number, "the sparse map"));
	if (numbers.length !== 2 * readDecimal(count, "the length of the sparse map")) throw new TarFault("the sparse map is not as long as it says");
	return numbers;
}
/** Where sparse entries stand in a header block of the old GNU form, and in the blocks that continue it. */
const IN_HEADER = {
	at: 386,
	entries: 4,
	more: 482
};
const IN_EXTENSION = {
	at: 0,
	entries: 21,
	more: 504
};
/**
* Reads the part of an old GNU sparse map that stands in one block.
* @returns whether a further block continues it.
*/
function readOldSparse(block, at, place, map) {
	const { at: first, entries, more } = place === "header" ? IN_HEADER : IN_EXTENSION;
	for (let i = 0; i < entries; i++) {
		const entryAt = at + first + i * 24;
		if (block[entryAt] === 0) break;
		map.push(readNumber(block, entryAt, 12, "the sparse map"), readNumber(block, entryAt + 12, 12, "the sparse map"));
	}
	return block[at + more] !== 0;
}
/** The expanded size in a header block of the old GNU form. */
function readOldSparseSize(block, at) {
	return readNumber(block, at + 483, 12, "the size of a sparse file");
}
const NEWLINE = 10;
/** Gathers the map of form 1.0: decimal lines in whole blocks before the content, the first telling how many. */
var LeadingSparseMap = class {
	#numbers = [];
	#line = "";
	/** Takes the next block. @returns the map once it is complete; what is left of the block is padding. */
	push(block, at) {
		const end = at + 512;
		for (let lineAt = at; lineAt < end;) {
			const newline = block.indexOf(NEWLINE, lineAt);
			const lineEnd = newline === -1 || newline >= end ? end : newline;
			this.#line += block.toString("latin1", lineAt, lineEnd);
			if (this.#line.length > 20) throw new TarFault("the sparse map has a line that is no number");
			if (lineEnd === end) return null;
			this.#numbers.push(readDecimal(this.#line, "the sparse map"));
			this.#line = "";
			if (this.#numbers.length - 1 === 2 * (this.#numbers[0] ?? 0)) return this.#numbers.slice(1);
			lineAt = newline + 1;
		}
		return null;
	}
};
/**
* Checks a map against the expanded and the stored size: ascending, no overlap, nothing beyond the end,
* and just as many bytes as are stored.
*/
function checkSparseMap(map, expanded, stored) {
	let end = 0;
	let total = 0;
	for (let i = 0; i < map.length; i += 2) {
		const offset = map[i] ?? 0;
		const length = map[i + 1] ?? 0;
		if (offset < end || length < 0) throw new TarFault("the sparse map goes backwards");
		end = offset + length;
		total += length;
	}
	if (end > expanded || expanded < 0) throw new TarFault("the sparse map goes beyond the end of its file");
	if (total !== stored) throw new TarFault("the sparse map covers other bytes than are stored");
}
// src/base/tar/extended-headers.ts
const FLAGS = /* @__PURE__ */ new Set([
	FLAG.paxLocal,
	FLAG.paxLocalSolaris,
	FLAG.paxGlobal,
	FLAG.gnuLongName,
	FLAG.gnuLongLink
]);
/** Tells whether what has this type byte says something about the entries that follow. */
function isExtendedHeader(flag) {
	return FLAGS.has(flag);
}
/** Gathers what extended headers say, and lays it over the entry that they stand before. */
var ExtendedHeaders = class {
	#limits;
	#object;
	#flag = 0;
	#left = 0;
	#gathered = Buffer.allocUnsafeSlow(2048);
	#filled = 0;
	#local = null;
	#globals = null;
	#longName = "";
	#longLink = "";
	#awaitsEntry = false;
	/** @param object is what is read, for errors. */
	constructor(limits, object) {
		this.#limits = limits;
		this.#object = object;
	}
	/** Whether an entry must follow. */
	get awaitsEntry() {
		return this.#awaitsEntry;
	}
	/** Keywords of global headers that changed entries. */
	get globalKeywords() {
		return [...this.#globals?.keys() ?? []];
	}
	/**
	* Begins a header whose content has a size in bytes.
	* @throws TarFault, VarveError `limit-exceeded` over `limits.headerBytes`
	*/
	begin(flag, size) {
		if (size < 0) throw new TarFault("the size is negative");
		this.#limit(size);
		this.#flag = flag;
		this.#left = size;
		this.#filled = 0;
		this.#awaitsEntry ||= flag !== FLAG.paxGlobal;
		if (size === 0) this.#read(this.#gathered, 0, 0);
	}
	/** Takes the next part of the content; the last part completes the header. @throws TarFault */
	push(bytes, start, end) {
		this.#left -= end - start;
		if (this.#left === 0 && this.#filled === 0) {
			this.#read(bytes, start, end);
			return;
		}
		this.#gather(bytes, start, end);
		if (this.#left === 0) this.#read(this.#gathered, 0, this.#filled);
	}
	/**
	* Lays over what its block says: global headers, then local ones, then GNU's long names.
	* @returns what they say of a sparse file.
	* @throws TarFault
	*/
	apply(entry) {
		const local = this.#local;
		const records = this.#globals === null ? local : new Map([...this.#globals, ...local ?? []]);
		if (records !== null) applyPaxRecords(entry, records);
		if (this.#longName !== "") entry.name = this.#longName;
		if (this.#longLink !== "") entry.linkName = this.#longLink;
		this.#awaitsEntry = false;
		this.#local = null;
		this.#longName = "";
		this.#longLink = "";
		return records === null ? null : readPaxSparse(records);
	}
	#gather(bytes, start, end) {
		const filled = this.#filled + end - start;
		if (filled > this.#gathered.length) {
			const grown = Buffer.allocUnsafeSlow(Math.max(filled, 2 * this.#gathered.length));
			this.#gathered.copy(grown, 0, 0, this.#filled);
			this.#gathered = grown;
		}
		bytes.copy(this.#gathered, this.#filled, start, end);
		this.#filled = filled;
	}
	#read(bytes, start, end) {
		switch (this.#flag) {
			case FLAG.gnuLongName:
				this.#longName = readText(bytes, start, end - start);
				break;
			case FLAG.gnuLongLink:
				this.#longLink = readText(bytes, start, end - start);
				break;
			case FLAG.paxGlobal:
				this.#globals = this.#extendGlobals(readPaxRecords(bytes, start, end));
				break;
			default: this.#local = readPaxRecords(bytes, start, end);
		}
	}
	/** Every entry pays for what is kept here. */
	#extendGlobals(records) {
		const meaningful = [...records].filter(([key]) => isMeaningfulRecord(key));
		const globals = new Map([...this.#globals ?? [], ...meaningful]);
		let size = 0;
		for (const [key, value] of globals) size += key.length + value.length;
		this.#limit(size);
		return globals;
	}
	#limit(size) {
		if (size > this.#limits.headerBytes) throw limitExceeded("headerBytes", this.#limits, `${this.#object}: an extended header of ${size} bytes`);
	}
};
// src/base/tar/zeros.ts
/** Zeros to compare with, and to stand in for what a sparse file does not store. */
const ZEROS = Buffer.alloc(65536);
/** Tells whether all bytes from `start` to `end` are zero. */
function isAllZero(bytes, start, end) {
	for (let at = start; at < end; at += ZEROS.length) {
		const length = Math.min(ZEROS.length, end - at);
		if (ZEROS.compare(bytes, at, at + length, 0, length) !== 0) return false;
	}
	return true;
}
/** Gives `count` zeros in chunks. */
function eachZeroChunk(count, take) {
	for (let left = count; left > 0; left -= ZEROS.length) take(ZEROS, 0, Math.min(left, ZEROS.length));
}
// src/base/tar/sparse-content.ts
/** Puts the stored parts of a sparse file in their places, with zeros between them. */
var SparseContent = class {
	#map;
	#size;
	#next = 0;
	#partLeft = 0;
	/** How much of the expanded file was told. */
	#told = 0;
	/** @param map must have passed `checkSparseMap`. */
	constructor(map, size) {
		this.#map = map;
		this.#size = size;
	}
	push(bytes, start, end, handler) {
		for (let at = start; at < end;) {
			while (this.#partLeft === 0) this.#beginPart(handler);
			const length = Math.min(this.#partLeft, end - at);
			handler.content(bytes, at, at + length);
			this.#partLeft -= length;
			this.#told += length;
			at += length;
		}
	}
	end(handler) {
		this.#hole(this.#size, handler);
	}
	#beginPart(handler) {
		this.#partLeft = this.#map[this.#next + 1] ?? 0;
		if (this.#partLeft > 0) this.#hole(this.#map[this.#next] ?? 0, handler);
		this.#next += 2;
	}
	#hole(to, handler) {
		eachZeroChunk(to - this.#told, (zeros, start, end) => handler.content(zeros, start, end));
		this.#told = to;
	}
};
// src/base/tar/tar-scanner.ts
/**
* A synchronous push machine that reads a tar of any common form: V7, ustar, star, GNU, PAX, sparse files of all kinds.
* It allocates nothing for a chunk, and for an entry only its texts. What Go's archive/tar refuses, it refuses too:
* that is what container engines unpack with.
*/
var TarScanner = class {
	#handler;
	#limits;
	#object;
	#state = "header";
	/** Bytes still to come in `content`, `padding` and `extended`. */
	#left = 0;
	#padding = 0;
	/** A block that came in several pieces. */
	#block = Buffer.alloc(512);
	#blockFilled = 0;
	/** Where in the archive the pushed buffer begins, and the last header block. */
	#position = 0;
	#headerAt = 0;
	#entry = {
		name: "",
		type: "file",
		typeFlag: 0,
		mode: 0,
		uid: 0,
		gid: 0,
		size: 0,
		mtime: 0,
		mtimeNs: 0,
		linkName: "",
		devMajor: 0,
		devMinor: 0,
		xattrs: null
	};
	#extended;
	#sparse = null;
	#oldSparseMap = [];
	#sparseSize = 0;
	#leadingMap = null;
	#mapBytes = 0;
	#sparseBytes = 0;
	#trailing = 0;
	#trailingData = 0;
	constructor({ handler, limits, object }) {
		this.#handler = handler;
		this.#limits = limits;
		this.#object = object;
		this.#extended = new ExtendedHeaders(limits, object);
	}
	/** Keywords of global extended headers that changed entries. Container engines ignore such headers. */
	get globalKeywords() {
		return this.#extended.globalKeywords;
	}
	/** Bytes after the end of the archive, up to the last that is not zero: no reader of the tar will show them. */
	get trailingData() {
		return this.#trailingData;
	}
	/** True once the two blocks of zeros were read that end an archive. */
	get ended() {
		return this.#state === "ended";
	}
	/** How many bytes come next that only a handler would look at: content that is stored as it is, and fill. */
	get skippable() {
		if (this.#state === "padding") return this.#left;
		return this.#state === "content" && this.#sparse === null ? this.#left : 0;
	}
	/** Passes over the `skippable` bytes, for a reader that can seek; the handler is told of no content. */
	skip() {
		const count = this.skippable;
		this.#position += count;
		this.#left -= count;
		if (this.#state === "padding") this.#state = "header";
		else if (this.#state === "content" && this.#left === 0) this.#leave();
	}
	/**
	* Takes the next bytes of the archive; they may be changed again once the call returns.
	* @throws VarveError `malformed`, `unsupported`, `limit-exceeded`; what the handler throws comes through.
	*/
	push(bytes) {
		try {
			for (let at = 0; at < bytes.length;) at = this.#step(bytes, at);
		} catch (fault) {
			throw this.#located(fault);
		}
		this.#position += bytes.length;
	}
	/**
	* Ends the archive. The two blocks of zeros may be missing, as all common readers have it.
	* @throws VarveError `truncated` when something is cut off.
	*/
	end() {
		const state = this.#state;
		const afterEntry = state === "header" && this.#blockFilled === 0 || state === "padding";
		const inEnd = state === "ended" || state === "ending" && isAllZero(this.#block, 0, this.#blockFilled);
		if (afterEntry && !this.#extended.awaitsEntry || inEnd) return;
		throw this.#located(new TarFault("the archive is cut off", "truncated"));
	}
	#step(bytes, at) {
		const available = bytes.length - at;
		switch (this.#state) {
			case "content": {
				const length = Math.min(this.#left, available);
				this.#content(bytes, at, at + length);
				return at + length;
			}
			case "padding": {
				const length = Math.min(this.#left, available);
				this.#left -= length;
				if (this.#left === 0) this.#state = "header";
				return at + length;
			}
			case "extended": {
				const length = Math.min(this.#left, available);
				this.#left -= length;
				this.#extended.push(bytes, at, at + length);
				if (this.#left === 0) this.#pad();
				return at + length;
			}
			case "ended":
				this.#afterEnd(bytes, at);
				return bytes.length;
			default: return this.#gatherBlock(bytes, at, available);
		}
	}
	/** Blocks are read where they lie when whole, and from a copy when they came in pieces. */
	#gatherBlock(bytes, at, available) {
		if (this.#blockFilled === 0 && available >= 512) {
			this.#takeBlock(bytes, at, this.#position + at);
			return at + 512;
		}
		const length = Math.min(512 - this.#blockFilled, available);
		bytes.copy(this.#block, this.#blockFilled, at, at + length);
		this.#blockFilled += length;
		if (this.#blockFilled === 512) {
			this.#blockFilled = 0;
			this.#takeBlock(this.#block, 0, this.#position + at + length - 512);
		}
		return at + length;
	}
	#takeBlock(block, at, position) {
		switch (this.#state) {
			case "header":
				this.#headerAt = position;
				if (checkBlock(block, at)) this.#header(block, at);
				else this.#zeroBlock();
				break;
			case "sparse-extension":
				this.#countMapBlock();
				if (!readOldSparse(block, at, "extension", this.#oldSparseMap)) this.#beginSparse(this.#oldSparseMap, this.#sparseSize);
				break;
			case "sparse-map":
				this.#leadingMapBlock(block, at);
				break;
			case "ending":
				if (!isAllZero(block, at, at + 512)) throw new TarFault("a lone block of zeros stands between entries");
				this.#state = "ended";
		}
	}
	#zeroBlock() {
		if (this.#extended.awaitsEntry) throw new TarFault("an extended header stands before no entry");
		this.#state = "ending";
	}
	#header(block, at) {
		const entry = this.#entry;
		readHeader(block, at, entry);
		if (isExtendedHeader(entry.typeFlag)) this.#beginExtended(entry);
		else if (entry.typeFlag === FLAG.gnuSparse) this.#beginOldSparse(block, at);
		else this.#beginEntry(this.#extended.apply(entry));
	}
	#beginExtended({ typeFlag, size }) {
		this.#extended.begin(typeFlag, size);
		this.#left = size;
		this.#padding = paddingOf(size);
		if (size > 0) this.#state = "extended";
	}
	#beginOldSparse(block, at) {
		this.#extended.apply(this.#entry);
		this.#sparseSize = readOldSparseSize(block, at);
		this.#oldSparseMap = [];
		this.#mapBytes = 0;
		if (readOldSparse(block, at, "header", this.#oldSparseMap)) this.#state = "sparse-extension";
		else this.#beginSparse(this.#oldSparseMap, this.#sparseSize);
	}
	#beginEntry(sparse) {
		const entry = this.#entry;
		if (entry.typeFlag === FLAG.oldFile && entry.name.endsWith("/")) entry.type = "dir";
		if (entry.type !== "file") {
			if (sparse !== null) throw new TarFault(`a sparse ${entry.type}`);
			entry.size = 0;
			if (entry.type !== "symlink" && entry.type !== "hardlink") entry.linkName = "";
			this.#handler.enter(entry);
			this.#leave();
			return;
		}
		entry.linkName = "";
		if (entry.size < 0) throw new TarFault("the size is negative");
		this.#left = entry.size;
		this.#padding = paddingOf(entry.size);
		if (sparse === null) {
			this.#handler.enter(entry);
			if (entry.size === 0) this.#leave();
			else this.#state = "content";
			return;
		}
		if (sparse.name !== null) entry.name = sparse.name;
		if (sparse.map !== null) {
			this.#beginSparse(sparse.map, sparse.size ?? entry.size);
			return;
		}
		this.#sparseSize = sparse.size ?? entry.size;
		this.#leadingMap = new LeadingSparseMap();
		this.#mapBytes = 0;
		this.#state = "sparse-map";
	}
	/** The map belongs to the stored content and counts in its size. */
	#leadingMapBlock(block, at) {
		this.#countMapBlock();
		if (this.#left < 512) throw new TarFault("the sparse map is longer than its file");
		this.#left -= 512;
		this.#entry.size = this.#left;
		const map = this.#leadingMap?.push(block, at) ?? null;
		if (map !== null) this.#beginSparse(map, this.#sparseSize);
	}
	#countMapBlock() {
		this.#mapBytes += 512;
		if (this.#mapBytes > this.#limits.headerBytes) throw limitExceeded("headerBytes", this.#limits, `${this.#object}: a sparse map`);
	}
	/** Begins a sparse file; `entry.size` is still what is stored. */
	#beginSparse(map, expanded) {
		const entry = this.#entry;
		if (entry.size < 0) throw new TarFault("the size is negative");
		checkSparseMap(map, expanded, entry.size);
		this.#sparseBytes += expanded;
		if (this.#sparseBytes > this.#limits.sparseBytes) throw limitExceeded("sparseBytes", this.#limits, `${this.#object}: the expanded sparse files`);
		this.#left = entry.size;
		this.#padding = paddingOf(entry.size);
		entry.size = expanded;
		entry.type = "file";
		entry.linkName = "";
		this.#sparse = new SparseContent(map, expanded);
		this.#handler.enter(entry);
		if (this.#left === 0) this.#leave();
		else this.#state = "content";
	}
	#content(bytes, start, end) {
		if (this.#sparse === null) this.#handler.content(bytes, start, end);
		else this.#sparse.push(bytes, start, end, this.#handler);
		this.#left -= end - start;
		if (this.#left === 0) this.#leave();
	}
	#leave() {
		this.#sparse?.end(this.#handler);
		this.#sparse = null;
		this.#handler.leave(this.#entry);
		this.#pad();
	}
	#pad() {
		this.#left = this.#padding;
		this.#padding = 0;
		this.#state = this.#left === 0 ? "header" : "padding";
	}
	#afterEnd(bytes, at) {
		if (!isAllZero(bytes, at, bytes.length)) {
			let last = bytes.length;
			while (bytes[last - 1] === 0) last--;
			this.#trailingData = this.#trailing + last - at;
		}
		this.#trailing += bytes.length - at;
	}
	#located(fault) {
		if (!(fault instanceof TarFault)) return fault;
		const message = `${this.#object}: in the tar at byte ${this.#headerAt}: ${fault.message}`;
		return new VarveError(fault.code, message, { object: this.#object });
	}
};
function paddingOf(size) {
	return (512 - size % 512) % 512;
}
// src/core/analysis/fragment-key.ts
/** What marks the fragments of an analyzer: a fragment of a layer that bears it need not be made again. */
function describeAnalyzer(analyzer) {
	const { id, version, kind, options } = analyzer;
	return {
		kind,
		analyzer: `${id}@${version}`,
		options: digestOf(canonicalBytes(options))
	};
}
// src/base/compression/zstd-compressor.ts
/**
* Compresses to one zstd frame of level 1. Its chunks are valid until the next is asked for. The compressed bytes
* depend on engine and version, what they hold does not: name things by the digest of that.
* Memory does not grow with the input, but for the `public` engine, which compresses all of it at the end.
*/
function createZstdCompressor(engine = "auto") {
	return engine === "native" || engine === "auto" && nativeCompressorWorks() ? createNativeCompressor() : gatherAndCompress();
}
/** Node documents no synchronous compression but that of whole buffers. */
function gatherAndCompress() {
	const chunks = [];
	return {
		push(chunk) {
			chunks.push(Buffer.from(chunk));
			return [];
		},
		end: () => [zstdCompressSync(Buffer.concat(chunks), FASTEST)],
		close() {}
	};
}
// src/core/analysis/payload-writer.ts
const CHUNK_BYTES = 262144;
/** Hashes and compresses a payload as it is written: uncompressed it is never whole in memory. */
var PayloadWriter = class {
	#hash = createHash("sha256");
	#compressor = createZstdCompressor();
	#compressed = [];
	#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
	#filled = 0;
	#sizeBytes = 0;
	/** Takes the next bytes. */
	write(bytes) {
		if (this.#filled + bytes.length > CHUNK_BYTES) this.#flush();
		if (bytes.length > CHUNK_BYTES) this.#take(Buffer.from(bytes, "latin1"));
		else this.#filled += this.#chunk.write(bytes, this.#filled, "latin1");
	}
	/** The whole payload; the writer is of no further use. */
	end() {
		this.#flush();
		this.#keep(this.#compressor.end());
		return {
			digest: digestFromHex(this.#hash.digest("hex")),
			sizeBytes: this.#sizeBytes,
			compressed: joined(this.#compressed)
		};
	}
	/** Frees memory outside of the heap, for a payload that is given up. */
	close() {
		this.#compressor.close();
	}
	#flush() {
		this.#take(this.#chunk.subarray(0, this.#filled));
		this.#filled = 0;
	}
	#take(bytes) {
		this.#hash.update(bytes);
		this.#sizeBytes += bytes.length;
		this.#keep(this.#compressor.push(bytes));
	}
	#keep(chunks) {
		for (const chunk of chunks) this.#compressed.push(new Uint8Array(chunk));
	}
};
/** One array of just this memory: it is kept, and travels between threads. */
function joined(chunks) {
	const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const chunk of chunks) {
		whole.set(chunk, at);
		at += chunk.length;
	}
	return whole;
}
// src/core/layer/content-hash.ts
const EMPTY = hash("sha256", "", "hex");
/** SHA-256 of one file after the other: in one call where the content lies whole in one buffer. */
var ContentHash = class {
	#size = 0;
	#whole = EMPTY;
	#stream = null;
	begin(size) {
		this.#size = size;
		this.#whole = EMPTY;
		this.#stream = null;
	}
	push(bytes, start, end) {
		const part = bytes.subarray(start, end);
		if (part.length === this.#size) this.#whole = hash("sha256", part, "hex");
		else this.#streaming().update(part);
	}
	/** The hexadecimal digest of what was pushed since `begin`. */
	end() {
		return this.#stream === null ? this.#whole : this.#stream.digest("hex");
	}
	#streaming() {
		this.#stream ??= createHash("sha256");
		return this.#stream;
	}
};
// src/core/layer/layer-entry.ts
/** Puts what a tar states into the words of layers, and says what is odd about it. */
function describeEntry(tar, entry, findings) {
	const path = normalisePath(tar.name);
	entry.tar = tar;
	entry.path = path;
	entry.type = tar.type;
	entry.sha256 = "";
	entry.linkTarget = tar.type === "hardlink" ? normalisePath(tar.linkName) : tar.linkName;
	if (path.includes(".wh.")) describeWhiteout(entry, findings);
	if (escapesRoot(tar.name)) findings.add("escaping-path", path, `the tar names it ${quote$1(tar.name)}`);
	if (tar.type === "hardlink" && escapesRoot(tar.linkName)) findings.add("escaping-link", path, `the tar names its target ${quote$1(tar.linkName)}`);
	if (path === "." && tar.type !== "dir") findings.add("root-replaced", path, `it is stated as ${tar.type}`);
	if (!isKnownFlag(tar.typeFlag)) findings.add("unknown-entry-type", path, `its type is 0x${tar.typeFlag.toString(16).padStart(2, "0")}`);
}
/** A name for the reader of a finding, however long and odd it is. */
function quote$1(name) {
	return JSON.stringify(toText(name).slice(0, 200).toWellFormed());
}
function describeWhiteout(entry, findings) {
	const kind = parseWhiteout(entry.path)?.kind;
	if (kind === "whiteout" || kind === "opaque") {
		entry.type = kind;
		entry.linkTarget = "";
		if (entry.tar.size > 0) findings.add("whiteout-content", entry.path, `${entry.tar.size} bytes`);
	} else if (kind === "bad") findings.add("bad-whiteout", entry.path);
	else if (kind === "aufs") findings.add("aufs-metadata", entry.path);
}
// src/core/layer/layer-findings.ts
/** How many findings of one code are listed, and how many bytes of paths in all. */
const LISTED = 1e3;
const LISTED_BYTES = 16777216;
/** Codes whose entries have no effect, so that each one must be listed. */
const COMPLETE = /* @__PURE__ */ new Set(["escaping-path", "escaping-link"]);
/** Gathers the findings of one layer, and not without bounds. */
var FindingLog = class {
	#object;
	#findings = [];
	#omitted = /* @__PURE__ */ new Map();
	#counts = /* @__PURE__ */ new Map();
	#bytes = 0;
	constructor(object) {
		this.#object = object;
	}
	/** @throws VarveError `malformed` when there are too many of a code that must be listed completely. */
	add(code, path, detail) {
		const count = (this.#counts.get(code) ?? 0) + 1;
		this.#counts.set(code, count);
		this.#bytes += path?.length ?? 0;
		if (count <= LISTED && this.#bytes <= LISTED_BYTES) this.#findings.push({
			code,
			...path === void 0 ? {} : { path: toText(path) },
			...detail === void 0 ? {} : { detail }
		});
		else if (COMPLETE.has(code)) throw new VarveError("malformed", `${this.#object}: too many entries escape the root`, { object: this.#object });
		else this.#omitted.set(code, (this.#omitted.get(code) ?? 0) + 1);
	}
	/** All findings in a stable order. */
	list() {
		const omitted = [...this.#omitted].map(([code, count]) => ({
			code: "findings-omitted",
			detail: `${count} more of ${code}`
		}));
		return [...this.#findings, ...omitted].sort(byCodeAndPath);
	}
};
function byCodeAndPath(a, b) {
	return compare(a.code, b.code) || compare(a.path ?? "", b.path ?? "") || compare(a.detail ?? "", b.detail ?? "");
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
// src/core/layer/layer-scan.ts
/** Reads a layer's tar as it is pushed, and lets every analyzer see each entry and, where it wants, its content. */
var LayerScan = class {
	#scanner;
	#findings;
	#running;
	constructor({ object, limits, analyzers }) {
		this.#findings = new FindingLog(object);
		const context = {
			object,
			limits,
			findings: this.#findings
		};
		this.#running = analyzers.map((analyzer) => ({
			analyzer,
			analysis: analyzer.begin(context),
			reading: false
		}));
		const handler = new EntryHandler(this.#findings, this.#running);
		this.#scanner = new TarScanner({
			handler,
			limits,
			object
		});
	}
	/** @throws VarveError `malformed`, `unsupported`, `limit-exceeded`. */
	push(bytes) {
		this.#scanner.push(bytes);
	}
	/** @throws VarveError `truncated`. */
	end() {
		this.#scanner.end();
		const { globalKeywords, trailingData } = this.#scanner;
		if (globalKeywords.length > 0) this.#findings.add("pax-global-header", void 0, globalKeywords.map(toText).sort().join(" "));
		if (trailingData > 0) this.#findings.add("trailing-data", void 0, `${trailingData} bytes`);
	}
	/** All that was odd, once `fragments` are made. */
	findings() {
		return this.#findings.list();
	}
	/** What each analyzer made of the layer, once it ended. */
	fragments(layer) {
		return this.#running.map(({ analyzer, analysis }) => {
			const payload = new PayloadWriter();
			try {
				analysis.finish(layer, payload);
				return {
					...describeAnalyzer(analyzer),
					format: analyzer.format,
					...payload.end()
				};
			} finally {
				payload.close();
			}
		});
	}
};
/** Puts tar entries into the words of layers, hashes files, and passes both on. */
var EntryHandler = class {
	#findings;
	#running;
	#hash = new ContentHash();
	#entry = null;
	constructor(findings, running) {
		this.#findings = findings;
		this.#running = running;
	}
	enter(tar) {
		this.#entry ??= {
			tar,
			path: "",
			type: "file",
			linkTarget: "",
			sha256: ""
		};
		describeEntry(tar, this.#entry, this.#findings);
		this.#hash.begin(tar.size);
		for (const running of this.#running) running.reading = running.analysis.enter?.(this.#entry) ?? false;
	}
	content(bytes, start, end) {
		this.#hash.push(bytes, start, end);
		for (const { analysis, reading } of this.#running) if (reading) analysis.content?.(bytes, start, end);
	}
	leave() {
		const entry = this.#entry;
		if (entry.type === "file") entry.sha256 = this.#hash.end();
		for (const { analysis } of this.#running) analysis.leave?.(entry);
	}
};
// src/core/layer/layer-content.ts
/** A layer's uncompressed bytes: a synchronous push machine that hashes, counts and scans them as they come. */
var LayerContent = class {
	#object;
	#limits;
	#hash = createHash("sha256");
	#scan;
	#size = 0;
	#fault = null;
	#foreignFormat = null;
	constructor(options) {
		this.#object = options.object;
		this.#limits = options.limits;
		this.#scan = options.want === "fragments" ? new LayerScan(options) : null;
	}
	get size() {
		return this.#size;
	}
	/** What is wrong with the tar. The bytes are hashed to their end all the same: wrong bytes explain a bad tar. */
	get fault() {
		return this.#fault;
	}
	/** Says, before the first byte, that somebody else hashes the same bytes. */
	leaveHashing() {
		this.#hash = null;
	}
	/** Takes the next bytes. @throws VarveError `limit-exceeded`, at the byte that is one too many. */
	push(chunk) {
		if (this.#size === 0) this.#foreignFormat = sniffForeign(chunk);
		this.#size += chunk.length;
		if (this.#size > this.#limits.layerBytes) throw limitExceeded("layerBytes", this.#limits, this.#object);
		this.#hash?.update(chunk);
		this.#scanning((scan) => scan.push(asBuffer(chunk)));
	}
	/** Ends the bytes. @returns the diffID; null when hashing was left to somebody else. */
	end() {
		this.#scanning((scan) => scan.end());
		return this.#hash === null ? null : digestFromHex(this.#hash.digest("hex"));
	}
	/** What the analyzers made of a layer that ended without fault. */
	analysed(diffId) {
		return {
			fragments: this.#scan?.fragments({
				diffId,
				uncompressedSize: this.#size
			}) ?? [],
			findings: this.#scan?.findings() ?? []
		};
	}
	#scanning(step) {
		if (this.#scan === null || this.#fault !== null) return;
		try {
			step(this.#scan);
		} catch (fault) {
			if (!(fault instanceof VarveError) || fault.code === "limit-exceeded") throw fault;
			this.#fault = this.#foreignFormat === null ? fault : this.#foreign(this.#foreignFormat);
		}
	}
	#foreign(format) {
		return new VarveError("unsupported", `${this.#object}: it is compressed with ${format}, which is not read`, {
			object: this.#object,
			hint: "convert the image to gzip or zstd layers, with skopeo copy --dest-compress for one"
		});
	}
};
function asBuffer(chunk) {
	return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
// src/core/layer/stored-bytes.ts
/** Hashes and counts a source's bytes while somebody else reads them, and reads on when that somebody gives up. */
var StoredBytes = class {
	/** The bytes, as they come. Giving up on them leaves the source open. */
	chunks;
	#iterator;
	#onChunk;
	#hash = createHash("sha256");
	#size = 0;
	#failed = false;
	/** @param onChunk sees each chunk first; what it throws ends the reading. */
	constructor(source, onChunk) {
		this.#onChunk = onChunk;
		if (Symbol.iterator in source) {
			const iterator = source[Symbol.iterator]();
			this.#iterator = iterator;
			this.chunks = { [Symbol.iterator]: () => ({ next: () => this.#take(iterator) }) };
		} else {
			const iterator = source[Symbol.asyncIterator]();
			this.#iterator = iterator;
			this.chunks = { [Symbol.asyncIterator]: () => ({ next: () => this.#takeLater(iterator) }) };
		}
	}
	get size() {
		return this.#size;
	}
	/** Whether the source itself failed, so that its other bytes will never be known. */
	get failed() {
		return this.#failed;
	}
	/** Reads what is left. @returns the digest of everything. */
	async end() {
		for await (const _ of this.chunks);
		return digestFromHex(this.#hash.digest("hex"));
	}
	async close() {
		await this.#iterator.return?.();
	}
	#take(iterator) {
		try {
			return this.#see(iterator.next());
		} catch (fault) {
			this.#failed = true;
			throw fault;
		}
	}
	async #takeLater(iterator) {
		try {
			return this.#see(await iterator.next());
		} catch (fault) {
			this.#failed = true;
			throw fault;
		}
	}
	#see(result) {
		if (result.done !== true) {
			this.#size += result.value.length;
			this.#onChunk(result.value);
			this.#hash.update(result.value);
		}
		return result;
	}
};
// src/core/layer/layer-pass.ts
/**
* Reads a layer once, from the stored bytes to the fragments, and verifies it at its end.
* Of several faults the first cause is thrown: wrong stored bytes before what does not decode,
* wrong uncompressed bytes before what is no tar. Only limits end the reading at once.
* @throws VarveError `size-mismatch`, `digest-mismatch`, `diff-id-mismatch`, `malformed`, `truncated`, `unsupported`,
* `limit-exceeded`, each naming the layer; what the source throws comes through.
*/
async function readLayer(source, request, { limits, analyzers, engine = "auto", threads, onProgress }) {
	const object = nameLayer(request);
	const stored = new StoredBytes(source, (chunk) => {
		if (stored.size > (request.expected.size ?? Number.POSITIVE_INFINITY)) throw sizeMismatch(request, stored.size);
		onProgress?.(chunk.length);
	});
	const content = new LayerContent({
		object,
		limits,
		analyzers,
		want: request.want
	});
	try {
		let compression = "none";
		const onFormat = (format) => {
			compression = format;
			if (format === "none") content.leaveHashing();
		};
		const decodeOptions = {
			object,
			engine,
			onFormat,
			...threads && { threads }
		};
		const fault = await consume(decode(stored.chunks, decodeOptions), content, stored);
		const digest = await stored.end();
		verifyStored(request, {
			digest,
			size: stored.size
		});
		if (fault !== null) throw fault;
		const diffId = content.end() ?? digest;
		if (content.fault?.code === "unsupported") throw content.fault;
		verifyDiffId(request, diffId, content.fault);
		if (content.fault !== null) throw content.fault;
		const uncompressedSize = content.size;
		const analysed = content.analysed(diffId);
		return {
			index: request.index,
			digest,
			size: stored.size,
			diffId,
			uncompressedSize,
			compression,
			...analysed
		};
	} finally {
		await stored.close();
	}
}
/** @returns what is wrong with the compressed bytes; null when they are good. */
async function consume(decoded, content, stored) {
	try {
		if (Symbol.iterator in decoded) for (const chunk of decoded) content.push(chunk);
		else for await (const chunk of decoded) content.push(chunk);
		return null;
	} catch (fault) {
		if (stored.failed) throw fault;
		const error = toVarveError(fault);
		if (error.code === "limit-exceeded" || error.kind !== "bytes") throw fault;
		return error;
	}
}
// src/adapters/layer-readers/run-task.ts
/** Reads the layers of a task, in this thread. @throws VarveError as `readLayer` and `readRange` do. */
async function* runTask(task, options) {
	const { paced = (source) => source, engine = "auto", threads, ...pass } = options;
	const { location } = task[0];
	if (location.kind === "file") {
		yield* answer(task[0], paced(readRange(location.path, location)), options);
		return;
	}
	const { path, compression } = location;
	await using archive = new ForwardReader(decode(paced(readRange(path)), {
		object: path,
		format: compression,
		engine,
		...threads && { threads }
	}), path);
	for (const read of task) yield* answer(read, archive.range(read.location.offset, read.location.length), {
		...pass,
		engine
	});
}
/** One read, and a reading for each request that it answers. */
async function* answer({ requests, location }, source, options) {
	const first = requests.find(({ want }) => want === "fragments") ?? requests[0];
	const reading = await readLayer(source, first, options);
	yield reading;
	for (const request of requests) {
		if (request === first) continue;
		verifyReading(request, reading);
		options.onProgress?.(location.length);
		yield {
			...reading,
			index: request.index,
			...request.want === "digests" && {
				fragments: [],
				findings: []
			}
		};
	}
}
// src/core/layer/format-line.ts
/** Writes a line of canonical JSON, without its newline, as UTF-8 bytes. */
function formatLine(entry) {
	const { path, linkTarget, device } = entry;
	let line = "{";
	if (device !== null) line += `"device":{"major":${device.major},"minor":${device.minor}},`;
	line += `"gid":${entry.gid},`;
	if (linkTarget !== null) {
		line += `"linkTarget":${quote(escapeInvalid(linkTarget))},`;
		if (!isUtf8Text(linkTarget)) line += `"linkTargetBase64":"${toBase64(linkTarget)}",`;
	}
	line += `"mode":"${modeText(entry.mode)}","mtime":${entry.mtime},`;
	if (entry.mtimeNs !== 0) line += `"mtimeNs":${entry.mtimeNs},`;
	line += `"path":${quote(escapeInvalid(path))},`;
	if (!isUtf8Text(path)) line += `"pathBase64":"${toBase64(path)}",`;
	if (entry.sha256 !== "") line += `"sha256":"${entry.sha256}",`;
	line += `"size":${entry.size},"type":"${entry.type}","uid":${entry.uid}`;
	if (entry.xattrs !== null) line += `,"xattrs":${entry.xattrs}`;
	return `${line}}`;
}
/** Canonical JSON of extended attributes: names as text, values in base64. */
function formatXattrs(xattrs) {
	const members = [...xattrs].map(([name, value]) => [toText(name), toBase64(value)]);
	return `{${[...new Map(members)].sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => `${quote(fromText(name))}:"${value}"`).join(",")}}`;
}
function modeText(mode) {
	return mode.toString(8).padStart(4, "0");
}
const MUST_BE_ESCAPED = /[\x00-\x1f"\\]/;
/** A JSON text as RFC 8785 writes it. Bytes beyond ASCII are UTF-8 and stand as they are. */
function quote(text) {
	return MUST_BE_ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
// src/core/layer/implicit-parents.ts
/**
* The directories that entries stand in, at once and not further up, and that the layer does not state as directories.
* @param rows the rows of the table sorted by path.
*/
function findImplicitParents(table, rows) {
	const implicit = /* @__PURE__ */ new Set();
	let last = null;
	for (const row of rows) {
		const parent = parentOf(table.path(row));
		if (parent === null || parent === "." || parent === last) continue;
		last = parent;
		if (!implicit.has(parent) && !isStatedDirectory(table, rows, parent)) implicit.add(parent);
	}
	return [...implicit].sort();
}
/** Of several statements of a path, the last counts. */
function isStatedDirectory(table, rows, path) {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = low + high >>> 1;
		if (table.path(rows[middle]) <= path) low = middle + 1;
		else high = middle;
	}
	const row = rows[low - 1];
	return row !== void 0 && table.path(row) === path && table.type(row) === "dir";
}
// src/core/layer/inventory-table.ts
const TYPES = [
	"file",
	"dir",
	"symlink",
	"hardlink",
	"char",
	"block",
	"fifo",
	"whiteout",
	"opaque"
];
/** Entries of a segment, and of what each of them is made. */
const SEGMENT = 16384;
const NUMBERS = 4;
const HASH_BYTES = 32;
const PLAIN = {
	mtimeNs: 0,
	xattrs: null,
	device: null
};
/** The entries of one layer in tar order, held in columns: some 70 bytes an entry, and its path. */
var InventoryTable = class {
	#paths = [];
	#segments = [];
	#links = /* @__PURE__ */ new Map();
	#rarities = /* @__PURE__ */ new Map();
	get length() {
		return this.#paths.length;
	}
	add(entry) {
		const { tar, type } = entry;
		const row = this.#paths.push(entry.path) - 1;
		const at = row % SEGMENT;
		if (at === 0) this.#segments.push(createSegment());
		const { numbers, modes, hashes } = this.#segment(row);
		numbers[at * NUMBERS] = tar.uid;
		numbers[at * NUMBERS + 1] = tar.gid;
		numbers[at * NUMBERS + 2] = type === "file" ? tar.size : 0;
		numbers[at * NUMBERS + 3] = tar.mtime;
		modes[at] = permissionBits(tar.mode) + TYPES.indexOf(type) * 4096;
		if (type === "file") hashes.write(entry.sha256, at * HASH_BYTES, HASH_BYTES, "hex");
		if (type === "symlink" || type === "hardlink") this.#links.set(row, entry.linkTarget);
		const device = type === "char" || type === "block" ? {
			major: tar.devMajor,
			minor: tar.devMinor
		} : null;
		if (tar.mtimeNs !== 0 || tar.xattrs !== null || device !== null) {
			const xattrs = tar.xattrs === null ? null : formatXattrs(tar.xattrs);
			this.#rarities.set(row, {
				mtimeNs: tar.mtimeNs,
				xattrs,
				device
			});
		}
	}
	path(row) {
		return this.#paths[row];
	}
	type(row) {
		return TYPES[this.#segment(row).modes[row % SEGMENT] >> 12];
	}
	fields(row) {
		const { numbers, modes, hashes } = this.#segment(row);
		const at = row % SEGMENT;
		const type = this.type(row);
		const { mtimeNs, xattrs, device } = this.#rarities.get(row) ?? PLAIN;
		return {
			path: this.path(row),
			type,
			mode: modes[at] & 4095,
			uid: numbers[at * NUMBERS],
			gid: numbers[at * NUMBERS + 1],
			size: numbers[at * NUMBERS + 2],
			mtime: numbers[at * NUMBERS + 3],
			mtimeNs,
			sha256: type === "file" ? hashes.toString("hex", at * HASH_BYTES, (at + 1) * HASH_BYTES) : "",
			linkTarget: this.#links.get(row) ?? null,
			xattrs,
			device
		};
	}
	/** The rows sorted by the bytes of their paths; rows of equal paths keep the order of the tar. */
	sortedRows() {
		const paths = this.#paths;
		return Array.from({ length: paths.length }, (_, row) => row).sort((a, b) => {
			const left = paths[a];
			const right = paths[b];
			return left < right ? -1 : left === right ? 0 : 1;
		});
	}
	#segment(row) {
		return this.#segments[Math.floor(row / SEGMENT)];
	}
};
/** A mode may be any number, negative ones in two's complement. */
function permissionBits(mode) {
	return (mode % 4096 + 4096) % 4096;
}
function createSegment() {
	return {
		numbers: new Float64Array(SEGMENT * NUMBERS),
		modes: new Uint16Array(SEGMENT),
		hashes: Buffer.allocUnsafeSlow(SEGMENT * HASH_BYTES)
	};
}
// src/core/layer/inventory-builder.ts
/** Bytes of names that are hashed in one call. */
const NAMES = 65536;
/** Bytes of names and attributes that may be held for each entry that there may be, and at least in all. */
const TEXT_BYTES_AN_ENTRY = 256;
const LEAST_TEXT_BYTES = 16777216;
/** Bytes of implicit parents that may stand in a header. */
const PARENT_BYTES = 268435456;
/** Gathers the entries of one layer and writes them as an inventory. */
var InventoryBuilder = class {
	#object;
	#limits;
	#findings;
	#table = new InventoryTable();
	#order = createHash("sha256");
	/** Names wait here, since hashing each by itself is slow. */
	#names = Buffer.allocUnsafeSlow(NAMES);
	#namesFilled = 0;
	#textBytes = 0;
	constructor({ object, limits, findings }) {
		this.#object = object;
		this.#limits = limits;
		this.#findings = findings;
	}
	/** @throws VarveError `limit-exceeded` over `limits.layerEntries`. */
	add(entry) {
		if (this.#table.length >= this.#limits.layerEntries) throw limitExceeded("layerEntries", this.#limits, `${this.#object}: the number of entries`);
		this.#textBytes += textBytesOf(entry);
		this.#checkText(this.#textBytes, Math.max(LEAST_TEXT_BYTES, TEXT_BYTES_AN_ENTRY * this.#limits.layerEntries));
		this.#table.add(entry);
		this.#addToOrder(entry.tar.name);
	}
	/** Writes the inventory: its header, then a line for each entry. */
	finish(layer, write) {
		const table = this.#table;
		const rows = table.sortedRows();
		this.#reportDuplicates(rows);
		write(`${fromText(canonicalJson(this.#header(layer, rows)))}\n`);
		for (const row of rows) write(`${formatLine(table.fields(row))}\n`);
	}
	#header({ diffId, uncompressedSize }, rows) {
		const parents = findImplicitParents(this.#table, rows);
		this.#checkText(parents.reduce((sum, { length }) => sum + length, 0), PARENT_BYTES);
		const inexact = parents.filter((path) => !isUtf8Text(path));
		return {
			schema: INVENTORY_SCHEMA,
			diffId,
			entries: this.#table.length,
			uncompressedSize,
			orderDigest: this.#orderDigest(),
			findings: this.#findings.list(),
			implicitParents: parents.filter(isUtf8Text).map(toText),
			...inexact.length === 0 ? {} : { implicitParentsBase64: inexact.map(toBase64) }
		};
	}
	/** Names may be as long as a header: few entries could take any amount of memory. */
	#checkText(bytes, most) {
		if (bytes > most) throw limitExceeded("layerEntries", this.#limits, `${this.#object}: what its names take`);
	}
	#reportDuplicates(rows) {
		let previous = null;
		let reported = null;
		for (const row of rows) {
			const path = this.#table.path(row);
			if (path === previous && path !== reported) {
				this.#findings.add("duplicate-entry", path);
				reported = path;
			}
			previous = path;
		}
	}
	#addToOrder(name) {
		if (this.#namesFilled + name.length >= NAMES) this.#flushNames();
		if (name.length >= NAMES) this.#order.update(name, "latin1");
		else this.#namesFilled += this.#names.write(name, this.#namesFilled, "latin1");
		this.#names[this.#namesFilled++] = 0;
	}
	#flushNames() {
		this.#order.update(this.#names.subarray(0, this.#namesFilled));
		this.#namesFilled = 0;
	}
	#orderDigest() {
		this.#flushNames();
		return digestFromHex(this.#order.digest("hex"));
	}
};
function textBytesOf({ path, linkTarget, tar }) {
	let bytes = path.length + linkTarget.length;
	for (const [name, value] of tar.xattrs ?? []) bytes += name.length + value.length;
	return bytes;
}
// src/core/analysis/catalogue.ts
/** All analyzers of layers. A new one is a file beside this one, and a line here. */
const LAYER_ANALYZERS = [{
	id: "files",
	version: 1,
	kind: "layer.files",
	format: "ndjson",
	options: {},
	begin(layer) {
		const inventory = new InventoryBuilder(layer);
		return {
			leave: (entry) => inventory.add(entry),
			finish: (finished, payload) => inventory.finish(finished, (bytes) => payload.write(bytes))
		};
	}
}];
export { canonicalJson as C, canonicalBytes as S, fromBase64 as _, checkBlock as a, toBase64 as b, readRange as c, INVENTORY_SCHEMA as d, parseWhiteout as f, pathName as g, pathBytes as h, TarScanner as i, nameLayer as l, parentOf as m, runTask as n, TarFault as o, normalisePath as p, describeAnalyzer as r, ForwardReader as s, LAYER_ANALYZERS as t, INVENTORY_KIND as u, fromText as v, toText as x, isUtf8Text as y };
