import { t as VarveError } from "./errors.js";
import { hash } from "node:crypto";
// src/base/digest.ts
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Tells whether a text is a well-formed SHA-256 digest. */
function isDigest(text) {
	return DIGEST.test(text);
}
/**
* Takes a text as a digest.
* @throws VarveError `bad-reference` when it is anything but `sha256:` and 64 lowercase hex digits.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
*/
function parseDigest(text) {
	if (isDigest(text)) return text;
	throw new VarveError("bad-reference", `not a SHA-256 digest: ${JSON.stringify(text.slice(0, 100))}`, {
		object: text.slice(0, 100),
		hint: "a digest is \"sha256:\" followed by 64 lowercase hexadecimal digits"
	});
}
/** The digest whose hexadecimal part is given, as a finished hash returns it. */
function digestFromHex(hex) {
	return parseDigest(`sha256:${hex}`);
}
/** The SHA-256 digest of bytes, or of a text's UTF-8 bytes. */
function digestOf(bytes) {
	return digestFromHex(hash("sha256", bytes, "hex"));
}
/** The 64 hexadecimal digits of a digest. */
function hexOf(digest) {
	return digest.slice(7);
}
export { parseDigest as a, isDigest as i, digestOf as n, hexOf as r, digestFromHex as t };
