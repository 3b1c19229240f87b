import { r as __toESM } from "./rolldown-runtime.js";
import { n as toVarveError, t as VarveError } from "./errors.js";
import { t as DEFAULT_LIMITS } from "./limits.js";
import { o as parsePlatform } from "./platform.js";
import { a as parseTenant, i as parseSize, n as parseCount, o as parseText, r as parseLines, t as parseBoolean } from "./parse.js";
import { readFile } from "node:fs/promises";
// src/entry/settings/baseline-setting.ts
/**
* Takes `none`, `dir:PATH` or an image reference.
* @throws VarveError `bad-option` for a store of a kind that this version cannot open.
*/
function parseBaseline(text) {
	const value = text.trim();
	if (value === "none" || value === "") return { kind: "none" };
	if (value.startsWith("dir:")) {
		const path = value.slice(4);
		if (path === "") throw new VarveError("bad-option", "dir: needs a path, such as dir:.varve");
		return {
			kind: "dir",
			path
		};
	}
	if (value === "cache" || /^(oci|postgres|postgresql|s3):\/\//.test(value)) throw new VarveError("bad-option", `a baseline in ${value.split(":")[0]} is not supported yet`, { hint: "use none, dir:PATH or an image reference" });
	return {
		kind: "image",
		reference: value
	};
}
// src/entry/settings/settings.ts
const setting = (definition) => definition;
const optional = (definition) => ({
	...definition,
	fallback: void 0
});
/**
* Every setting there is, under the one name that it has as action input, as `--option`,
* as `VARVE_…` variable and as key in varve.yml.
*/
const SETTINGS = {
	image: setting({
		value: "IMAGE",
		description: "Image reference; of several lines, the first image that exists is taken.",
		parse: parseLines,
		fallback: []
	}),
	name: optional({
		value: "NAME",
		description: "Name under which the history of the image is kept. Default: the repository in the reference, without tag or digest.",
		parse: parseText
	}),
	platform: optional({
		value: "OS/ARCH[/VARIANT]",
		description: "Which platform of a multi-platform image. Default: linux on the architecture of this machine.",
		parse: parsePlatform
	}),
	baseline: setting({
		value: "BASELINE",
		description: "What to compare with: none, an image reference, or dir:PATH, a store that the run also adds its own snapshot to.",
		parse: parseBaseline,
		fallback: { kind: "none" },
		shown: "none"
	}),
	save: setting({
		value: "BOOLEAN",
		description: "Whether the snapshot is added to the baseline store for later runs.",
		flip: "Only read the baseline store: do not add this snapshot to it.",
		parse: parseBoolean,
		fallback: true
	}),
	"cas-root": optional({
		value: "PATH",
		description: "Folder of the content-addressed store. Default: the folder of a dir: baseline; else .varve in a workflow, and ~/.local/share/varve on the command line.",
		parse: parseText
	}),
	tenant: setting({
		value: "TENANT",
		description: "Tenant whose part of the store is used.",
		parse: parseTenant,
		fallback: "default"
	}),
	ignore: setting({
		value: "PATTERN",
		description: "Globs of paths (var/log/**) and config pointers (/config/Labels/build) whose differences do not count, beside the built-in ones; one a line.",
		parse: parseLines,
		fallback: []
	}),
	"ignore-defaults": setting({
		value: "BOOLEAN",
		description: "Whether the built-in list of meaningless differences is used.",
		flip: "Do not use the built-in list of meaningless differences.",
		parse: parseBoolean,
		fallback: true
	}),
	mtime: setting({
		value: "BOOLEAN",
		description: "Whether a changed modification time alone makes a file differ.",
		flip: "Let a changed modification time alone make a file differ.",
		parse: parseBoolean,
		fallback: false
	}),
	commit: optional({
		value: "SHA",
		description: "Commit that the image was built from. On GitHub it is known.",
		parse: parseText
	}),
	branch: optional({
		value: "BRANCH",
		description: "Branch that the image was built on. On GitHub it is known.",
		parse: parseText
	}),
	"pointer-path": optional({
		value: "FILE",
		description: "Where the manifest pointer is written.",
		parse: parseText
	}),
	"surface-manifest-output": optional({
		value: "FILE",
		description: "Where a copy of the surface manifest is written.",
		parse: parseText
	}),
	"comparison-path": optional({
		value: "FILE",
		description: "Where a copy of the comparison document (JSON) is written.",
		parse: parseText
	}),
	"report-path": optional({
		value: "FILE",
		description: "Where the Markdown report is written.",
		parse: parseText
	}),
	"max-layer-bytes": setting({
		value: "SIZE",
		description: "Most uncompressed bytes of one layer.",
		parse: parseSize,
		fallback: DEFAULT_LIMITS.layerBytes,
		shown: "64GiB"
	}),
	"max-layer-entries": setting({
		value: "COUNT",
		description: "Most entries of one layer.",
		parse: parseCount,
		fallback: DEFAULT_LIMITS.layerEntries
	}),
	"max-sparse-bytes": setting({
		value: "SIZE",
		description: "Most bytes of one sparse file when expanded.",
		parse: parseSize,
		fallback: DEFAULT_LIMITS.sparseBytes,
		shown: "64GiB"
	}),
	"max-header-bytes": setting({
		value: "SIZE",
		description: "Most bytes of one extended tar header.",
		parse: parseSize,
		fallback: DEFAULT_LIMITS.headerBytes,
		shown: "4MiB"
	}),
	"max-json-bytes": setting({
		value: "SIZE",
		description: "Most bytes of one index, manifest or config.",
		parse: parseSize,
		fallback: DEFAULT_LIMITS.jsonBytes,
		shown: "20MiB"
	})
};
/** The settings that say how an image is read; nearly every command takes them. */
const LIMIT_SETTINGS = [
	"max-layer-bytes",
	"max-layer-entries",
	"max-sparse-bytes",
	"max-header-bytes",
	"max-json-bytes"
];
// src/entry/settings/read-settings.ts
/**
* Reads the named settings, each from the first source that has it.
* @throws VarveError `bad-option` that tells every mistake at once.
*/
function readSettings(names, sources) {
	const mistakes = [];
	const values = names.map((name) => {
		const source = sources.find(({ get }) => get(name) !== void 0);
		const text = source?.get(name);
		if (source === void 0 || text === void 0) return [name, SETTINGS[name].fallback];
		try {
			return [name, SETTINGS[name].parse(text)];
		} catch (fault) {
			const { message, hint } = toVarveError(fault);
			mistakes.push(`${source.label(name)}: ${message}${hint === void 0 ? "" : ` (${hint})`}`);
			return [name, void 0];
		}
	});
	if (mistakes.length > 0) throw new VarveError("bad-option", mistakes.join("\n"), { hint: "see --help or the table of inputs" });
	return Object.freeze(Object.fromEntries(values));
}
// src/entry/settings/sources.ts
const presentText = (text) => text === void 0 || text.trim() === "" ? void 0 : text;
/** Inputs of a GitHub Action, as the runner hands them over: an empty one counts as not given. */
function fromInputs(environment) {
	return {
		label: (name) => `input ${name}`,
		get: (name) => presentText(environment[`INPUT_${name.toUpperCase()}`])
	};
}
/** `VARVE_CAS_ROOT` and the like. */
function fromEnvironment(environment) {
	const variable = (name) => `VARVE_${name.toUpperCase().replaceAll("-", "_")}`;
	return {
		label: variable,
		get: (name) => presentText(environment[variable(name)])
	};
}
/**
* The settings file `varve.yml`: one key a setting; a list stands for lines. No file is no settings.
* @throws VarveError `bad-option` for YAML that is broken, unknown keys and values that are neither scalar nor list.
*/
async function fromFile(path) {
	const values = await readSettingsFile(path);
	return {
		label: (name) => `${name} in ${path}`,
		get: (name) => values.get(name)
	};
}
async function readSettingsFile(path) {
	let text;
	try {
		text = await readFile(path, "utf8");
	} catch (cause) {
		if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return /* @__PURE__ */ new Map();
		throw new VarveError("unreachable", `cannot read ${path}`, {
			object: path,
			cause
		});
	}
	const { parse } = await import("./dist.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	let document;
	try {
		document = parse(text, { maxAliasCount: 0 });
	} catch (cause) {
		throw new VarveError("bad-option", `${path} is not YAML: ${cause.message}`, {
			object: path,
			cause
		});
	}
	if (document === null) return /* @__PURE__ */ new Map();
	if (typeof document !== "object" || Array.isArray(document)) throw new VarveError("bad-option", `${path} must hold settings, one key each`, { object: path });
	return new Map(Object.entries(document).map(([key, value]) => [checkKey(path, key), toText(path, key, value)]));
}
function checkKey(path, key) {
	if (Object.hasOwn(SETTINGS, key)) return key;
	throw new VarveError("bad-option", `${path} has an unknown setting ${JSON.stringify(key)}`, {
		object: path,
		hint: `settings are ${Object.keys(SETTINGS).join(", ")}`
	});
}
function toText(path, key, value) {
	if (Array.isArray(value)) return value.map((item) => toText(path, key, item)).join("\n");
	if ([
		"string",
		"number",
		"boolean"
	].includes(typeof value)) return String(value);
	throw new VarveError("bad-option", `${key} in ${path} must be a text, a number, a boolean or a list`, { object: path });
}
export { LIMIT_SETTINGS as a, readSettings as i, fromFile as n, SETTINGS as o, fromInputs as r, fromEnvironment as t };
