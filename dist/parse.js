import { t as VarveError } from "./errors.js";
// src/entry/settings/parse.ts
const wrong = (text, expected) => new VarveError("bad-option", `${JSON.stringify(text.slice(0, 200))} is not ${expected}`);
const parseText = (text) => text.trim();
/** Lines without the empty ones and without comments (`#`). */
const parseLines = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
const parseBoolean = (text) => {
	const value = text.trim().toLowerCase();
	if (value === "true") return true;
	if (value === "false") return false;
	throw wrong(text, "\"true\" or \"false\"");
};
const UNITS = {
	"": 1,
	kb: 1e3,
	mb: 1e6,
	gb: 1e9,
	tb: 0xe8d4a51000,
	kib: 1024,
	mib: 1024 ** 2,
	gib: 1024 ** 3,
	tib: 1024 ** 4
};
/** A count of bytes, plain or with a unit: `1048576`, `64GiB`, `1.5 GB`. */
const parseSize = (text) => {
	const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?b)?$/i.exec(text.trim());
	const factor = UNITS[(match?.[2] ?? "").toLowerCase()];
	const size = Math.round(Number(match?.[1]) * (factor ?? NaN));
	if (!Number.isSafeInteger(size) || size < 1) throw wrong(text, "a size such as 500000, 64GiB or 1.5GB");
	return size;
};
const parseCount = (text) => {
	const count = Number(text.trim().replaceAll("_", ""));
	if (!Number.isSafeInteger(count) || count < 1) throw wrong(text, "a whole number above 0");
	return count;
};
/** The grammar of a tenant: it becomes part of paths and object keys. */
const parseTenant = (text) => {
	if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) return text;
	throw wrong(text, "a tenant: lowercase letters, digits, \".\", \"_\", \"-\", at most 64 of them");
};
export { parseTenant as a, parseSize as i, parseCount as n, parseText as o, parseLines as r, parseBoolean as t };
