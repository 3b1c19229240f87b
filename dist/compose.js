import { a as parseDigest, i as isDigest, n as digestOf, r as hexOf, t as digestFromHex } from "./digest.js";
import { n as toVarveError, t as VarveError } from "./errors.js";
import { C as canonicalJson, S as canonicalBytes, a as checkBlock, c as readRange, i as TarScanner, l as nameLayer, n as runTask, o as TarFault, r as describeAnalyzer, s as ForwardReader, t as LAYER_ANALYZERS, x as toText } from "./catalogue.js";
import { n as limitExceeded, t as DEFAULT_LIMITS } from "./limits.js";
import { n as Inbox, t as ChunkChannel } from "./chunk-channel.js";
import { n as unpackFault, r as decode$1, s as sniff } from "./packed-fault.js";
import { a as normalizePlatform, i as hostPlatform, r as formatPlatform, s as samePlatform, t as PLATFORM_PART } from "./platform.js";
import { constants, zstdCompressSync } from "node:zlib";
import { MessageChannel, Worker } from "node:worker_threads";
import { createHash, hash, randomUUID } from "node:crypto";
import { dirname, join, posix, relative, resolve } from "node:path";
import { closeSync, constants as constants$1, existsSync, fstatSync, lstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
const DEFAULT_CONFIG = {
	lang: void 0,
	message: void 0,
	abortEarly: void 0,
	abortPipeEarly: void 0
};
/**
* Returns the global configuration.
*
* @param config The config to merge.
*
* @returns The configuration.
*/
/* @__NO_SIDE_EFFECTS__ */
function getGlobalConfig(config$1) {
	if (!config$1 && true) return DEFAULT_CONFIG;
	return {
		lang: config$1?.lang ?? void 0,
		message: config$1?.message,
		abortEarly: config$1?.abortEarly ?? void 0,
		abortPipeEarly: config$1?.abortPipeEarly ?? void 0
	};
}
/**
* Stringifies an unknown input to a literal or type string.
*
* @param input The unknown input.
*
* @returns A literal or type string.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _stringify(input) {
	const type = typeof input;
	if (type === "string") return `"${input}"`;
	if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
	if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
	return type;
}
/**
* Adds an issue to the dataset.
*
* @param context The issue context.
* @param label The issue label.
* @param dataset The input dataset.
* @param config The configuration.
* @param other The optional props.
*
* @internal
*/
function _addIssue(context, label, dataset, config$1, other) {
	const input = other && "input" in other ? other.input : dataset.value;
	const expected = other?.expected ?? context.expects ?? null;
	const received = other?.received ?? /* @__PURE__ */ _stringify(input);
	const issue = {
		kind: context.kind,
		type: context.type,
		input,
		expected,
		received,
		message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
		requirement: context.requirement,
		path: other?.path,
		issues: other?.issues,
		lang: config$1.lang,
		abortEarly: config$1.abortEarly,
		abortPipeEarly: config$1.abortPipeEarly
	};
	const isSchema = context.kind === "schema";
	const message$1 = other?.message ?? context.message ?? (context.reference, issue.lang, void 0) ?? (isSchema ? (issue.lang, void 0) : null) ?? config$1.message ?? (issue.lang, void 0);
	if (message$1 !== void 0) issue.message = typeof message$1 === "function" ? message$1(issue) : message$1;
	if (isSchema) dataset.typed = false;
	if (dataset.issues) dataset.issues.push(issue);
	else dataset.issues = [issue];
}
/**
* Compares two values using the SameValueZero algorithm, which treats `NaN`
* as equal to itself unlike `===`.
*
* @param value1 The first value.
* @param value2 The second value.
*
* @returns Whether the values are equal.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isSameValueZero(value1, value2) {
	return value1 === value2 || Number.isNaN(value1) && Number.isNaN(value2);
}
/**
* Disallows inherited object properties and prevents object prototype
* pollution by disallowing certain keys.
*
* @param object The object to check.
* @param key The key to check.
*
* @returns Whether the key is allowed.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isValidObjectKey(object$1, key) {
	return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
}
/**
* Joins multiple `expects` values with the given separator.
*
* @param values The `expects` values.
* @param separator The separator.
*
* @returns The joined `expects` property.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _joinExpects(values$1, separator) {
	const list = [...new Set(values$1)];
	if (list.length > 1) return `(${list.join(` ${separator} `)})`;
	return list[0] ?? "never";
}
/**
* Eagerly creates and attaches the Standard Schema properties of a schema.
*
* Hint: The contextual `this` type includes the standard properties that are
* attached before the schema is returned.
*
* @param schema The schema to attach standard properties to.
*
* @returns The schema with standard properties attached.
*
* @internal
*/
function _standardSchema(schema) {
	schema["~standard"] = {
		version: 1,
		vendor: "valibot",
		validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
	};
	return schema;
}
/* @__NO_SIDE_EFFECTS__ */
function getDotPath(issue) {
	if (issue.path) {
		let key = "";
		for (const item of issue.path) if (typeof item.key === "string" || typeof item.key === "number") if (key) key += `.${item.key}`;
		else key += item.key;
		else return null;
		return key;
	}
	return null;
}
/**
* [Base64](https://en.wikipedia.org/wiki/Base64) regex.
*/
const BASE64_REGEX = /^(?:[\da-z+/]{4})*(?:[\da-z+/]{2}==|[\da-z+/]{3}=)?$/iu;
/* @__NO_SIDE_EFFECTS__ */
function base64(message$1) {
	return {
		kind: "validation",
		type: "base64",
		reference: base64,
		async: false,
		expects: null,
		requirement: BASE64_REGEX,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "Base64", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function check(requirement, message$1) {
	return {
		kind: "validation",
		type: "check",
		reference: check,
		async: false,
		expects: null,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "input", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function maxLength(requirement, message$1) {
	return {
		kind: "validation",
		type: "max_length",
		reference: maxLength,
		async: false,
		expects: `<=${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && dataset.value.length > this.requirement) _addIssue(this, "length", dataset, config$1, { received: `${dataset.value.length}` });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function maxValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "max_value",
		reference: maxValue,
		async: false,
		expects: `<=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value <= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function minValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "min_value",
		reference: minValue,
		async: false,
		expects: `>=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value >= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
			return dataset;
		}
	};
}
/**
* Creates a raw check validation action.
*
* @param action The validation action.
*
* @returns A raw check action.
*/
/* @__NO_SIDE_EFFECTS__ */
function rawCheck(action) {
	return {
		kind: "validation",
		type: "raw_check",
		reference: rawCheck,
		async: false,
		expects: null,
		"~run"(dataset, config$1) {
			action({
				dataset,
				config: config$1,
				addIssue: (info) => _addIssue(this, info?.label ?? "input", dataset, config$1, info)
			});
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function regex(requirement, message$1) {
	return {
		kind: "validation",
		type: "regex",
		reference: regex,
		async: false,
		expects: `${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "format", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function safeInteger(message$1) {
	return {
		kind: "validation",
		type: "safe_integer",
		reference: safeInteger,
		async: false,
		expects: null,
		requirement: Number.isSafeInteger,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "safe integer", dataset, config$1);
			return dataset;
		}
	};
}
/**
* Creates a custom transformation action.
*
* @param operation The transformation operation.
*
* @returns A transform action.
*/
/* @__NO_SIDE_EFFECTS__ */
function transform(operation) {
	return {
		kind: "transformation",
		type: "transform",
		reference: transform,
		async: false,
		operation,
		"~run"(dataset) {
			dataset.value = this.operation(dataset.value);
			return dataset;
		}
	};
}
/**
* Returns the fallback value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The output dataset if available.
* @param config The config if available.
*
* @returns The fallback value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getFallback(schema, dataset, config$1) {
	return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
/**
* Returns the default value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The input dataset if available.
* @param config The config if available.
*
* @returns The default value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getDefault(schema, dataset, config$1) {
	return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
/* @__NO_SIDE_EFFECTS__ */
function array(item, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "array",
		reference: array,
		expects: "Array",
		async: false,
		item,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (Array.isArray(input)) {
				dataset.typed = true;
				dataset.value = [];
				for (let key = 0; key < input.length; key++) {
					const value$1 = input[key];
					const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
					if (itemDataset.issues) {
						const pathItem = {
							type: "array",
							origin: "value",
							input,
							key,
							value: value$1
						};
						for (const issue of itemDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = itemDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!itemDataset.typed) dataset.typed = false;
					dataset.value.push(itemDataset.value);
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function boolean(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "boolean",
		reference: boolean,
		expects: "boolean",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "boolean") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function custom(check$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "custom",
		reference: custom,
		expects: "unknown",
		async: false,
		check: check$1,
		message: message$1,
		"~run"(dataset, config$1) {
			if (this.check(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function exactOptional(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "exact_optional",
		reference: exactOptional,
		expects: wrapped.expects,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function literal(literal_, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "literal",
		reference: literal,
		expects: /* @__PURE__ */ _stringify(literal_),
		async: false,
		literal: literal_,
		message: message$1,
		"~run"(dataset, config$1) {
			if (/* @__PURE__ */ _isSameValueZero(dataset.value, this.literal)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function looseObject(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "loose_object",
		reference: looseObject,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
				if (!dataset.issues || !config$1.abortEarly) {
					for (const key in input) if (/* @__PURE__ */ _isValidObjectKey(input, key) && !Object.prototype.hasOwnProperty.call(this.entries, key)) dataset.value[key] = input[key];
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function nullable(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "nullable",
		reference: nullable,
		expects: `(${wrapped.expects} | null)`,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			if (dataset.value === null) {
				if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
				if (dataset.value === null) {
					dataset.typed = true;
					return dataset;
				}
			}
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function number(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "number",
		reference: number,
		expects: "number",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function object(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "object",
		reference: object,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function picklist(options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "picklist",
		reference: picklist,
		expects: /* @__PURE__ */ _joinExpects(options.map(_stringify), "|"),
		async: false,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			if (this.options.includes(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function record(key, value$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "record",
		reference: record,
		expects: "Object",
		async: false,
		key,
		value: value$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const entryKey in input) if (/* @__PURE__ */ _isValidObjectKey(input, entryKey)) {
					const entryValue = input[entryKey];
					const keyDataset = this.key["~run"]({ value: entryKey }, config$1);
					if (keyDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "key",
							input,
							key: entryKey,
							value: entryValue
						};
						for (const issue of keyDataset.issues) {
							issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = keyDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					const valueDataset = this.value["~run"]({ value: entryValue }, config$1);
					if (valueDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "value",
							input,
							key: entryKey,
							value: entryValue
						};
						for (const issue of valueDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = valueDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!keyDataset.typed || !valueDataset.typed) dataset.typed = false;
					if (keyDataset.typed) dataset.value[keyDataset.value] = valueDataset.value;
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function strictObject(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "strict_object",
		reference: strictObject,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
				if (!dataset.issues || !config$1.abortEarly) {
					for (const key in input) if (!Object.prototype.hasOwnProperty.call(this.entries, key)) {
						_addIssue(this, "key", dataset, config$1, {
							input: key,
							expected: "never",
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						break;
					}
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function string(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "string",
		reference: string,
		expects: "string",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "string") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function pipe(...pipe$1) {
	return _standardSchema({
		...pipe$1[0],
		pipe: pipe$1,
		"~run"(dataset, config$1) {
			for (const item of pipe$1) if (item.kind !== "metadata") {
				if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
					dataset.typed = false;
					break;
				}
				if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
			}
			return dataset;
		}
	});
}
/**
* Parses an unknown input based on a schema.
*
* @param schema The schema to be used.
* @param input The input to be parsed.
* @param config The parse configuration.
*
* @returns The parse result.
*/
/* @__NO_SIDE_EFFECTS__ */
function safeParse(schema, input, config$1) {
	const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
	return {
		typed: dataset.typed,
		success: !dataset.issues,
		output: dataset.value,
		issues: dataset.issues
	};
}
// src/core/surface/keys.ts
/** Grammar of tenants. A name of this form is a safe path segment on every file system. */
const TENANT = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Grammar of kinds: words joined by dots or dashes, such as `layer.files`. */
const KIND = /^(?=.{1,64}$)[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const TenantSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(TENANT, "expected a tenant name"));
const KindSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(KIND, "expected an artefact kind"));
const FormatSchema = /* @__PURE__ */ picklist(["json", "ndjson"]);
/** Kind of surface manifests: they stand among artefact manifests, but have no payload. */
const SURFACE_KIND = "image.surface";
/** Payload: the config's bytes exactly as received, so that its digest is the snapshot's `config.digest`. */
const CONFIG_KIND = "image.config";
const SNAPSHOT_KIND = "image.snapshot";
const COMPARISON_KIND = "image.comparison";
function isTenant(text) {
	return TENANT.test(text);
}
function isKind(text) {
	return KIND.test(text);
}
/** @throws VarveError `bad-option` for a text that is no tenant name. */
function parseTenant(text) {
	if (isTenant(text)) return text;
	throw badName$1("tenant", text, "up to 64 of a-z, 0-9, \".\", \"_\" and \"-\", the first a letter or digit");
}
/** @throws VarveError `bad-option` for a text that is no kind. */
function parseKind(text) {
	if (isKind(text)) return text;
	throw badName$1("kind", text, "words of a-z and 0-9 joined by \".\" or \"-\", such as layer.files");
}
/**
* Checks every part of a key, so that nothing else can ever become part of a path.
* @throws VarveError `bad-option` for tenant or kind, `bad-reference` for the digest.
*/
function parseKey(key) {
	return {
		tenant: parseTenant(key.tenant),
		kind: parseKind(key.kind),
		digest: parseDigest(key.digest)
	};
}
/** Media type of a payload: of the bytes that its digest is over. */
function mediaTypeOf(format) {
	return format === "json" ? "application/json" : "application/x-ndjson";
}
/** Media type of a payload as it is stored, compressed. */
function contentTypeOf(format) {
	return `${mediaTypeOf(format)}+zstd`;
}
/** The format behind a stored payload's media type; null for any other. */
function formatOfContentType(contentType) {
	return FormatSchema.options.find((format) => contentTypeOf(format) === contentType) ?? null;
}
/** The digest whose hexadecimal part is given; null when it is not one. */
function digestOfHex(hex) {
	const digest = `sha256:${hex}`;
	return isDigest(digest) ? digest : null;
}
function badName$1(what, text, grammar) {
	const shown = JSON.stringify(text.slice(0, 100));
	return new VarveError("bad-option", `not a ${what}: ${shown}`, {
		object: text.slice(0, 100),
		hint: `a ${what} is ${grammar}`
	});
}
// src/core/snapshot/snapshot.ts
const SNAPSHOT_SCHEMA = "varve.snapshot@1";
const DigestSchema = /* @__PURE__ */ custom((value) => typeof value === "string" && isDigest(value), "expected a SHA-256 digest");
const SizeSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ safeInteger(), /* @__PURE__ */ minValue(0));
const PlatformPartSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ maxLength(64));
const PlatformSchema$1 = /* @__PURE__ */ strictObject({
	os: PlatformPartSchema,
	architecture: PlatformPartSchema,
	variant: /* @__PURE__ */ exactOptional(PlatformPartSchema)
});
/** Which analyzer result of which version a layer's fragment is. */
const FragmentRecordSchema = /* @__PURE__ */ strictObject({
	kind: KindSchema,
	/** `id@version` of the analyzer. */
	analyzer: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^[^@\s]{1,64}@[^@\s]{1,64}$/, "expected an analyzer as id@version")),
	options: DigestSchema,
	digest: DigestSchema
});
/** The point-in-time record of one platform's image. It depends on manifest, config and layer bytes alone. */
const SnapshotSchema = /* @__PURE__ */ strictObject({
	schema: /* @__PURE__ */ literal(SNAPSHOT_SCHEMA),
	platform: PlatformSchema$1,
	manifest: /* @__PURE__ */ nullable(/* @__PURE__ */ strictObject({
		digest: DigestSchema,
		mediaType: /* @__PURE__ */ string(),
		size: SizeSchema
	})),
	config: /* @__PURE__ */ strictObject({
		digest: DigestSchema,
		size: SizeSchema
	}),
	layers: /* @__PURE__ */ array(/* @__PURE__ */ strictObject({
		index: SizeSchema,
		diffId: DigestSchema,
		digest: /* @__PURE__ */ nullable(DigestSchema),
		size: /* @__PURE__ */ nullable(SizeSchema),
		mediaType: /* @__PURE__ */ nullable(/* @__PURE__ */ string()),
		uncompressedSize: SizeSchema,
		step: /* @__PURE__ */ string(),
		createdBy: /* @__PURE__ */ string(),
		fragments: /* @__PURE__ */ array(FragmentRecordSchema)
	}))
});
// src/core/time.ts
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** A moment that exists: `Date` would carry the 30th of February over into March. */
function exists(time) {
	const milliseconds = Date.parse(time);
	return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === time.slice(0, 19);
}
/** A time in UTC as RFC 3339 writes it, such as `2026-01-31T12:00:00Z`. */
const TimeSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(UTC, "expected an RFC 3339 time in UTC"), /* @__PURE__ */ check(exists));
/** The same with exactly three digits of a second, so that text order is the order in time. */
const MillisecondTimeSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(UTC_MILLISECONDS, "expected an RFC 3339 time in UTC with milliseconds"), /* @__PURE__ */ check(exists));
// src/core/history/history.ts
const HISTORY_SCHEMA = "varve.history@1";
/** One snapshot that was taken: when, of what, by which run. Primary data, immutable. */
const HistoryEntrySchema = /* @__PURE__ */ strictObject({
	schema: /* @__PURE__ */ literal(HISTORY_SCHEMA),
	tenant: TenantSchema,
	name: /* @__PURE__ */ string(),
	platform: PlatformSchema$1,
	/** When it was taken. */
	time: MillisecondTimeSchema,
	snapshotDigest: DigestSchema,
	surfaceManifestDigest: DigestSchema,
	reference: /* @__PURE__ */ string(),
	commit: /* @__PURE__ */ nullable(/* @__PURE__ */ string()),
	branch: /* @__PURE__ */ nullable(/* @__PURE__ */ string()),
	/** Number of the pull request whose run took it; such entries serve reuse, never as a baseline of others. */
	pullRequest: /* @__PURE__ */ nullable(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ safeInteger(), /* @__PURE__ */ minValue(1))),
	scanId: /* @__PURE__ */ string()
});
// src/core/surface/payload-codec.ts
/** Up to here a payload is verified whole before any of it is given out. */
const WHOLE_BYTES = 67108864;
/** Compresses a payload for storing: zstd level 1, which beats higher levels on inventories in size and speed. */
function compressPayload(bytes) {
	return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}
/**
* Uncompresses a stored payload and verifies it. Up to 64 MiB come as one chunk and only when verified; of larger
* ones the last chunk is held back until all is. Chunks are the caller's to keep.
* @throws VarveError `digest-mismatch`, `size-mismatch`, `malformed` or `truncated`, naming the object.
*/
async function* openPayload(compressed, claim) {
	if (claim.sizeBytes <= WHOLE_BYTES) yield await decodeWhole(compressed, claim);
	else yield* decodeChunks(compressed, claim);
}
/** Verifies a stored payload without keeping any of it. @throws VarveError as `openPayload` does. */
async function verifyPayload(compressed, claim) {
	const check = new PayloadCheck(claim);
	for await (const chunk of uncompressed(compressed, claim)) check.add(chunk);
	check.end();
}
async function decodeWhole(compressed, claim) {
	const bytes = Buffer.allocUnsafe(claim.sizeBytes);
	let length = 0;
	for await (const chunk of uncompressed(compressed, claim)) {
		if (length + chunk.length > bytes.length) throw sizeMismatch(claim);
		bytes.set(chunk, length);
		length += chunk.length;
	}
	if (length !== bytes.length) throw sizeMismatch(claim);
	if (digestFromHex(hash("sha256", bytes, "hex")) !== claim.digest) throw digestMismatch(claim);
	return bytes;
}
async function* decodeChunks(compressed, claim) {
	const check = new PayloadCheck(claim);
	let held = null;
	for await (const chunk of uncompressed(compressed, claim)) {
		check.add(chunk);
		if (held !== null) yield held;
		held = Buffer.from(chunk);
	}
	check.end();
	if (held !== null) yield held;
}
function uncompressed(compressed, { object }) {
	return decode$1([compressed], {
		format: "zstd",
		object
	});
}
/** Counts and hashes a payload as it comes. */
var PayloadCheck = class {
	#claim;
	#hash = createHash("sha256");
	#length = 0;
	constructor(claim) {
		this.#claim = claim;
	}
	add(chunk) {
		this.#length += chunk.length;
		if (this.#length > this.#claim.sizeBytes) throw sizeMismatch(this.#claim);
		this.#hash.update(chunk);
	}
	end() {
		if (this.#length !== this.#claim.sizeBytes) throw sizeMismatch(this.#claim);
		if (digestFromHex(this.#hash.digest("hex")) !== this.#claim.digest) throw digestMismatch(this.#claim);
	}
};
function sizeMismatch({ object, sizeBytes }) {
	return new VarveError("size-mismatch", `${object} does not uncompress to the ${sizeBytes} bytes it should`, { object });
}
function digestMismatch({ object, digest }) {
	return new VarveError("digest-mismatch", `${object} does not hash to ${digest}`, { object });
}
// src/core/surface/retention.ts
const DAY = 864e5;
/**
* How many days an artefact of a kind is kept at least; null for what is kept until it is deleted: the small
* documents that a fragment's loss leaves readable (`image.config`, `image.snapshot`, `image.comparison`).
*/
function retentionDays(kind) {
	if (kind.startsWith("image.")) return null;
	return kind.startsWith("entrytrace.") ? 7 : 30;
}
/** When an artefact of a kind that is made, or used again, at a time may be deleted at the earliest. */
function expiryOf(kind, time) {
	const days = retentionDays(kind);
	return days === null ? null : new Date(Date.parse(time) + days * DAY).toISOString();
}
/** The later of two expiry times, the present one also when it would grow by no more than a day: that spares writes. */
function laterExpiry(present, wanted) {
	if (present === null || wanted === null) return null;
	return Date.parse(wanted) - Date.parse(present) > DAY ? wanted : present;
}
// src/core/stored-json.ts
/**
* Reads a stored JSON document: UTF-8, canonical (RFC 8785), and of exactly the fields that its schema has.
* @param object names the document in errors.
* @throws VarveError `malformed` that names the object and the field, `limit-exceeded` over `limits.jsonBytes`.
*/
function parseStored(schema, bytes, object, limits = DEFAULT_LIMITS) {
	if (bytes.length > limits.jsonBytes) throw limitExceeded("jsonBytes", limits, object);
	const value = parseJson(bytes, object);
	const result = /* @__PURE__ */ safeParse(schema, value, { abortEarly: true });
	if (!result.success) throw malformed(object, describeIssue(result.issues[0]));
	if (!isCanonical(value, bytes)) throw malformed(object, "is not canonical JSON");
	return result.output;
}
/** The error for a document that does not have the form it must have. */
function malformed(object, problem, cause) {
	return new VarveError("malformed", `${object}: ${problem}`, {
		object,
		...cause === void 0 ? {} : { cause }
	});
}
function parseJson(bytes, object) {
	try {
		return JSON.parse(new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes));
	} catch (fault) {
		throw malformed(object, "is not JSON", fault);
	}
}
/** Also false for text that has no canonical form, such as lone surrogates. */
function isCanonical(value, bytes) {
	try {
		return canonicalBytes(value).equals(bytes);
	} catch {
		return false;
	}
}
function describeIssue(issue) {
	const path = /* @__PURE__ */ getDotPath(issue);
	return path === null ? issue.message : `${path}: ${issue.message}`;
}
// src/core/surface/artefact.ts
const SURFACE_SCHEMA = "stellaops.surface.manifest@1";
// src/core/surface/manifest.ts
/** The manifest of one artefact. */
const ArtefactManifestSchema = /* @__PURE__ */ strictObject({
	schema: /* @__PURE__ */ literal(SURFACE_SCHEMA),
	tenant: TenantSchema,
	kind: KindSchema,
	digest: DigestSchema,
	createdAt: TimeSchema,
	expiresAt: /* @__PURE__ */ nullable(TimeSchema),
	source: /* @__PURE__ */ strictObject({
		scannerBuild: /* @__PURE__ */ string(),
		/** Digest of the image's manifest, or of its config where it has no manifest. */
		imageDigest: /* @__PURE__ */ nullable(DigestSchema),
		scanId: /* @__PURE__ */ string()
	}),
	storage: /* @__PURE__ */ strictObject({
		bucket: /* @__PURE__ */ literal("surface-cache"),
		objectKey: /* @__PURE__ */ string(),
		/** Length in bytes of the uncompressed payload. */
		sizeBytes: SizeSchema,
		contentType: /* @__PURE__ */ string()
	}),
	integrity: /* @__PURE__ */ strictObject({
		hash: DigestSchema,
		signature: /* @__PURE__ */ nullable(/* @__PURE__ */ string())
	})
});
/** One artefact of an image. Digest, media type and size are those of the uncompressed payload. */
const SurfaceArtifactSchema = /* @__PURE__ */ strictObject({
	kind: KindSchema,
	uri: /* @__PURE__ */ string(),
	digest: DigestSchema,
	mediaType: /* @__PURE__ */ string(),
	format: FormatSchema,
	sizeBytes: SizeSchema,
	view: /* @__PURE__ */ exactOptional(/* @__PURE__ */ string())
});
/** The manifest of one image: everything that derives from it, sorted by kind, then uri. */
const SurfaceManifestSchema = /* @__PURE__ */ strictObject({
	schema: /* @__PURE__ */ literal(SURFACE_SCHEMA),
	tenant: TenantSchema,
	imageDigest: DigestSchema,
	source: /* @__PURE__ */ strictObject({
		component: /* @__PURE__ */ string(),
		version: /* @__PURE__ */ string()
	}),
	artifacts: /* @__PURE__ */ array(SurfaceArtifactSchema)
});
// src/core/surface/paths.ts
/** Everything stands under this path of the CAS root. */
const SURFACE_ROOT = "scanner/surface";
const MANIFESTS$1 = `${SURFACE_ROOT}/manifests`;
const PAYLOADS = `${SURFACE_ROOT}/payloads`;
const HISTORY = `${SURFACE_ROOT}/history`;
const INDEX = `${SURFACE_ROOT}/index`;
/** Path of an artefact's manifest under the root. @throws VarveError for a key that is not well formed. */
function manifestPath(key) {
	const { tenant, kind, digest } = parseKey(key);
	return `${MANIFESTS$1}/tenants/${tenant}/${kind}/${hexOf(digest)}.json`;
}
/** Path of a surface manifest under the root. @throws VarveError for a tenant or digest that is not well formed. */
function surfaceManifestPath(tenant, digest) {
	return manifestPath({
		tenant,
		kind: SURFACE_KIND,
		digest
	});
}
/** A payload's key within its bucket: `tenants/acme/layer.files/sha256/ab/12/<hex>/payload.ndjson.zst`. */
function payloadObjectKey(key, format) {
	const { tenant, kind, digest } = parseKey(key);
	const hex = hexOf(digest);
	return `tenants/${tenant}/${kind}/sha256/${`${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`}/payload.${format}.zst`;
}
/** Path of a payload under the root. @throws VarveError for a key that is not well formed. */
function payloadPath(key, format) {
	return `${PAYLOADS}/${payloadObjectKey(key, format)}`;
}
/** The key that a manifest's path stands for; null for any other path. */
function parseManifestPath(path) {
	const match = /^tenants\/([^/]+)\/([^/]+)\/([0-9a-f]{64})\.json$/.exec(below(MANIFESTS$1, path));
	if (match === null) return null;
	const [, tenant = "", kind = "", hex = ""] = match;
	const digest = digestOfHex(hex);
	return digest !== null && isTenant(tenant) && isKind(kind) ? {
		tenant,
		kind,
		digest
	} : null;
}
/** The key and format that a payload's path stands for; null for any other path. */
function parsePayloadPath(path) {
	const match = /^tenants\/([^/]+)\/([^/]+)\/sha256\/..\/..\/([0-9a-f]{64})\/payload\.([a-z]+)\.zst$/.exec(below(PAYLOADS, path));
	if (match === null) return null;
	const [, tenant = "", kind = "", hex = "", extension = ""] = match;
	const digest = `sha256:${hex}`;
	const format = FormatSchema.options.find((each) => each === extension);
	if (format === void 0 || !isDigest(digest) || !isTenant(tenant) || !isKind(kind)) return null;
	const key = {
		tenant,
		kind,
		digest
	};
	return payloadPath(key, format) === path ? {
		key,
		format
	} : null;
}
function below(folder, path) {
	return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : "";
}
// src/core/surface/artefact-manifest.ts
/**
* The manifest of an artefact that is stored for the first time.
* @throws VarveError `bad-option` for the kind of surface manifests, which have no payload.
*/
function buildArtefactManifest(artefact) {
	const { key, format } = artefact;
	if (key.kind === "image.surface") throw new VarveError("bad-option", `an artefact cannot be of kind ${SURFACE_KIND}`, { object: key.kind });
	return {
		schema: SURFACE_SCHEMA,
		tenant: key.tenant,
		kind: key.kind,
		digest: key.digest,
		createdAt: artefact.createdAt,
		expiresAt: artefact.expiresAt,
		source: { ...artefact.source },
		storage: {
			bucket: "surface-cache",
			objectKey: payloadObjectKey(key, format),
			sizeBytes: artefact.sizeBytes,
			contentType: contentTypeOf(format)
		},
		integrity: {
			hash: key.digest,
			signature: null
		}
	};
}
/** The manifest of an artefact that is put, or used, again: all stays but an expiry that is worth moving. */
function extendManifest(present, expiresAt) {
	const expiry = laterExpiry(present.expiresAt, expiresAt);
	return expiry === present.expiresAt ? present : {
		...present,
		expiresAt: expiry
	};
}
/**
* Reads the manifest of an artefact and holds it against the key that it was found under.
* @param object names the manifest in errors.
* @throws VarveError `malformed`, also where its fields contradict each other or the key.
*/
function parseArtefactManifest(bytes, key, object) {
	const manifest = parseStored(ArtefactManifestSchema, bytes, object);
	const { tenant, kind, digest } = key;
	if (manifest.tenant !== tenant || manifest.kind !== kind || manifest.digest !== digest) throw malformed(object, `belongs to ${manifest.tenant}/${manifest.kind}/${manifest.digest}`);
	if (manifest.integrity.hash !== digest) throw malformed(object, "integrity.hash is not its digest");
	const format = formatOfContentType(manifest.storage.contentType);
	if (format === null || manifest.storage.objectKey !== payloadObjectKey(key, format)) throw malformed(object, "storage does not name the payload of its digest");
	return manifest;
}
/** The format of a parsed manifest's payload. */
function formatOf(manifest) {
	const format = formatOfContentType(manifest.storage.contentType);
	if (format === null) throw new VarveError("internal", "a manifest was used that had not been parsed");
	return format;
}
// src/core/surface/uris.ts
/** Two logical buckets, constants of the format: never where a store keeps its bytes. */
const MANIFEST_BUCKET = "cas://surface-manifests/";
const PAYLOAD_BUCKET = "cas://surface-cache/";
function surfaceManifestUri(tenant, digest) {
	return `${MANIFEST_BUCKET}${surfaceManifestPath(tenant, digest)}`;
}
function payloadUri(key, format) {
	return `${PAYLOAD_BUCKET}${payloadPath(key, format)}`;
}
/**
* Reads a `cas://` URI back into what it names.
* @throws VarveError `bad-reference` for anything that the functions above do not write.
*/
function parseSurfaceUri(uri) {
	if (uri.startsWith(MANIFEST_BUCKET)) {
		const key = parseManifestPath(uri.slice(24));
		if (key !== null) return {
			type: "manifest",
			key
		};
	}
	if (uri.startsWith(PAYLOAD_BUCKET)) {
		const payload = parsePayloadPath(uri.slice(20));
		if (payload !== null) return {
			type: "payload",
			...payload
		};
	}
	throw new VarveError("bad-reference", `not a URI of a surface object: ${JSON.stringify(uri.slice(0, 300))}`, {
		object: uri.slice(0, 300),
		hint: "take it from a pointer or a surface manifest: cas://surface-manifests/… or cas://surface-cache/…"
	});
}
// src/core/surface/surface-manifest.ts
/** How a surface manifest lists an artefact that is about to be stored. */
function artifactOf(artefact) {
	return describe(artefact.key, artefact.format, artefact.sizeBytes);
}
/**
* The manifest of an image: the same whatever the order its artefacts come in, and however often one of them does.
* @param version of Varve.
*/
function buildSurfaceManifest(parts) {
	const byUri = new Map(parts.artifacts.map((artifact) => [artifact.uri, artifact]));
	return {
		schema: SURFACE_SCHEMA,
		tenant: parts.tenant,
		imageDigest: parts.imageDigest,
		source: {
			component: "varve",
			version: parts.version
		},
		artifacts: [...byUri.values()].sort(compareArtifacts)
	};
}
function surfaceManifestDigest(manifest) {
	return digestOf(canonicalBytes(manifest));
}
/**
* Reads a surface manifest and verifies it against its digest.
* @param object names it in errors.
* @throws VarveError `digest-mismatch`; `malformed`, also for artifacts that are unsorted, repeated or of another tenant.
*/
function parseSurfaceManifest(bytes, expected, object) {
	if (digestOf(bytes) !== expected.digest) throw new VarveError("digest-mismatch", `${object} does not hash to its name`, { object });
	const manifest = parseStored(SurfaceManifestSchema, bytes, object);
	if (manifest.tenant !== expected.tenant) throw malformed(object, `belongs to tenant ${manifest.tenant}`);
	manifest.artifacts.forEach((artifact, index) => {
		const before = manifest.artifacts[index - 1];
		if (before !== void 0 && compareArtifacts(before, artifact) >= 0) throw malformed(object, `artifacts.${index} is out of order`);
		if (artifact.uri !== uriOf(artifact, expected.tenant)) throw malformed(object, `artifacts.${index}: uri does not name its kind and digest`);
	});
	return manifest;
}
/** The key of a listed artifact. @throws VarveError for a uri that is not one. */
function keyOfArtifact(artifact) {
	return parseSurfaceUri(artifact.uri).key;
}
function describe(key, format, sizeBytes) {
	const { kind, digest } = key;
	const mediaType = mediaTypeOf(format);
	return {
		kind,
		uri: payloadUri(key, format),
		digest,
		mediaType,
		format,
		sizeBytes
	};
}
function uriOf(artifact, tenant) {
	return payloadUri({
		tenant,
		kind: artifact.kind,
		digest: artifact.digest
	}, artifact.format);
}
function compareArtifacts(a, b) {
	return compareTexts(a.kind, b.kind) || compareTexts(a.uri, b.uri);
}
function compareTexts(a, b) {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
// src/core/image/descriptor.ts
const OTHER_ALGORITHM = /^(?!sha256:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/;
/** A digest in a document. Anything that is no digest is refused here, before it could become a path. */
const DocumentDigest = /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ rawCheck(({ dataset, addIssue }) => {
	if (dataset.typed && !isDigest(dataset.value) && !OTHER_ALGORITHM.test(dataset.value)) addIssue({ message: `not a digest: ${JSON.stringify(dataset.value.slice(0, 100))}` });
}), /* @__PURE__ */ transform(takeDigest));
function takeDigest(text) {
	if (isDigest(text)) return text;
	throw new VarveError("unsupported", `${text.slice(0, 100)}: only SHA-256 digests are read`, { object: text.slice(0, 100) });
}
/** Entries as a loose object keep the fields that nobody here knows. */
const descriptorEntries = {
	mediaType: /* @__PURE__ */ string(),
	digest: DocumentDigest,
	size: /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ safeInteger("not a whole number that can be counted to"), /* @__PURE__ */ minValue(0, "less than nothing")),
	urls: /* @__PURE__ */ exactOptional(/* @__PURE__ */ array(/* @__PURE__ */ string())),
	annotations: /* @__PURE__ */ exactOptional(/* @__PURE__ */ record(/* @__PURE__ */ string(), /* @__PURE__ */ string())),
	artifactType: /* @__PURE__ */ exactOptional(/* @__PURE__ */ string()),
	data: /* @__PURE__ */ exactOptional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ base64()))
};
const DescriptorSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ looseObject(descriptorEntries), /* @__PURE__ */ transform(verifyEmbedded));
/**
* Lets a descriptor through whose embedded content, if any, is what its size and digest claim.
* @throws VarveError `size-mismatch`, `digest-mismatch`.
*/
function verifyEmbedded(descriptor) {
	const content = embeddedData(descriptor);
	if (content === null) return descriptor;
	const { digest, size } = descriptor;
	const object = `the data embedded for ${digest}`;
	if (content.length !== size) throw new VarveError("size-mismatch", `${object} is ${content.length} bytes, not ${size} as declared`, { object });
	if (digestOf(content) !== digest) throw new VarveError("digest-mismatch", `${object} has another digest`, { object });
	return descriptor;
}
/** The content that a descriptor carries with it, if any. */
function embeddedData(descriptor) {
	return descriptor.data === void 0 ? null : Buffer.from(descriptor.data, "base64");
}
// src/core/image/media-type.ts
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
const INDEXES = /* @__PURE__ */ new Set([OCI_INDEX, DOCKER_INDEX]);
const MANIFESTS = /* @__PURE__ */ new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
const CONFIGS = /* @__PURE__ */ new Set([OCI_CONFIG, DOCKER_CONFIG]);
const isIndexType = (mediaType) => INDEXES.has(mediaType);
const isManifestType = (mediaType) => MANIFESTS.has(mediaType);
/** Tells whether a media type is that of a container image's config, as opposed to an artifact's. */
const isImageConfigType = (mediaType) => CONFIGS.has(mediaType);
/** Tells whether a media type is that of a layer, be it one of a kind that is not known. */
const isLayerLike = (mediaType) => /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\./.test(mediaType);
const LAYER = /^application\/vnd\.(?:oci\.image\.layer(?<nondistributable>\.nondistributable)?\.v1\.tar|docker\.image\.rootfs(?<foreign>\.foreign)?\.diff\.tar)(?:[+.](?<compression>gzip|zstd))?(?<encrypted>\+encrypted)?$/;
/**
* Reads a layer's media type; null when it is none of a layer's.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
*/
function parseLayerType(mediaType) {
	const groups = LAYER.exec(mediaType)?.groups;
	if (groups === void 0) return null;
	const { nondistributable, foreign, compression, encrypted } = groups;
	return {
		compression: compression === "gzip" || compression === "zstd" ? compression : "none",
		foreign: nondistributable !== void 0 || foreign !== void 0,
		encrypted: encrypted !== void 0
	};
}
// src/base/strict-json.ts
const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
/**
* Parses JSON that everybody must read alike: well-formed UTF-8, no object with one key twice.
* @param object what the bytes are, for errors.
* @throws VarveError `malformed`.
* @see https://www.rfc-editor.org/rfc/rfc7493#section-2
*/
function parseStrictJson(bytes, object) {
	const text = decode(bytes, object);
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		throw new VarveError("malformed", `${object} is not JSON`, { object });
	}
	const twice = findDuplicateKey(text);
	if (twice === null) return value;
	throw new VarveError("malformed", `${object} has the key ${JSON.stringify(twice.slice(0, 100))} twice`, {
		object,
		hint: "programs disagree on which of the two counts, so none is believed"
	});
}
function decode(bytes, object) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (cause) {
		throw new VarveError("malformed", `${object} is not UTF-8 text`, {
			object,
			cause
		});
	}
}
/** The first key that stands twice in one object of a text that is known to be JSON. */
function findDuplicateKey(text) {
	const keysOf = [];
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === OPEN_OBJECT) keysOf.push(/* @__PURE__ */ new Set());
		else if (code === OPEN_ARRAY) keysOf.push(null);
		else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) keysOf.pop();
		else if (code === QUOTE) {
			const end = endOfString(text, at);
			const keys = keysOf.at(-1);
			if (keys && followedByColon(text, end)) {
				const key = String(JSON.parse(text.slice(at, end)));
				if (keys.has(key)) return key;
				keys.add(key);
			}
			at = end - 1;
		}
	}
	return null;
}
/** The index after the closing quote of the string that begins at `start`. */
function endOfString(text, start) {
	let at = start + 1;
	while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
	return at + 1;
}
function followedByColon(text, start) {
	let at = start;
	while (text.charCodeAt(at) <= 32) at++;
	return text.charCodeAt(at) === COLON;
}
// src/core/image/raw-document.ts
/**
* Checks bytes against what was declared of them.
* @returns their digest.
* @throws VarveError `limit-exceeded`, `size-mismatch`, `digest-mismatch`.
*/
function verifyDocument(bytes, declared, limits) {
	const { object, size, digest } = declared;
	if (bytes.length > limits.jsonBytes) throw limitExceeded("jsonBytes", limits, object);
	if (size !== null && bytes.length !== size) throw new VarveError("size-mismatch", `${object} is ${bytes.length} bytes, not ${size} as declared`, { object });
	const actual = digestOf(bytes);
	if (digest !== null && actual !== digest) throw new VarveError("digest-mismatch", `${object} has the digest ${actual}`, {
		object,
		hint: "the bytes were damaged or replaced: make or fetch the image again"
	});
	return actual;
}
/**
* Takes a parsed JSON value as what a schema describes.
* @throws VarveError `malformed` that names the first field at fault.
*/
function parseShape(schema, value, object) {
	const result = /* @__PURE__ */ safeParse(schema, value, { abortEarly: true });
	if (result.success) return result.output;
	const issue = result.issues[0];
	const field = /* @__PURE__ */ getDotPath(issue);
	throw new VarveError("malformed", `${object}: ${field === null ? "" : `${field}: `}${issue.message}`, { object });
}
/** A JSON object whose fields are not looked into; nothing of it is left out or copied. */
const JsonObject = /* @__PURE__ */ custom((value) => typeof value === "object" && value !== null && !Array.isArray(value), "not an object");
/**
* An object with some known fields, each of which may be left out or, as engines written in Go do it, be null;
* fields that are not known stay.
*/
const looseShape = (entries) => /* @__PURE__ */ pipe(JsonObject, /* @__PURE__ */ transform((body) => withoutNulls(body, Object.keys(entries))), /* @__PURE__ */ looseObject(entries));
function withoutNulls(body, fields) {
	const empty = fields.filter((field) => body[field] === null);
	if (empty.length === 0) return body;
	return Object.fromEntries(Object.entries(body).filter(([field]) => !empty.includes(field)));
}
/** Parses bytes as a JSON object. @throws VarveError `malformed`. */
function parseJsonObject(bytes, object) {
	return parseShape(JsonObject, parseStrictJson(bytes, object), object);
}
// src/core/image/config.ts
const text = /* @__PURE__ */ exactOptional(/* @__PURE__ */ string());
const platformPart = /* @__PURE__ */ exactOptional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check((part) => part === "" || PLATFORM_PART.test(part), "not the name of a platform")));
const HistoryItemSchema = looseShape({
	created: text,
	created_by: text,
	author: text,
	comment: text,
	empty_layer: /* @__PURE__ */ exactOptional(/* @__PURE__ */ boolean())
});
const ConfigSchema = looseShape({
	os: platformPart,
	architecture: platformPart,
	variant: platformPart,
	created: text,
	config: /* @__PURE__ */ exactOptional(JsonObject),
	rootfs: /* @__PURE__ */ looseObject({
		type: /* @__PURE__ */ exactOptional(/* @__PURE__ */ literal("layers", "only a root filesystem of layers is read")),
		diff_ids: /* @__PURE__ */ pipe(/* @__PURE__ */ nullable(/* @__PURE__ */ array(DocumentDigest)), /* @__PURE__ */ transform((diffIds) => diffIds ?? []))
	}),
	history: /* @__PURE__ */ exactOptional(/* @__PURE__ */ array(HistoryItemSchema))
});
/**
* Reads an image's config from its exact bytes.
* @throws VarveError `malformed`, `unsupported`, `digest-mismatch`, `size-mismatch`, `limit-exceeded`.
*/
function parseConfig(bytes, declared, limits) {
	const digest = verifyDocument(bytes, declared, limits);
	const body = parseJsonObject(bytes, declared.object);
	if (!("rootfs" in body)) throw new VarveError("not-an-image", `${declared.object} is not the config of a container image`, {
		object: declared.object,
		hint: "it has no \"rootfs\": another kind of artifact uses the media type of an image"
	});
	const value = parseShape(ConfigSchema, body, declared.object);
	return {
		bytes,
		digest,
		mediaType: declared.mediaType ?? "application/vnd.oci.image.config.v1+json",
		value
	};
}
/**
* The platform that a config states. Where it says nothing, the operating system is Linux, as it was before
* configs named one, and the architecture `unknown`: never that of the machine that looks at it.
*/
function platformOf({ os, architecture, variant }) {
	return normalizePlatform({
		os: os || "linux",
		architecture: architecture || "unknown",
		...variant && { variant }
	});
}
// src/core/snapshot/build-snapshot.ts
/**
* The snapshot of an image whose layers were all verified or were known.
* @param contents one for each layer, in their order.
*/
function buildSnapshot(image, contents) {
	const { platform, manifest, config } = image;
	return {
		schema: SNAPSHOT_SCHEMA,
		platform: { ...platform },
		manifest: manifest && {
			digest: manifest.digest,
			mediaType: manifest.mediaType,
			size: manifest.bytes.length
		},
		config: {
			digest: config.digest,
			size: config.bytes.length
		},
		layers: image.layers.map((layer, index) => {
			const content = contents[index];
			if (content === void 0) throw new VarveError("internal", `layer ${index} was not looked at`);
			return {
				index,
				diffId: layer.diffId,
				digest: layer.digest,
				size: layer.size,
				mediaType: layer.mediaType,
				uncompressedSize: content.uncompressedSize,
				step: content.step.toWellFormed(),
				createdBy: content.createdBy.toWellFormed(),
				fragments: [...content.fragments].sort(compareFragments)
			};
		})
	};
}
/** The bytes that are stored, and that the snapshot's digest is over. */
function snapshotBytes(snapshot) {
	return canonicalBytes(snapshot);
}
/** The order of a layer's fragments: by kind, then analyzer, then options. */
function compareFragments(a, b) {
	const [left, right] = [fragmentKey(a), fragmentKey(b)];
	if (left === right) return 0;
	return left < right ? -1 : 1;
}
/** What tells the results for one layer apart: which analyzer of which version, with which options. */
function fragmentKey({ kind, analyzer, options }) {
	return `${kind} ${analyzer} ${options}`;
}
// src/core/image/history.ts
/**
* Lays a config's history along its layers, passing over the items that made none. Where the numbers differ it
* does as BuildKit: missing items are missing at the end, and superfluous ones are dropped from the start.
*/
function alignHistory({ rootfs, history = [] }) {
	const count = rootfs.diff_ids.length;
	const making = history.filter((item) => item.empty_layer !== true);
	if (making.length >= count) {
		const extra = making.length - count;
		return {
			items: making.slice(extra),
			findings: extra === 0 ? [] : [mismatch(making.length, count)]
		};
	}
	const missing = new Array(count - making.length).fill(null);
	return {
		items: [...making, ...missing],
		findings: history.length === 0 ? [] : [mismatch(making.length, count)]
	};
}
function mismatch(items, layers) {
	return {
		code: "history-mismatch",
		detail: `the history has ${items} steps that make layers, for ${layers} layers`
	};
}
// src/adapters/filesystem/each-of.ts
/**
* Runs an action over items, at most `atOnce` at a time, started in their order.
* The first failure keeps further ones from starting, and is thrown once those under way have ended.
*/
async function eachOf(items, atOnce, action) {
	const left = items.values();
	const faults = [];
	const runner = async () => {
		for (const item of left) {
			if (faults.length > 0) return;
			await action(item).catch((fault) => faults.push(fault));
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, runner));
	if (faults.length > 0) throw faults[0];
}
// src/adapters/filesystem/file-fault.ts
/** The `code` of a fault from the operating system, such as `ENOSPC`. */
function errnoOf(fault) {
	if (!(fault instanceof Error) || !("code" in fault)) return null;
	return typeof fault.code === "string" ? fault.code : null;
}
/** The path that a fault of the operating system is about; null when it names none. */
function pathOf(fault) {
	return fault instanceof Error && "path" in fault && typeof fault.path === "string" ? fault.path : null;
}
/** Tells whether a fault says that nothing is at the path. */
function isAbsent(fault) {
	return errnoOf(fault) === "ENOENT";
}
const WRITE_HINTS = {
	ENOSPC: "the disk is full: free some space, or choose a folder on another disk",
	EDQUOT: "the disk quota is used up: free some space, or choose another folder",
	EROFS: "the file system is read-only: choose a folder that can be written",
	EACCES: "this user may not write there: change the permissions, or choose another folder",
	EPERM: "this user may not write there: change the permissions, or choose another folder",
	ENOTDIR: "something on the way there is a file, not a folder: choose another folder",
	EEXIST: "something on the way there is a file, not a folder: choose another folder",
	ENOENT: "the folder is gone, or cannot be made there: choose another",
	EISDIR: "a folder stands where a file belongs: move it away",
	EMFILE: "too many files are open: raise the limit (ulimit -n)",
	EXDEV: "the folder spans several file systems: keep all of it on one"
};
/** A fault of writing as the error `store-unwritable`, with a hint for what ails the disk. */
function writeFault(fault, object) {
	if (fault instanceof VarveError) return fault;
	const errno = errnoOf(fault);
	const hint = errno === null ? void 0 : WRITE_HINTS[errno];
	return new VarveError("store-unwritable", `cannot write ${object}${errno === null ? "" : ` (${errno})`}`, {
		object,
		cause: fault,
		...hint === void 0 ? {} : { hint }
	});
}
/** A fault of reading: `denied` where the user may not, else `unreachable`. */
function readFault(fault, object) {
	if (fault instanceof VarveError) return fault;
	const errno = errnoOf(fault);
	const denied = errno === "EACCES" || errno === "EPERM";
	return new VarveError(denied ? "denied" : "unreachable", `cannot read ${object}${errno === null ? "" : ` (${errno})`}`, {
		object,
		cause: fault,
		...denied ? { hint: "this user may not read it: change its permissions" } : {},
		...errno === "ENOTDIR" ? { hint: "something on the way there is a file, not a folder" } : {}
	});
}
// src/adapters/filesystem/file-lock.ts
/** A lock older than this, in milliseconds, was left by a process that died: what it guards takes less than one. */
const STALE_AFTER = 5e3;
const RETRY_AFTER = 5;
/**
* Runs an action while holding a lock file, made with O_EXCL since Node has no flock.
* Waits for its holder; a lock left by a dead process is taken over.
*/
async function withFileLock(path, operations, action) {
	const token = randomUUID();
	while (!await tryLock(path, token, operations)) {
		await removeIfStale(path, operations);
		await setTimeout(RETRY_AFTER * (1 + Math.random()));
	}
	try {
		await action();
	} finally {
		if (tokenIn(path) === token) await operations.remove(path);
	}
}
async function tryLock(path, token, operations) {
	try {
		await operations.writeNew(path, Buffer.from(token), false);
		return true;
	} catch (fault) {
		if (errnoOf(fault) === "EEXIST") return false;
		throw fault;
	}
}
async function removeIfStale(path, operations) {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === void 0 || Date.now() - stat.mtimeMs < STALE_AFTER) return;
	const aside = `${path}.${randomUUID()}`;
	try {
		await operations.rename(path, aside);
	} catch (fault) {
		if (errnoOf(fault) === "ENOENT") return;
		throw fault;
	}
	await operations.remove(aside);
}
function tokenIn(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
// src/adapters/filesystem/file-operations.ts
const nodeFileOperations = {
	makeDirectory,
	async writeNew(path, bytes, sync) {
		const file = await open(path, "wx");
		try {
			await file.writeFile(bytes);
			if (sync) await file.sync();
		} finally {
			await file.close();
		}
	},
	link,
	rename,
	remove: (path) => rm(path, {
		force: true,
		recursive: true
	}),
	async syncDirectory(path) {
		const directory = await open(path, constants$1.O_RDONLY | constants$1.O_DIRECTORY);
		try {
			await directory.sync();
		} finally {
			await directory.close();
		}
	}
};
/** Node's own recursion does not end where a folder cannot hold another, as under /proc. */
async function makeDirectory(path) {
	try {
		await mkdir(path);
		return path;
	} catch (fault) {
		if (errnoOf(fault) === "EEXIST" && (await stat(path)).isDirectory()) return void 0;
		const parent = dirname(path);
		if (!isAbsent(fault) || parent === path) throw fault;
		const first = await makeDirectory(parent);
		try {
			await mkdir(path);
		} catch (again) {
			if (errnoOf(again) !== "EEXIST") throw again;
		}
		return first ?? path;
	}
}
// src/adapters/filesystem/sync-directories.ts
/** A directory that changed within this many milliseconds may hold a name that its writer has not synced yet. */
const FRESH = 5e3;
/**
* The directories on the way to some files that changed a moment ago, whoever changed them: a file is as durable as
* the least synced of them.
*/
function freshParents(tree, paths) {
	const parents = new Set(paths.flatMap((path) => parentsOf(dirname(tree.at(path)), tree.root)));
	const isFresh = (directory) => {
		const changedAt = tree.changedAt(relative(tree.root, directory));
		return changedAt !== null && Math.abs(Date.now() - changedAt) < FRESH;
	};
	return new Set([...parents].filter(isFresh));
}
/** The directories from `directory` up to and including `last`. */
function parentsOf(directory, last) {
	const parents = [directory];
	for (let each = directory; each !== last && each !== dirname(each);) {
		each = dirname(each);
		parents.push(each);
	}
	return parents;
}
/** Returns when the names in directories are on the disk. Those above the root are synced where that is allowed. */
async function syncDirectories(tree, directories, operations) {
	await eachOf([...directories], 8, async (directory) => {
		const path = relative(tree.root, directory);
		try {
			await operations.syncDirectory(directory);
		} catch (fault) {
			if (!path.startsWith("..")) throw writeFault(fault, path === "" ? tree.root : path);
		}
	});
}
// src/adapters/filesystem/transfer.ts
/** Files on their way from temporary names to their own. */
var Transfer = class {
	#tree;
	#staging;
	#operations;
	/** Temporary paths of the files that do not have their names yet. */
	#staged = /* @__PURE__ */ new Map();
	/** Directories that gained a name and are not synced yet. */
	#changed = /* @__PURE__ */ new Set();
	/** Directories that need no more syncing unless they are changed again. */
	#synced = /* @__PURE__ */ new Set();
	constructor(tree, staging, operations) {
		this.#tree = tree;
		this.#staging = staging;
		this.#operations = operations;
	}
	/** Writes files under temporary names. @param sync whether their bytes are on the disk on return. */
	async stage(files, sync) {
		if (files.length > 0) await this.#make(this.#tree.at(this.#staging));
		await eachOf(files, 8, async (file) => {
			const temporary = this.#tree.at(`${this.#staging}/${process.pid}-${randomUUID()}`);
			this.#staged.set(file, temporary);
			await this.#operations.writeNew(temporary, file.bytes, sync);
		});
	}
	/** Gives staged files their names. */
	async publish(files) {
		for (const file of files) {
			const directory = dirname(this.#tree.at(file.path));
			await this.#make(directory);
			await this.#name(file);
			this.#changed.add(directory);
		}
	}
	/** Puts the names of published files on the disk, and those of the directories on the way to them. */
	async sync(files) {
		const fresh = freshParents(this.#tree, files.map(({ path }) => path));
		const unsynced = /* @__PURE__ */ new Set([...this.#changed, ...[...fresh].filter((each) => !this.#synced.has(each))]);
		await syncDirectories(this.#tree, unsynced, this.#operations);
		for (const directory of unsynced) this.#synced.add(directory);
		this.#changed.clear();
	}
	/** Removes the temporary files that are left. Trouble with that is none for what was written. */
	async discard() {
		await eachOf([...this.#staged.values()], 8, async (path) => {
			await this.#operations.remove(path).catch(() => void 0);
		});
	}
	/** Makes a directory, and notes every one that gained a name by it. */
	async #make(directory) {
		if (this.#changed.has(directory)) return;
		const firstMade = await this.#operations.makeDirectory(directory);
		if (firstMade === void 0) return;
		for (const each of parentsOf(dirname(directory), dirname(firstMade))) this.#changed.add(each);
	}
	async #name(file) {
		const temporary = this.#staged.get(file);
		if (temporary === void 0) return;
		const target = this.#tree.at(file.path);
		if (file.existing === "keep" && await this.#linkOrKeep(temporary, target)) return;
		await this.#operations.rename(temporary, target);
		this.#staged.delete(file);
	}
	/** Returns false where the file system has no hard links and the name is free. */
	async #linkOrKeep(from, to) {
		try {
			await this.#operations.link(from, to);
			return true;
		} catch (fault) {
			const errno = errnoOf(fault) ?? "";
			if (errno === "EEXIST") return true;
			if (![
				"EPERM",
				"ENOTSUP",
				"EOPNOTSUPP",
				"ENOSYS"
			].includes(errno)) throw fault;
			return this.#tree.holds(relative(this.#tree.root, to));
		}
	}
};
// src/adapters/filesystem/durable-writer.ts
/** A temporary file older than this many milliseconds was left by a process that died. */
const ABANDONED_AFTER = 864e5;
/**
* Writes files under a root so that each is there whole or not at all, and still there after a power cut once the
* call has returned. Any number of processes may write one root at once.
*/
var DurableWriter = class {
	#tree;
	#staging;
	#operations;
	#swept = false;
	/** @param staging the directory for temporary files, on the file system of all the others. */
	constructor(tree, staging, operations = nodeFileOperations) {
		this.#tree = tree;
		this.#staging = staging;
		this.#operations = operations;
	}
	/**
	* Writes groups of files, each durable before any file of the next one becomes visible.
	* All bytes are on the disk before the first file gets its name.
	* @throws VarveError `store-unwritable`; no file is half there then.
	*/
	async commit(groups) {
		await this.#transfer(async (transfer) => {
			await transfer.stage(groups.flat(), true);
			for (const group of groups) {
				await transfer.publish(group);
				await transfer.sync(group);
			}
		});
	}
	/** Writes files that are derived from others: whole or not at all, but not synced. */
	async place(files) {
		await this.#transfer(async (transfer) => {
			await transfer.stage(files, false);
			await transfer.publish(files);
		});
	}
	/**
	* Changes a file in one step that no other writer's `update` can come between.
	* @param change gets the present bytes (null when absent, none when no such file can be read) and returns the new
	* ones, or null to leave the file.
	*/
	async update(path, maxBytes, change) {
		for (let done = false; !done;) {
			const present = this.#present(path, maxBytes);
			const bytes = change(present);
			if (bytes === null) return;
			const file = {
				path,
				bytes,
				existing: "replace"
			};
			await this.#transfer(async (transfer) => {
				await transfer.stage([file], true);
				await this.#locked(path, async () => {
					done = sameBytes(this.#present(path, maxBytes), present);
					if (done) await transfer.publish([file]);
				});
				if (done) await transfer.sync([file]);
			});
		}
	}
	/**
	* Makes sure that files which were found in place are so on the disk too: another process may have named them a
	* moment ago and not yet synced the directories on the way.
	*/
	async settle(paths) {
		await syncDirectories(this.#tree, freshParents(this.#tree, paths), this.#operations);
	}
	/** Removes files; those that are gone already are fine. */
	async remove(paths) {
		await eachOf(paths, 8, async (path) => {
			try {
				await this.#operations.remove(this.#tree.at(path));
			} catch (fault) {
				throw writeFault(fault, path);
			}
		});
	}
	/** The lock is held for a look and a rename; everything slow is done outside of it. */
	async #locked(path, action) {
		const name = `lock-${hash("sha256", path, "hex").slice(0, 32)}`;
		await withFileLock(this.#tree.at(`${this.#staging}/${name}`), this.#operations, action);
	}
	async #transfer(run) {
		const transfer = new Transfer(this.#tree, this.#staging, this.#operations);
		try {
			if (!this.#swept) await this.#sweep();
			await run(transfer);
		} catch (fault) {
			const path = pathOf(fault);
			throw writeFault(fault, (path?.startsWith(this.#tree.at(this.#staging)) ?? true) || path === null ? this.#tree.root : path);
		} finally {
			await transfer.discard();
		}
	}
	#present(path, maxBytes) {
		try {
			return this.#tree.read(path, maxBytes);
		} catch (fault) {
			if (fault instanceof VarveError && fault.kind === "bytes") return Buffer.alloc(0);
			throw fault;
		}
	}
	/** Removes what died processes left, once. */
	async #sweep() {
		this.#swept = true;
		await eachOf(this.#abandoned(), 8, async (path) => {
			await this.#operations.remove(this.#tree.at(path)).catch(() => void 0);
		});
	}
	/** Old temporary files; none where they cannot be listed, since writing will then say why. */
	#abandoned() {
		try {
			return this.#tree.list(this.#staging).map(({ name }) => `${this.#staging}/${name}`).filter((path) => {
				const changedAt = this.#tree.changedAt(path);
				return changedAt !== null && Date.now() - changedAt > ABANDONED_AFTER;
			});
		} catch {
			return [];
		}
	}
};
function sameBytes(a, b) {
	return a === null || b === null ? a === b : a.equals(b);
}
// src/adapters/filesystem/file-tree.ts
/**
* Reads the files under one root. Paths are relative to it, with slashes; errors name them so.
* Small files are read synchronously: it costs microseconds where a trip through the thread pool costs ten times that.
*/
var FileTree = class {
	root;
	constructor(root) {
		this.root = resolve(root);
	}
	/** The place of a path on the machine. */
	at(path) {
		return join(this.root, path);
	}
	/**
	* The bytes of a regular file; null when nothing is there. Waits on no pipe or device and follows no link.
	* @throws VarveError `malformed` when something else than a file is there, `limit-exceeded` over `maxBytes`.
	*/
	read(path, maxBytes) {
		let file;
		try {
			file = openSync(this.at(path), constants$1.O_RDONLY | constants$1.O_NONBLOCK | constants$1.O_NOFOLLOW);
		} catch (fault) {
			if (isAbsent(fault)) return null;
			throw errnoOf(fault) === "ELOOP" || errnoOf(fault) === "ENXIO" ? notAFile(path) : readFault(fault, path);
		}
		try {
			return readOpened(file, path, maxBytes);
		} catch (fault) {
			throw readFault(fault, path);
		} finally {
			closeSync(file);
		}
	}
	/** Tells whether a regular file is there. */
	holds(path) {
		return this.#stat(path)?.isFile() ?? false;
	}
	/** Milliseconds since 1970 of the last change of a file or of a directory's names; null when nothing is there. */
	changedAt(path) {
		return this.#stat(path)?.mtimeMs ?? null;
	}
	/** What is in a directory, sorted by name; empty when nothing is there. */
	list(path) {
		let entries;
		try {
			entries = readdirSync(this.at(path), { withFileTypes: true });
		} catch (fault) {
			if (isAbsent(fault)) return [];
			throw readFault(fault, path === "" ? this.root : path);
		}
		return entries.map((entry) => ({
			name: entry.name,
			type: typeOf(entry)
		})).sort((a, b) => a.name < b.name ? -1 : 1);
	}
	#stat(path) {
		try {
			return lstatSync(this.at(path), { throwIfNoEntry: false });
		} catch (fault) {
			if (errnoOf(fault) === "ENOTDIR") return void 0;
			throw readFault(fault, path);
		}
	}
};
function readOpened(file, path, maxBytes) {
	const stat = fstatSync(file);
	if (!stat.isFile()) throw notAFile(path);
	if (stat.size > maxBytes) throw new VarveError("limit-exceeded", `${path} has ${stat.size} bytes, more than the ${maxBytes} it may have`, { object: path });
	const bytes = Buffer.allocUnsafe(stat.size);
	let length = 0;
	while (length < bytes.length) {
		const count = readSync(file, bytes, length, bytes.length - length, null);
		if (count === 0) break;
		length += count;
	}
	return bytes.subarray(0, length);
}
function notAFile(path) {
	return new VarveError("malformed", `${path} is not a regular file`, { object: path });
}
function typeOf(entry) {
	if (entry.isFile()) return "file";
	return entry.isDirectory() ? "directory" : "other";
}
// src/adapters/filesystem/store-directory.ts
/**
* Names a CAS root; nothing is read or made yet.
* @param operations how files are written, for tests to interfere with.
*/
function openStoreDirectory(path, operations = nodeFileOperations) {
	const tree = new FileTree(path);
	const writer = new DurableWriter(tree, `${SURFACE_ROOT}/staging`, operations);
	return {
		location: `dir:${path}`,
		tree,
		writer
	};
}
// src/core/history/entry-path.ts
const FILE_NAME = /^(\d{8}T\d{9}Z)-([0-9a-f]{64})\.json$/;
/** Folder of all entries of a tenant. */
function tenantHistoryPath(tenant) {
	return `${HISTORY}/tenants/${parseTenant(tenant)}`;
}
/** Folder of the entries of a name, on all platforms. */
function nameHistoryPath(tenant, name) {
	return `${tenantHistoryPath(tenant)}/${hexOf(digestOf(name.toWellFormed()))}`;
}
/** The folder name of a platform: `linux-amd64`, `linux-arm-v7`. */
function platformSegment({ os, architecture, variant }) {
	return [
		os,
		architecture,
		...variant === void 0 ? [] : [variant]
	].map(escapeSegment).join("-");
}
function entryBytes(entry) {
	return canonicalBytes(entry);
}
/** Path under the root of the file that an entry is kept in. */
function entryPath(entry) {
	return pathWithDigest(entry, digestOf(entryBytes(entry)));
}
/** What a file name says; null when it is not an entry's. */
function parseEntryName(fileName) {
	const [, time, hex = ""] = FILE_NAME.exec(fileName) ?? [];
	const digest = digestOfHex(hex);
	return time === void 0 || digest === null ? null : {
		time,
		digest
	};
}
/** The order of a history, by file names: newest first, equal times by digest, the greatest first. */
function compareEntryNames(a, b) {
	if (a === b) return 0;
	return a > b ? -1 : 1;
}
/**
* Reads an entry and holds it against the path that it was found under.
* @throws VarveError `digest-mismatch` when its bytes are not those that were written; `malformed`.
*/
function parseEntry(bytes, path) {
	const name = parseEntryName(path.slice(path.lastIndexOf("/") + 1));
	if (name === null) throw malformed(path, "is not named as an entry is");
	if (digestOf(bytes) !== name.digest) throw new VarveError("digest-mismatch", `${path} does not hash to its name`, { object: path });
	const entry = parseStored(HistoryEntrySchema, bytes, path);
	const right = pathWithDigest(entry, name.digest);
	if (right !== path) throw malformed(path, `is the entry of ${right}`);
	return entry;
}
function pathWithDigest({ tenant, name, platform, time }, digest) {
	const fileName = `${time.replaceAll(/[-:.]/g, "")}-${hexOf(digest)}.json`;
	return `${nameHistoryPath(tenant, name)}/${platformSegment(platform)}/${fileName}`;
}
/** Configs are hostile: whatever they name a platform, it stays one harmless path segment of its own. */
function escapeSegment(part) {
	return [...Buffer.from(part, "utf8")].map(escapeByte).join("").replace(/^\./, "%2E");
}
function escapeByte(byte) {
	const character = String.fromCharCode(byte);
	return /[a-z0-9._]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
// src/core/surface/damage.ts
/** A fault met while an object was read, as that object's damage: the sentence without the object's name in front. */
function damageOf(object, fault) {
	const { message } = toVarveError(fault);
	return {
		object,
		problem: message.startsWith(object) ? message.slice(object.length).replace(/^:? /, "") : message
	};
}
// src/adapters/filesystem/walk.ts
/** Everything below a directory, sorted by name within each; nothing when it is absent. Follows no link. */
function* walk(tree, directory) {
	for (const { name, type } of tree.list(directory)) {
		const path = `${directory}/${name}`;
		if (type === "directory") yield* walk(tree, path);
		else yield {
			path,
			regular: type === "file"
		};
	}
}
// src/adapters/history-stores/directory.ts
/** No entry comes near this many bytes. */
const ENTRY_BYTES = 1048576;
/** The history of a CAS root on disk: one immutable file an entry. Any number of processes may share the root. */
var DirectoryHistoryStore = class {
	#tree;
	#writer;
	constructor(directory) {
		this.#tree = directory.tree;
		this.#writer = directory.writer;
	}
	async append(entry) {
		const path = entryPath(entry);
		const bytes = entryBytes(entry);
		parseEntry(bytes, path);
		await this.#writer.commit([[{
			path,
			bytes,
			existing: "replace"
		}]]);
	}
	async *list({ tenant, name, platform, onDamage }) {
		const folder = nameHistoryPath(tenant, name);
		for (const path of this.#newestFirst(folder, platform && platformSegment(platform))) {
			const entry = this.#readEntry(path, (damage) => onDamage?.(damage.object, damage.problem));
			if (entry !== null) yield entry;
		}
	}
	async names(tenant) {
		const folder = tenantHistoryPath(tenant);
		return this.#tree.list(folder).filter(({ type }) => type === "directory").map(({ name }) => this.#nameOf(`${folder}/${name}`)).filter((name) => name !== null).sort();
	}
	async *verify(examine) {
		for (const { path } of walk(this.#tree, HISTORY)) {
			const damages = [];
			const entry = this.#readEntry(path, (damage) => damages.push(damage));
			yield* damages;
			const problem = entry && await examine(entry);
			if (problem !== null) yield {
				object: path,
				problem
			};
		}
	}
	/** Paths of the entries of a name, on one platform or all. */
	*#newestFirst(folder, segment) {
		const found = this.#tree.list(folder).filter(({ type }) => type === "directory").map(({ name }) => name).filter((name) => name === (segment ?? name)).flatMap((each) => this.#tree.list(`${folder}/${each}`).map(({ name }) => ({
			name,
			path: `${folder}/${each}/${name}`
		})));
		for (const { name, path } of found.sort((a, b) => compareEntryNames(a.name, b.name))) if (parseEntryName(name) !== null) yield path;
	}
	#nameOf(folder) {
		for (const path of this.#newestFirst(folder, void 0)) {
			const entry = this.#readEntry(path, () => void 0);
			if (entry !== null) return entry.name;
		}
		return null;
	}
	#readEntry(path, onDamage) {
		try {
			const bytes = this.#tree.read(path, ENTRY_BYTES);
			return bytes && parseEntry(bytes, path);
		} catch (fault) {
			if (toVarveError(fault).kind !== "bytes") throw fault;
			onDamage(damageOf(path, fault));
			return null;
		}
	}
};
// src/base/threads/worker-thread.ts
/** One worker thread, which has one task at most. */
var WorkerThread = class {
	#worker;
	#onChange;
	#task = null;
	#state = "well";
	#fault = null;
	/** @param onChange is called when `idle` or `gone` may have become true. */
	constructor(script, onChange) {
		this.#onChange = onChange;
		this.#worker = new Worker(script, { execArgv: [] });
		this.#worker.unref();
		this.#worker.on("message", (message) => {
			if (message.kind === "reply") this.#task?.onReply(message.reply);
			else this.#endTask(message.kind === "fault" ? unpackFault(message.fault) : null);
		});
		this.#worker.on("messageerror", (fault) => this.#crash(fault));
		this.#worker.on("error", (fault) => this.#crash(fault));
		this.#worker.on("exit", (status) => {
			this.#state = "gone";
			this.#endTask(threadEnded(status, this.#fault));
		});
	}
	/** Whether it can be given a task. */
	get idle() {
		return this.#state === "well" && this.#task === null;
	}
	/** Whether it has come to its end. */
	get gone() {
		return this.#state === "gone";
	}
	get task() {
		return this.#task;
	}
	/** Begins a task; the thread must be idle. The process does not exit before the task ends. */
	begin(task) {
		this.#task = task;
		this.#worker.ref();
		try {
			this.#worker.postMessage(task.request, task.transfer);
		} catch (cause) {
			this.#endTask(new VarveError("internal", "a task cannot be sent to a worker thread", { cause }));
		}
	}
	/** Ends the thread, in the midst of whatever it does; its task hears no more. */
	async stop() {
		this.#task = null;
		if (this.#state === "well") this.#state = "ending";
		await this.#worker.terminate();
	}
	#crash(fault) {
		this.#fault ??= fault;
		if (this.#state === "well") this.#state = "ending";
		this.#worker.terminate();
	}
	#endTask(fault) {
		const task = this.#task;
		this.#task = null;
		if (this.#state === "well") this.#worker.unref();
		task?.onEnd(fault);
		this.#onChange();
	}
};
function threadEnded(code, cause) {
	const why = cause === null ? `it exited with status ${code}` : cause.message;
	const outOfMemory = cause !== null && "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
	return new VarveError("internal", `a worker thread came to an end: ${why}`, {
		...cause !== null && { cause },
		...outOfMemory && { hint: "give it more memory: NODE_OPTIONS=--max-old-space-size=4096" }
	});
}
// src/base/threads/worker-pool.ts
/** Threads that do tasks, started when there is work for them, and kept for more. An idle one holds up no exit. */
var WorkerPool = class {
	#options;
	#threads = /* @__PURE__ */ new Set();
	#waiting = [];
	#closed = false;
	constructor(options) {
		this.#options = options;
	}
	/**
	* Does tasks, begun in their order, and gives their replies as they come. The first fault, the abort of the signal
	* and the end of the reading end them all: threads that are at work on them are stopped.
	* @throws what a task threw; VarveError `internal` when a thread dies under its task; the signal's reason.
	*/
	async *run(requests, { signal, transfer = () => [] } = {}) {
		signal?.throwIfAborted();
		if (this.#closed) throw stopped();
		const inbox = new Inbox();
		const tasks = /* @__PURE__ */ new Set();
		for (const request of requests) {
			const task = {
				request,
				transfer: transfer(request),
				onReply: (reply) => inbox.push(reply),
				onEnd: (fault) => {
					tasks.delete(task);
					if (fault !== null) inbox.fail(fault);
					else if (tasks.size === 0) inbox.end();
				}
			};
			tasks.add(task);
		}
		if (tasks.size === 0) return;
		const abort = () => inbox.fail(signal?.reason);
		signal?.addEventListener("abort", abort);
		try {
			this.#waiting.push(...tasks);
			this.#beginWaiting();
			yield* inbox;
		} finally {
			signal?.removeEventListener("abort", abort);
			await this.#withdraw(tasks);
		}
	}
	/** Stops all threads; tasks that are not done fail. */
	async [Symbol.asyncDispose]() {
		this.#closed = true;
		const left = [...[...this.#threads].flatMap(({ task }) => task ?? []), ...this.#waiting.splice(0)];
		await Promise.all([...this.#threads].map((thread) => thread.stop()));
		for (const { onEnd } of left) onEnd(stopped());
	}
	#beginWaiting() {
		for (const thread of this.#threads) if (thread.gone) this.#threads.delete(thread);
		else if (thread.idle) this.#beginNext(thread);
		while (this.#waiting.length > 0 && this.#threads.size < this.#options.threads) {
			const thread = new WorkerThread(this.#options.script, () => this.#beginWaiting());
			this.#threads.add(thread);
			this.#beginNext(thread);
		}
	}
	#beginNext(thread) {
		const task = this.#waiting.shift();
		if (task !== void 0) thread.begin(task);
	}
	async #withdraw(tasks) {
		const others = this.#waiting.filter((task) => !tasks.has(task));
		this.#waiting.splice(0, this.#waiting.length, ...others);
		const atWork = [...this.#threads].filter(({ task }) => task !== null && tasks.has(task));
		await Promise.all(atWork.map((thread) => thread.stop()));
	}
};
function stopped() {
	return new VarveError("internal", "the worker threads were stopped");
}
// src/base/compression/inflate-threads.ts
/**
* Inflates in threads of its own, while the thread that asks does other things with what came before. That takes 1.3
* (gzip) to 1.6 (zstd) times less time where a core is idle, and more where none is: for large streams only.
*/
var InflateThreads = class {
	#pool;
	/** @param script is the module that the threads run, which calls `serveInflating`. */
	constructor(script, threads) {
		this.#pool = new WorkerPool({
			script,
			threads
		});
	}
	/** Decodes a source as `decode` does. */
	async *decode(format, source, object) {
		const { port1: ours, port2: theirs } = new MessageChannel();
		const channel = new ChunkChannel(ours);
		const stop = new AbortController();
		const inflating = this.#inflate({
			format,
			object,
			port: theirs
		}, channel, stop.signal);
		const feeding = feed(channel, source);
		try {
			yield* channel;
			await inflating;
		} finally {
			stop.abort();
			channel.close();
			await Promise.all([inflating, feeding]);
		}
	}
	async [Symbol.asyncDispose]() {
		await this.#pool[Symbol.asyncDispose]();
	}
	/** Never rejects: faults come out of the channel. */
	async #inflate(work, channel, signal) {
		try {
			for await (const _ of this.#pool.run([work], {
				signal,
				transfer: ({ port }) => [port]
			}));
		} catch (fault) {
			channel.fail(fault);
		}
	}
};
/** Never rejects: faults come out of the channel. */
async function feed(channel, source) {
	try {
		for await (const chunk of source) if (!await channel.send(chunk)) return;
		channel.end();
	} catch (fault) {
		channel.fail(fault);
	}
}
// src/adapters/layer-readers/layer-task.ts
/** The bytes of layers that a task reads. */
function taskBytes(task) {
	return task.reduce((sum, { location }) => sum + location.length, 0);
}
/**
* Puts requests into tasks, the largest first.
* @throws VarveError `blob-missing` for a layer that the transport does not hold.
*/
function planTasks(requests) {
	const reads = [...Map.groupBy(requests, placeOf$1).values()].map((sharing) => ({
		location: heldLocation(sharing[0]),
		requests: sharing
	}));
	reads.sort((a, b) => a.location.offset - b.location.offset);
	const tasks = [];
	for (const read of reads) {
		const open = read.location.kind === "file" ? void 0 : tasks.find((task) => goesOn(task, read));
		if (open === void 0) tasks.push([read]);
		else open.push(read);
	}
	return tasks.sort((a, b) => taskBytes(b) - taskBytes(a));
}
function heldLocation(request) {
	const { location } = request;
	if (location.kind !== "absent") return location;
	const object = nameLayer(request);
	throw new VarveError("blob-missing", `${object}: ${location.reason}`, { object });
}
/** Equal for requests that the same bytes answer. */
function placeOf$1({ location }) {
	if (location.kind === "absent") return location.kind;
	return JSON.stringify([
		location.kind,
		location.path,
		location.offset,
		location.length
	]);
}
/** Whether the pass of a task can take one more read on its way. */
function goesOn(task, { location }) {
	const last = task.at(-1)?.location;
	return last?.kind === "compressed-file" && location.kind === "compressed-file" && last.path === location.path && last.offset + last.length <= location.offset;
}
// src/adapters/layer-readers/threaded-layer-reader.ts
/** More threads than this compete for memory more than they gain. */
const MOST_THREADS = 4;
/** Up to this many stored bytes beyond the largest task, the 55 ms that workers take to start are not won back. */
const WORTH_A_THREAD = 8388608;
/** From this many stored bytes on, a thread that inflates for this one saves more than it costs. */
const WORTH_INFLATING_APART = 33554432;
/** Stored bytes between two looks at the signal and at whatever else this thread has to do. */
const PAUSE_BYTES = 4194304;
/** Reads layers in worker threads, or in this one where that is as fast. Dispose of it to end its threads. */
var ThreadedLayerReader = class {
	#options;
	#pool;
	#inflateThreads;
	constructor(options) {
		this.#options = options;
		const threads = Math.min(availableParallelism(), MOST_THREADS);
		this.#pool = new WorkerPool({
			script: options.workerScript,
			threads
		});
		this.#inflateThreads = new InflateThreads(options.inflateScript, 1);
	}
	async *read(requests, onProgress = () => {}) {
		const tasks = planTasks(requests);
		if (tasks.slice(1).reduce((sum, task) => sum + taskBytes(task), 0) < WORTH_A_THREAD) yield* this.#readHere(tasks, onProgress);
		else yield* this.#readInThreads(tasks, onProgress);
	}
	async [Symbol.asyncDispose]() {
		await Promise.all([this.#pool[Symbol.asyncDispose](), this.#inflateThreads[Symbol.asyncDispose]()]);
	}
	async *#readHere(tasks, onProgress) {
		const paced = (source) => pausing(source, this.#options.signal);
		for (const task of tasks) {
			const threads = availableParallelism() > 1 && taskBytes(task) >= WORTH_INFLATING_APART ? { threads: this.#inflateThreads } : {};
			yield* runTask(task, {
				...this.#options,
				...threads,
				onProgress,
				paced
			});
		}
	}
	async *#readInThreads(tasks, onProgress) {
		const { limits, engine = "auto", signal } = this.#options;
		const analyzers = this.#options.analyzers.map(({ id }) => id);
		const work = tasks.map((task) => ({
			task,
			limits,
			engine,
			analyzers
		}));
		for await (const news of this.#pool.run(work, signal && { signal })) if (news.kind === "progress") onProgress(news.bytes);
		else yield news.reading;
	}
};
async function* pausing(source, signal) {
	let sincePause = 0;
	for (const chunk of source) {
		signal?.throwIfAborted();
		yield chunk;
		sincePause += chunk.length;
		if (sincePause < PAUSE_BYTES) continue;
		sincePause = 0;
		await setImmediate();
	}
}
// src/core/image/docker-name.ts
const DEFAULT_HOST = "docker.io";
const DEFAULT_FOLDER = "library/";
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const LONGEST_REPOSITORY = 255;
/**
* Reads `[HOST/]NAME[:TAG][@DIGEST]`; `alpine` is docker.io/library/alpine. The first part is a host when it has
* a dot, a colon or a capital letter, or is `localhost`.
* @throws VarveError `bad-reference`.
* @see https://github.com/distribution/reference/blob/v0.6.0/reference.go
*/
function parseDockerName(text) {
	const [named = "", ...digests] = text.split("@");
	if (digests.length > 1) throw badName(text, "it has more than one @");
	const digest = digests[0] === void 0 ? null : parseDigest(digests[0]);
	const colon = named.lastIndexOf(":");
	const tagged = colon > named.lastIndexOf("/");
	const tag = tagged ? named.slice(colon + 1) : null;
	if (tag !== null && !TAG.test(tag)) throw badName(text, "its tag is not well formed");
	const { host, repository } = splitHost(tagged ? named.slice(0, colon) : named);
	if (!HOST.test(host)) throw badName(text, "its host is not well formed");
	if (!REPOSITORY.test(repository) || host.length + repository.length >= LONGEST_REPOSITORY) throw badName(text, "a repository is lowercase letters, digits and single separators between slashes");
	return {
		host,
		repository,
		tag,
		digest
	};
}
function splitHost(path) {
	const slash = path.indexOf("/");
	const first = path.slice(0, Math.max(slash, 0));
	const isHost = first === "localhost" || /[.:A-Z[]/.test(first);
	const host = isHost ? first : DEFAULT_HOST;
	const rest = isHost ? path.slice(slash + 1) : path;
	if (host !== DEFAULT_HOST && host !== "index.docker.io") return {
		host,
		repository: rest
	};
	return {
		host: DEFAULT_HOST,
		repository: rest.includes("/") ? rest : `${DEFAULT_FOLDER}${rest}`
	};
}
function badName(text, why) {
	const object = text.slice(0, 200);
	return new VarveError("bad-reference", `not an image name: ${JSON.stringify(object)}: ${why}`, {
		object,
		hint: "a name looks like alpine:3.20, ghcr.io/acme/app:v1 or localhost:5000/app@sha256:…"
	});
}
/** A name in full: `docker.io/library/alpine:3.20`. */
function formatDockerName({ host, repository, tag, digest }) {
	return `${host}/${repository}${tag === null ? "" : `:${tag}`}${digest === null ? "" : `@${digest}`}`;
}
/** The repository as people write it, without tag and digest: `alpine`, `acme/app`, `ghcr.io/acme/app`. */
function familiarRepository({ host, repository }) {
	if (host !== DEFAULT_HOST) return `${host}/${repository}`;
	const short = repository.slice(8);
	return repository.startsWith(DEFAULT_FOLDER) && !short.includes("/") ? short : repository;
}
/** Tells whether a text could be the name of an image in a registry. */
function isDockerName(text) {
	try {
		parseDockerName(text);
		return true;
	} catch {
		return false;
	}
}
/** Tells whether two names, in any spelling, are one image; a name without a tag means `latest`. */
function sameDockerName(a, b) {
	if (!isDockerName(a) || !isDockerName(b)) return a === b;
	const [first, second] = [a, b].map((text) => {
		const name = parseDockerName(text);
		return formatDockerName({
			...name,
			tag: name.tag ?? (name.digest === null ? "latest" : null)
		});
	});
	return first === second;
}
// src/core/image/reference.ts
const FILE_TRANSPORTS = [
	"oci",
	"oci-archive",
	"docker-archive"
];
const TRANSPORT_HINT = "write oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG], docker-daemon:NAME[:TAG], docker://HOST/NAME[:TAG|@DIGEST], or a path such as ./image.tar";
/**
* Reads an image reference. In `oci:PATH:TAG` the longest path that is there counts, else the text up to the
* first colon.
* @throws VarveError `bad-reference`.
*/
function parseReference(text, isThere = () => false) {
	if (text.includes("\0") || text.trim() === "") throw badReference(text, "it is empty");
	if (text.startsWith("docker://")) return {
		transport: "docker",
		...parseDockerName(text.slice(9))
	};
	if (text.startsWith("docker-daemon:")) return parseDaemon(text);
	const transport = FILE_TRANSPORTS.find((name) => text.startsWith(`${name}:`));
	if (transport === void 0) return parsePlain(text, isThere);
	const { path, selector, digest } = splitPath(text.slice(transport.length + 1), isThere);
	if (path === "") throw badReference(text, "it names no path");
	if (transport !== "docker-archive") return {
		transport,
		path,
		tag: selector,
		digest
	};
	if (digest !== null) throw badReference(text, "images in a docker-archive are chosen by NAME:TAG");
	if (selector !== null) parseDockerName(selector);
	return {
		transport,
		path,
		name: selector
	};
}
/** The text of a reference: `parseReference` reads it as the same reference. */
function formatReference(reference) {
	switch (reference.transport) {
		case "docker": return `docker://${formatDockerName(reference)}`;
		case "docker-daemon": return `docker-daemon:${reference.name}`;
		case "docker-archive": return `docker-archive:${reference.path}${reference.name === null ? "" : `:${reference.name}`}`;
		default: {
			const { transport, path, tag, digest } = reference;
			return `${transport}:${path}${tag === null ? "" : `:${tag}`}${digest === null ? "" : `@${digest}`}`;
		}
	}
}
function parseDaemon(text) {
	const name = text.slice(14);
	parseDockerName(name);
	return {
		transport: "docker-daemon",
		name
	};
}
function parsePlain(text, isThere) {
	if (/^\.{0,2}\//.test(text) || text === "." || text === "..") return {
		transport: null,
		text,
		pathOnly: true,
		...splitPath(text, isThere)
	};
	const isName = isDockerName(text);
	if (!isName && !isThere(text) && /^[a-z][a-z-]*:/.test(text)) throw badReference(text, "there is no such transport");
	return {
		transport: null,
		text,
		path: text,
		selector: null,
		digest: null,
		pathOnly: !isName
	};
}
function splitPath(text, isThere) {
	const at = text.lastIndexOf("@sha256:");
	const digest = at < 0 ? null : parseDigest(text.slice(at + 1));
	const named = at < 0 ? text : text.slice(0, at);
	const path = longestPath(named, isThere);
	const selector = path === named ? null : named.slice(path.length + 1);
	if (selector === "") throw badReference(text, "nothing follows the colon");
	if (selector !== null && digest !== null) throw badReference(text, "give a tag or a digest, not both");
	return {
		path,
		selector,
		digest
	};
}
function longestPath(text, isThere) {
	const colons = [...text.matchAll(/:/g)].map((match) => match.index);
	const paths = [text.length, ...colons.reverse()].map((end) => text.slice(0, end));
	return paths.find((path) => path !== "" && isThere(path)) ?? paths.at(-1) ?? text;
}
function badReference(text, why) {
	const object = text.slice(0, 200);
	return new VarveError("bad-reference", `not an image reference: ${JSON.stringify(object)}: ${why}`, {
		object,
		hint: TRANSPORT_HINT
	});
}
// src/adapters/sources/list-names.ts
const NAMES_SHOWN = 20;
const CHARACTERS_SHOWN = 100;
/** Names for an error, as many and as much of each as one wants to read: they come from images. */
function listNames(names) {
	const distinct = [...new Set(names)];
	if (distinct.length === 0) return "none at all";
	const more = distinct.length > NAMES_SHOWN ? ` and ${distinct.length - NAMES_SHOWN} more` : "";
	return `${distinct.slice(0, NAMES_SHOWN).map(shorten).join(", ")}${more}`;
}
/** The beginning of a text that may be endless. */
function shorten(text) {
	return text.length > CHARACTERS_SHOWN ? `${text.slice(0, CHARACTERS_SHOWN)}…` : text;
}
// src/adapters/sources/docker-items.ts
const ITEMS_FILE = "manifest.json";
const ItemsSchema = /* @__PURE__ */ array(looseShape({
	Config: /* @__PURE__ */ string(),
	Layers: /* @__PURE__ */ exactOptional(/* @__PURE__ */ array(/* @__PURE__ */ string())),
	RepoTags: /* @__PURE__ */ exactOptional(/* @__PURE__ */ array(/* @__PURE__ */ string())),
	LayerSources: /* @__PURE__ */ exactOptional(JsonObject)
}));
/** Reads `manifest.json`; null where there is none. */
async function readItems(files, limits) {
	const bytes = await files.read(ITEMS_FILE, limits);
	if (bytes === null) return null;
	const object = `${files.path}: ${ITEMS_FILE}`;
	return parseShape(ItemsSchema, parseStrictJson(bytes, object), object);
}
/**
* Chooses an image by name; without one there must be one image only.
* @throws VarveError `image-not-found` that lists what there is.
*/
function selectItem(items, name, path) {
	const chosen = name === null ? items : items.filter((item) => isCalled(item, name));
	const [first] = chosen;
	if (first !== void 0 && chosen.every(({ Config }) => Config === first.Config)) return first;
	const listed = listNames(items.flatMap(({ Config, RepoTags = [] }) => RepoTags.length > 0 ? RepoTags : [Config]));
	throw new VarveError("image-not-found", first === void 0 && name !== null ? `${path} has no image ${name}, but ${listed}` : `${path} has ${first === void 0 ? "no image" : "more than one image"}: ${listed}`, {
		object: path,
		...first !== void 0 && { hint: "add the name after a colon" }
	});
}
function isCalled({ RepoTags = [] }, name) {
	return RepoTags.some((tag) => sameDockerName(tag, name));
}
// src/adapters/sources/image-files.ts
/** The error for files without the document that would make them an image; an archive may have lost it. */
function noImage(files, document, hint) {
	const { kind, path, unterminated } = files;
	return unterminated ? new VarveError("truncated", `${path} has no ${document} and no end mark: the archive was cut off`, {
		object: path,
		hint: "make or fetch the archive again"
	}) : new VarveError("image-not-found", `${path} is not an image: the ${kind} has no ${document}`, {
		object: path,
		hint
	});
}
/** Joins a relative name to the folder of another; null when it leads out of the root. */
function resolveName(name, folder = "") {
	if (name.startsWith("/")) return null;
	const parts = [];
	for (const part of `${folder}/${name}`.split("/")) {
		if (part === ".." && parts.length === 0) return null;
		if (part === "..") parts.pop();
		else if (part !== "" && part !== ".") parts.push(part);
	}
	return parts.join("/");
}
// src/core/image/manifest.ts
/** Engines written in Go write an empty list as null. */
const list = (item) => /* @__PURE__ */ pipe(/* @__PURE__ */ nullable(/* @__PURE__ */ array(item)), /* @__PURE__ */ transform((items) => items ?? []));
const common = {
	schemaVersion: /* @__PURE__ */ literal(2),
	mediaType: /* @__PURE__ */ exactOptional(/* @__PURE__ */ string()),
	artifactType: /* @__PURE__ */ exactOptional(/* @__PURE__ */ string()),
	annotations: /* @__PURE__ */ exactOptional(/* @__PURE__ */ record(/* @__PURE__ */ string(), /* @__PURE__ */ string()))
};
const ManifestSchema = /* @__PURE__ */ looseObject({
	...common,
	config: DescriptorSchema,
	layers: list(DescriptorSchema),
	subject: /* @__PURE__ */ exactOptional(DescriptorSchema)
});
const PlatformSchema = /* @__PURE__ */ looseObject({
	os: /* @__PURE__ */ string(),
	architecture: /* @__PURE__ */ string(),
	variant: /* @__PURE__ */ exactOptional(/* @__PURE__ */ string())
});
const IndexEntrySchema = /* @__PURE__ */ pipe(/* @__PURE__ */ looseObject({
	...descriptorEntries,
	platform: /* @__PURE__ */ exactOptional(PlatformSchema)
}), /* @__PURE__ */ transform(verifyEmbedded));
const IndexSchema = /* @__PURE__ */ looseObject({
	...common,
	manifests: list(IndexEntrySchema)
});
/**
* Reads an image manifest from its exact bytes. OCI 1.1 and Docker schema 2.
* @throws VarveError `malformed`, `unsupported`, `digest-mismatch`, `size-mismatch`, `limit-exceeded`.
*/
function parseManifest(bytes, declared, limits) {
	const digest = verifyDocument(bytes, declared, limits);
	const body = parseJsonObject(bytes, declared.object);
	return {
		bytes,
		digest,
		mediaType: checkKind(body, declared, "manifest"),
		value: parseShape(ManifestSchema, body, declared.object)
	};
}
/** Reads an image index, or a Docker manifest list, from its exact bytes. Throws as `parseManifest` does. */
function parseIndex(bytes, declared, limits) {
	const digest = verifyDocument(bytes, declared, limits);
	const body = parseJsonObject(bytes, declared.object);
	return {
		bytes,
		digest,
		mediaType: checkKind(body, declared, "index"),
		value: parseShape(IndexSchema, body, declared.object)
	};
}
const KINDS = {
	manifest: {
		isType: isManifestType,
		fallback: OCI_MANIFEST,
		foreign: ["manifests"]
	},
	index: {
		isType: isIndexType,
		fallback: OCI_INDEX,
		foreign: ["config", "layers"]
	}
};
/**
* One document must not be read as a manifest by one program and as an index by another (CVE-2021-41190):
* the media type it was fetched under, the one it states and its fields have to agree.
*/
function checkKind(body, { object, mediaType: declared }, kind) {
	if (body.schemaVersion === 1 || "fsLayers" in body) throw new VarveError("unsupported", `${object} is of the old schema 1`, {
		object,
		hint: "build or push the image again with a current engine"
	});
	const { isType, fallback, foreign } = KINDS[kind];
	const stray = foreign.find((field) => field in body);
	if (stray !== void 0) throw new VarveError("malformed", `${object} should be an image ${kind}, but has "${stray}"`, { object });
	const stated = body.mediaType;
	const mediaType = typeof stated === "string" ? stated : declared ?? fallback;
	if (declared !== null && mediaType !== declared || !isType(mediaType)) {
		const found = JSON.stringify(mediaType.slice(0, 100));
		throw new VarveError("malformed", `${object} says that it is ${found}, not ${declared ?? `an image ${kind}`}`, { object });
	}
	return mediaType;
}
// src/adapters/sources/layout.ts
const LAYOUT_FILE = "oci-layout";
const INDEX_FILE = "index.json";
const LAYOUT_VERSION = "1.0.0";
/** The name of a blob's file. A `Digest` is well formed, so it cannot lead anywhere else. */
const blobName = (digest) => `blobs/sha256/${hexOf(digest)}`;
/**
* Reads the documents of an OCI image layout; each is checked against its descriptor.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
*/
var Layout = class {
	files;
	#limits;
	constructor(files, limits) {
		this.files = files;
		this.#limits = limits;
	}
	/** @throws VarveError `image-not-found` where there is no layout, `unsupported` for one of another version. */
	async readIndexFile() {
		const { path } = this.files;
		const version = await this.files.read(LAYOUT_FILE, this.#limits);
		const index = await this.files.read(INDEX_FILE, this.#limits);
		if (index === null) throw noImage(this.files, INDEX_FILE, "name the folder or archive that has oci-layout, index.json and blobs in it");
		if (version === null) throw new VarveError("malformed", `${path} has ${INDEX_FILE}, but no ${LAYOUT_FILE}`, {
			object: path,
			hint: "it was copied only in part, or is no OCI image layout"
		});
		const stated = parseJsonObject(version, `${path}: ${LAYOUT_FILE}`).imageLayoutVersion;
		if (stated !== LAYOUT_VERSION) {
			const found = JSON.stringify(stated)?.slice(0, 100) ?? "none";
			throw new VarveError("unsupported", `${path} is an image layout of version ${found}, not "${LAYOUT_VERSION}"`, { object: path });
		}
		return parseIndex(index, {
			object: `${path}: ${INDEX_FILE}`,
			mediaType: null,
			digest: null,
			size: null
		}, this.#limits).value;
	}
	/** Null where the layout lacks it, as the three below. */
	async readIndex(entry) {
		const document = await this.#read(entry, "the index");
		return document && parseIndex(document.bytes, document.declared, this.#limits).value;
	}
	async readManifest(entry) {
		const document = await this.#read(entry, "the manifest");
		return document && parseManifest(document.bytes, document.declared, this.#limits);
	}
	async readConfig(descriptor) {
		const document = await this.#read(descriptor, "the config");
		return document && parseConfig(document.bytes, document.declared, this.#limits);
	}
	/** @throws VarveError `size-mismatch` when the blob is not of the size that its descriptor claims. */
	findBlob({ digest, size }) {
		const file = this.files.find(blobName(digest));
		if (file === null || file.size === size) return file;
		const object = `${this.files.path}: blob ${digest}`;
		throw new VarveError("size-mismatch", `${object} is ${file.size} bytes, not ${size} as declared`, { object });
	}
	holds(descriptor) {
		return embeddedData(descriptor) !== null || this.files.find(blobName(descriptor.digest)) !== null;
	}
	async #read(descriptor, what) {
		const { mediaType, digest, size } = descriptor;
		const object = `${this.files.path}: ${what} ${digest}`;
		if (size > this.#limits.jsonBytes) throw limitExceeded("jsonBytes", this.#limits, object);
		const bytes = await this.files.read(blobName(digest), this.#limits) ?? embeddedData(descriptor);
		return bytes && {
			bytes,
			declared: {
				object,
				mediaType,
				digest,
				size
			}
		};
	}
};
/** The error for a blob that a document names and the place does not hold. */
function blobMissing(files, digest) {
	const object = `${files.path}: blob ${digest}`;
	return new VarveError("blob-missing", `${object} is not there`, {
		object,
		hint: files.unterminated ? "the archive has no end mark: it was most likely cut off, so make or fetch it again" : "the image was copied only in part: make or fetch it again"
	});
}
// src/core/image/index-entry.ts
/** Annotations that BuildKit gives the manifests it attaches to an image. */
const REFERENCE_TYPE = "vnd.docker.reference.type";
const REFERENCE_DIGEST = "vnd.docker.reference.digest";
const ATTESTATION = "attestation-manifest";
/**
* What an index says an entry is. `manifest`: an image, or an artifact that only its manifest will tell from one.
* @see https://github.com/moby/buildkit/blob/v0.18.0/docs/attestations/attestation-storage.md
*/
function classifyEntry(entry) {
	if (entry.annotations?.[REFERENCE_TYPE] === ATTESTATION) return "attestation";
	if (entry.artifactType !== void 0 && !isImageConfigType(entry.artifactType)) return "artifact";
	if (isIndexType(entry.mediaType)) return "index";
	if (!isManifestType(entry.mediaType)) return "artifact";
	const { os, architecture } = entry.platform ?? {};
	return os === "unknown" && architecture === "unknown" ? "artifact" : "manifest";
}
/** What a manifest, once read, turns out to be: the image of a container, or something that travels as one. */
function classifyManifest({ artifactType, config, layers }) {
	if (layers.length > 0 && layers.every((layer) => layer.mediaType === "application/vnd.in-toto+json")) return "attestation";
	if (artifactType !== void 0 && !isImageConfigType(artifactType)) return "artifact";
	if (!isImageConfigType(config.mediaType)) return "artifact";
	return layers.length === 0 || layers.some((layer) => isLayerLike(layer.mediaType)) ? "image" : "artifact";
}
/** The record of an entry that is no image. What its manifest says comes first, where it was read. */
function toAttachment(kind, entry, manifest = null) {
	return {
		kind,
		digest: entry.digest,
		mediaType: entry.mediaType,
		artifactType: manifest?.artifactType ?? entry.artifactType ?? artifactConfigType(manifest),
		subject: manifest?.subject?.digest ?? referencedDigest(entry)
	};
}
/** A manifest without an artifactType is of the type of its config. */
function artifactConfigType(manifest) {
	const type = manifest?.config.mediaType;
	return type === void 0 || isImageConfigType(type) ? null : type;
}
/** The manifest that an attachment's annotation names as the one it speaks of. */
function referencedDigest(entry) {
	const digest = entry.annotations?.[REFERENCE_DIGEST];
	return digest !== void 0 && isDigest(digest) ? digest : null;
}
// src/adapters/sources/layout-contents.ts
const DEEPEST_INDEX = 8;
/** Lists what entries lead to. Each manifest is met once, however often and deep it is named. */
async function listContents(layout, entries) {
	const walk = new Walk(layout);
	await walk.visitAll(entries, 0);
	return walk;
}
/**
* Finds the manifest or index of a digest, at any depth.
* @throws VarveError `image-not-found`.
*/
async function findEntry(layout, entries, digest) {
	const walk = new Walk(layout, digest);
	await walk.visitAll(entries, 0);
	if (walk.found) return walk.found;
	throw new VarveError("image-not-found", `${layout.files.path} has no manifest ${digest}`, {
		object: digest,
		hint: "the digest must be that of a manifest or index, not of a config or layer"
	});
}
var Walk = class {
	images = [];
	attachments = [];
	missing = [];
	found = null;
	#layout;
	#wanted;
	#met = /* @__PURE__ */ new Set();
	constructor(layout, wanted = null) {
		this.#layout = layout;
		this.#wanted = wanted;
	}
	async visitAll(entries, depth) {
		if (depth > DEEPEST_INDEX) {
			const object = this.#layout.files.path;
			throw new VarveError("malformed", `${object} has indexes more than ${DEEPEST_INDEX} deep`, { object });
		}
		for (const entry of entries) {
			if (this.#met.has(entry.digest)) continue;
			this.#met.add(entry.digest);
			if (entry.digest === this.#wanted) this.found = entry;
			const kind = classifyEntry(entry);
			if (kind === "index") await this.#visitIndex(entry, depth);
			else if (kind === "manifest") await this.#visitManifest(entry);
			else this.attachments.push(toAttachment(kind, entry));
		}
	}
	async #visitIndex(entry, depth) {
		const index = await this.#layout.readIndex(entry);
		if (index === null) this.missing.push(entry);
		else await this.visitAll(index.manifests, depth + 1);
	}
	async #visitManifest(entry) {
		const manifest = (await this.#layout.readManifest(entry))?.value;
		if (manifest === void 0) {
			this.missing.push(entry);
			return;
		}
		const kind = classifyManifest(manifest);
		if (kind !== "image") this.attachments.push(toAttachment(kind, entry, manifest));
		else if (!this.#layout.holds(manifest.config)) this.missing.push(entry);
		else this.images.push({
			entry,
			platform: statedPlatform(entry) ?? await this.#readPlatform(manifest.config)
		});
	}
	async #readPlatform(descriptor) {
		const config = await this.#layout.readConfig(descriptor);
		if (config === null) throw blobMissing(this.#layout.files, descriptor.digest);
		return platformOf(config.value);
	}
};
/** The platform that an index states for an entry; null when it says nothing of use. */
function statedPlatform({ platform }) {
	if (platform === void 0) return null;
	const { os, architecture, variant } = platform;
	if (![
		os,
		architecture,
		variant || "none"
	].every((part) => PLATFORM_PART.test(part))) return null;
	return normalizePlatform({
		os,
		architecture,
		...variant && { variant }
	});
}
// src/core/image/source-layers.ts
/**
* Lays a manifest's layers and its config's diffIDs side by side.
* @throws VarveError `malformed` where they cannot belong together: another number, or the right layers in a wrong
* order, which Docker 25.0.0 wrote (https://github.com/moby/moby/issues/47065).
*/
function pairLayers(manifest, config, object) {
	const { layers } = manifest;
	const diffIds = config.rootfs.diff_ids;
	if (layers.length !== diffIds.length) throw disagrees(object, `has ${layers.length} layers, its config ${diffIds.length}`);
	const digests = layers.map(({ digest }) => digest);
	if ((/* @__PURE__ */ new Set([...digests, ...diffIds])).size === new Set(diffIds).size && digests.some((digest, index) => digest !== diffIds[index])) throw disagrees(object, "has the layers of its config in another order");
	return diffIds.flatMap((diffId, index) => {
		const descriptor = layers[index];
		return descriptor === void 0 ? [] : [{
			descriptor,
			diffId
		}];
	});
}
function disagrees(object, problem) {
	return new VarveError("malformed", `${object} ${problem}`, {
		object,
		hint: "if docker save wrote it, read it as docker-archive:FILE, which goes by the config"
	});
}
// src/adapters/sources/layout-selection.ts
/** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md */
const REF_NAME = "org.opencontainers.image.ref.name";
/** The name in full, which containerd, Docker and BuildKit write beside the tag. */
const IMAGE_NAME = "io.containerd.image.name";
/**
* Chooses, among the entries of an `index.json`, those that are one image: one entry, or one for each platform, with
* what is attached to them.
* @param tag the `ref.name`, or the image's name; without it there must be one image only.
* @throws VarveError `image-not-found` that lists what there is.
*/
async function selectEntries(layout, entries, tag) {
	const { path } = layout.files;
	const chosen = tag === null ? entries.filter(mayBeImage) : entriesTagged(entries, tag);
	if (chosen.length === 0 && tag === null) return entries;
	if (chosen.length === 0) throw new VarveError("image-not-found", `${path} has no image ${tag}, but ${listNames(entries.map(nameOf))}`, { object: path });
	const images = isOneImage(chosen) ? chosen : await dropArtifacts(layout, chosen);
	if (images.length > 0 && isOneImage(images)) return [...images, ...attachedTo(images, entries, tag)];
	const which = tag === null ? "" : ` ${tag}`;
	throw new VarveError("image-not-found", `${path} has more than one image${which}: ${listNames(images.map(nameOf))}`, {
		object: path,
		hint: "add the tag after a colon, or the digest of the manifest after an @"
	});
}
function mayBeImage(entry) {
	return ["index", "manifest"].includes(classifyEntry(entry));
}
/** Signatures and the like may look like images until their manifests are read. */
async function dropArtifacts(layout, entries) {
	const images = [];
	for (const entry of entries) {
		const contents = await listContents(layout, [entry]);
		if (contents.images.length + contents.missing.length > 0) images.push(entry);
	}
	return images;
}
/** Where nothing but one image is chosen from, all else is taken to belong to it. */
function attachedTo(images, entries, tag) {
	const digests = new Set(images.map(({ digest }) => digest));
	return entries.filter((entry) => {
		if (mayBeImage(entry)) return tag === null && !digests.has(entry.digest);
		const subject = referencedDigest(entry);
		return tag === null || subject !== null && digests.has(subject);
	});
}
function entriesTagged(entries, tag) {
	const exact = entries.filter((entry) => entry.annotations?.[REF_NAME] === tag);
	if (exact.length > 0) return exact;
	return entries.filter((entry) => sameDockerName(entry.annotations?.[IMAGE_NAME] ?? "", tag));
}
/** The same manifest under several tags, or manifests of different platforms under one: one image. */
function isOneImage(entries) {
	const manifests = new Map(entries.map((entry) => [entry.digest, entry]));
	if (manifests.size === 1) return true;
	const platforms = [...manifests.values()].map(({ platform }) => platform && formatPlatform(platform));
	const tags = new Set(entries.map((entry) => entry.annotations?.[REF_NAME]));
	return !platforms.includes(void 0) && new Set(platforms).size === manifests.size && tags.size === 1;
}
const nameOf = ({ annotations, digest }) => annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? `@${digest}`;
/** The repository that an entry states for its image, if any; a bare tag names none. */
function repositoryOf({ annotations }) {
	const name = annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? "";
	return /[/:]/.test(name) && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}
// src/adapters/sources/layout-image.ts
/**
* Opens the image that some entries of a layout's `index.json` are.
* @param reference its canonical text, for reports.
* @throws VarveError `not-an-image` where there are only attestations and artifacts, `blob-missing`, `image-not-found`.
*/
async function openLayoutImage(layout, entries, reference) {
	const contents = await listContents(layout, entries);
	if (contents.images.length === 0) throw nothingToOpen(layout, contents, reference);
	const images = onePerPlatform(contents.images);
	return {
		reference,
		embeddedName: entries.map(repositoryOf).find((name) => name !== null) ?? null,
		platforms: images.map(({ platform }) => platform),
		absentPlatforms: contents.missing.map(statedPlatform).filter((platform) => platform !== null),
		attachments: contents.attachments,
		image: async (index) => {
			const image = images[index];
			if (image === void 0) throw new VarveError("internal", `there is no platform ${index} in ${reference}`);
			return readImage(layout, image);
		},
		[Symbol.asyncDispose]: async () => {}
	};
}
function nothingToOpen(layout, { missing, attachments }, reference) {
	if (missing[0]) return blobMissing(layout.files, missing[0].digest);
	const [attachment] = attachments;
	if (attachment === void 0) return new VarveError("image-not-found", `${reference} holds no image`, { object: reference });
	const { kind, artifactType, mediaType } = attachment;
	return new VarveError("not-an-image", `${reference} is an ${kind} (${shorten(artifactType ?? mediaType)}), not an image`, {
		object: reference,
		hint: attachment.subject === null ? "name a container image" : `it speaks of the image ${attachment.subject}`
	});
}
/** Where an index has several images of one platform (of Windows releases, say), the first counts, as for engines. */
function onePerPlatform(images) {
	return [...Map.groupBy(images, ({ platform }) => formatPlatform(platform)).values()].flatMap(([first, ...others]) => {
		if (first === void 0) return [];
		const findings = others.map(({ entry, platform }) => ({
			code: "platform-twice",
			detail: `${entry.digest} is for ${formatPlatform(platform)} too`
		}));
		return [{
			...first,
			findings
		}];
	});
}
async function readImage(layout, { entry, platform, findings }) {
	const manifest = await layout.readManifest(entry);
	if (manifest === null) throw blobMissing(layout.files, entry.digest);
	const config = await layout.readConfig(manifest.value.config);
	if (config === null) throw blobMissing(layout.files, manifest.value.config.digest);
	const object = `${layout.files.path}: the manifest ${manifest.digest}`;
	const paired = pairLayers(manifest.value, config.value, object);
	const stated = platformOf(config.value);
	return {
		platform: stated,
		manifest,
		config,
		layers: paired.map((layer, index) => toSourceLayer$1(layout, layer, index)),
		findings: [
			...layout.files.findings,
			...findings,
			...platformFindings(platform, stated),
			...paired.flatMap(({ descriptor }, index) => mediaTypeFindings(descriptor, index)),
			...alignHistory(config.value).findings
		]
	};
}
function platformFindings(listed, stated) {
	if (samePlatform(listed, stated)) return [];
	return [{
		code: "platform-mismatch",
		detail: `the index says ${formatPlatform(listed)}, the config ${formatPlatform(stated)}`
	}];
}
function mediaTypeFindings({ mediaType }, index) {
	if (parseLayerType(mediaType) !== null) return [];
	return [{
		code: "media-type",
		detail: `layer ${index} is called ${JSON.stringify(shorten(mediaType))}`
	}];
}
function toSourceLayer$1(layout, { descriptor, diffId }, index) {
	const { digest, size, mediaType } = descriptor;
	return {
		index,
		diffId,
		digest,
		size,
		mediaType,
		address: digest,
		storedSize: size,
		location: locateLayer(layout, descriptor)
	};
}
function locateLayer(layout, descriptor) {
	const { mediaType, digest, urls = [] } = descriptor;
	const type = parseLayerType(mediaType);
	if (type?.encrypted) return {
		kind: "absent",
		reason: `the layer ${digest} is encrypted`
	};
	const blob = layout.findBlob(descriptor);
	if (blob !== null) return blob.location;
	if (type?.foreign || urls.length > 0) return {
		kind: "absent",
		reason: `the foreign layer ${digest} is not kept here${urls[0] === void 0 ? "" : `, but at ${JSON.stringify(shorten(urls[0]))}`}: it is not fetched`
	};
	return {
		kind: "absent",
		reason: blobMissing(layout.files, digest).message
	};
}
// src/adapters/sources/docker-archive.ts
/**
* Opens an image of what `docker save` writes. The archives of a containerd store keep the manifest as it was
* distributed; those of the classic store, old and new, and of other programs have none of their own: there,
* manifest, layer digests and sizes stay null.
*/
async function openDockerArchive(files, reference, limits) {
	const items = await readItems(files, limits);
	if (items === null) throw noItems(files);
	const item = selectItem(items, reference.name, reference.path);
	const text = formatReference(reference);
	const layout = new Layout(files, limits);
	const { distributed, findings } = await compareWithLayout(layout, item);
	if (distributed !== null) return openLayoutImage(layout, [distributed], text);
	const config = await readConfig(files, item, limits);
	return {
		reference: text,
		embeddedName: embeddedName(item, reference.name),
		platforms: [platformOf(config.value)],
		absentPlatforms: [],
		attachments: [],
		image: async () => toSourceImage(files, item, config, findings),
		[Symbol.asyncDispose]: async () => {}
	};
}
/** Tells whether an archive with a `manifest.json` is best read by that, and not as an OCI layout. */
async function isClassicArchive(files, limits) {
	const [item] = await readItems(files, limits) ?? [];
	if (item === void 0) return false;
	return (await compareWithLayout(new Layout(files, limits), item)).distributed === null;
}
async function compareWithLayout(layout, item) {
	const { files } = layout;
	if (files.find("oci-layout") === null || files.find("index.json") === null) return {
		distributed: null,
		findings: []
	};
	const isClassic = item.LayerSources !== void 0 || files.find("repositories") !== null;
	const configs = /* @__PURE__ */ new Set();
	for (const entry of (await layout.readIndexFile()).manifests) for (const image of (await listContents(layout, [entry])).images) {
		const manifest = (await layout.readManifest(image.entry))?.value;
		if (manifest === void 0) continue;
		if (!isClassic && isSameImage(manifest, item)) return {
			distributed: entry,
			findings: []
		};
		configs.add(blobName(manifest.config.digest));
	}
	if (configs.size === 0 || configs.has(item.Config)) return {
		distributed: null,
		findings: []
	};
	return {
		distributed: null,
		findings: [{
			code: "index-mismatch",
			detail: `${INDEX_FILE} leads to other images than ${ITEMS_FILE}, which is the one that is read`
		}]
	};
}
function isSameImage({ config, layers }, { Config, Layers = [] }) {
	return [config, ...layers].map(({ digest }) => blobName(digest)).join() === [Config, ...Layers].join();
}
/** What programs name configs by: `HEX.json`, `sha256:HEX`, `blobs/sha256/HEX`. */
const CONFIG_NAME = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/;
async function readConfig(files, { Config }, limits) {
	const object = `${files.path}: the config ${shorten(Config)}`;
	const bytes = await files.read(Config, limits);
	if (bytes === null) throw missing(files, Config);
	return parseConfig(bytes, {
		object,
		mediaType: DOCKER_CONFIG,
		digest: digestIn(Config, CONFIG_NAME),
		size: null
	}, limits);
}
function toSourceImage(files, { Layers = [] }, config, findings) {
	const diffIds = config.value.rootfs.diff_ids;
	if (Layers.length !== diffIds.length) {
		const object = `${files.path}: ${ITEMS_FILE}`;
		throw new VarveError("malformed", `${object} has ${Layers.length} layers, the config ${diffIds.length}`, { object });
	}
	return {
		platform: platformOf(config.value),
		manifest: null,
		config,
		layers: diffIds.map((diffId, index) => toSourceLayer(files, Layers[index] ?? "", diffId, index)),
		findings: [
			...files.findings,
			...findings,
			...alignHistory(config.value).findings
		]
	};
}
/** What programs name layers by; `ID/layer.tar` names no content. */
const LAYER_NAME = /^(?:blobs\/sha256\/|sha256:)?([0-9a-f]{64})(?:\.tar(?:\.gz)?)?$/;
function toSourceLayer(files, name, diffId, index) {
	const file = files.find(name);
	const location = file?.location ?? {
		kind: "absent",
		reason: missing(files, name).message
	};
	return {
		index,
		diffId,
		digest: null,
		size: null,
		mediaType: null,
		address: digestIn(name, LAYER_NAME),
		storedSize: file?.size ?? 0,
		location
	};
}
function digestIn(name, pattern) {
	const hex = pattern.exec(name)?.[1];
	return hex === void 0 ? null : digestFromHex(hex);
}
function embeddedName({ RepoTags = [] }, wanted) {
	const name = wanted ?? RepoTags[0];
	return name !== void 0 && isDockerName(name) ? familiarRepository(parseDockerName(name)) : null;
}
function missing(files, name) {
	const object = `${files.path}: ${shorten(name)}`;
	return new VarveError("blob-missing", `${object} is not there`, {
		object,
		hint: "the archive was cut off or is incomplete: save the image again"
	});
}
function noItems(files) {
	if (files.find("repositories") === null || files.unterminated) return noImage(files, ITEMS_FILE, "name an archive as docker save or podman save write them");
	return new VarveError("unsupported", `${files.path} is an archive of Docker before 1.10`, {
		object: files.path,
		hint: "load it into a current engine and save it again"
	});
}
// src/adapters/sources/oci-source.ts
/** Opens an image of an OCI image layout. */
async function openOciImage(files, reference, limits) {
	const layout = new Layout(files, limits);
	const index = await layout.readIndexFile();
	const { tag, digest, path } = reference;
	const entries = digest === null ? await selectEntries(layout, index.manifests, tag) : [await findEntry(layout, index.manifests, digest)];
	if (entries.length === 0) throw new VarveError("image-not-found", `${path} holds no image`, { object: path });
	return openLayoutImage(layout, entries, formatReference(reference));
}
// src/adapters/sources/archive-table.ts
/** The documents that say what an archive holds: programs differ on which of two counts. */
const UNIQUE = /* @__PURE__ */ new Set([
	"oci-layout",
	"index.json",
	"manifest.json",
	"repositories"
]);
const LONGEST_CHAIN = 40;
/** A table of an archive's entries, filled by a scanner. The content of the current entry goes to `onContent`. */
var ArchiveTable = class {
	#entries = /* @__PURE__ */ new Map();
	#limits;
	#path;
	#onContent;
	#twice = [];
	#escaping = [];
	#current = null;
	#chunk = null;
	#chunkOffset = 0;
	constructor(path, limits, onContent = () => {}) {
		this.#path = path;
		this.#limits = limits;
		this.#onContent = onContent;
	}
	/** Says which bytes are pushed to the scanner next, and where in the archive they stand. */
	beginChunk(chunk, offset) {
		this.#chunk = chunk;
		this.#chunkOffset = offset;
	}
	/** Says that the scanner has read up to here: the content of an entry that was just begun follows. */
	endChunk(offset) {
		if (this.#current) this.#current.offset ??= offset;
	}
	enter({ name, type, size, linkName }) {
		this.#current = null;
		if (type !== "file" && type !== "symlink" && type !== "hardlink") return;
		const key = resolveName(toText(name).replace(/^\/+/, ""));
		if (key === null) this.#escaping.push(toText(name));
		else this.#add(key, size, type === "file" ? void 0 : linkTarget(key, type, toText(linkName)));
	}
	content(bytes, start, end) {
		if (this.#current === null) return;
		if (bytes !== this.#chunk) this.#current.sparse = true;
		this.#current.offset ??= this.#chunkOffset + start;
		this.#onContent(this.#current, bytes.subarray(start, end));
	}
	leave() {}
	/**
	* The entry of a name, links followed; null when there is none.
	* @throws VarveError `malformed` for links that lead nowhere, `unsupported` for a sparse file.
	*/
	find(name) {
		let key = resolveName(name);
		for (let steps = 0; steps < LONGEST_CHAIN; steps++) {
			const entry = key === null ? void 0 : this.#entries.get(key);
			if (entry === void 0) return null;
			if (entry.target === void 0) return this.#checked(name, entry);
			key = entry.target;
		}
		throw this.#malformed(`the link ${name} leads back to itself`);
	}
	get findings() {
		return [...summarize("duplicate-entry", this.#twice, "stand in the archive more than once: the last counts"), ...summarize("escaping-entry", this.#escaping, "lead out of the archive: they are passed over")];
	}
	#add(key, size, target) {
		if (this.#entries.has(key)) {
			if (UNIQUE.has(key)) throw this.#malformed(`it has ${key} twice`);
			this.#twice.push(key);
		}
		this.#current = {
			offset: null,
			size,
			target,
			sparse: false
		};
		this.#entries.set(key, this.#current);
		if (this.#entries.size > this.#limits.layerEntries) throw limitExceeded("layerEntries", this.#limits, `${this.#path}: the number of entries`);
	}
	#checked(name, entry) {
		if (entry.sparse) {
			const object = `${this.#path}: ${name}`;
			throw new VarveError("unsupported", `${object} is stored as a sparse file`, {
				object,
				hint: "pack the archive without --sparse"
			});
		}
		return {
			...entry,
			offset: entry.offset ?? 0
		};
	}
	#malformed(problem) {
		return new VarveError("malformed", `${this.#path}: ${problem}`, { object: this.#path });
	}
};
function linkTarget(key, type, link) {
	return resolveName(link, type === "symlink" ? posix.dirname(key) : "");
}
function summarize(code, names, problem) {
	const [first] = names;
	return first === void 0 ? [] : [{
		code,
		detail: `${names.length} entries (${shorten(first)}, …) ${problem}`
	}];
}
// src/adapters/sources/archive.ts
/**
* The entries of an uncompressed tar. Only its headers are read, seeking from one to the next.
* @throws VarveError `malformed`, `truncated`, `limit-exceeded`, `denied`, `unreachable`.
*/
function openArchive(path, limits) {
	const { table, ended } = readTable(path, limits);
	return {
		kind: "archive",
		path,
		unterminated: !ended,
		findings: table.findings,
		find: (name) => {
			const entry = table.find(name);
			return entry && {
				size: entry.size,
				location: {
					kind: "file",
					path,
					offset: entry.offset,
					length: entry.size
				}
			};
		},
		read: async (name, { jsonBytes }) => {
			const entry = table.find(name);
			if (entry === null) return null;
			const { offset, size } = entry;
			if (size > jsonBytes) throw limitExceeded("jsonBytes", limits, `${path}: ${name}`);
			return Buffer.concat([...readRange(path, {
				offset,
				length: size
			}, Buffer.alloc(size))]);
		}
	};
}
function readTable(path, limits) {
	const file = openFile(path);
	try {
		return walkHeaders(path, file, limits);
	} finally {
		closeSync(file);
	}
}
function walkHeaders(path, file, limits) {
	const size = fstatSync(file).size;
	const table = new ArchiveTable(path, limits);
	const scanner = new TarScanner({
		handler: table,
		limits,
		object: path
	});
	const block = Buffer.alloc(512);
	let position = 0;
	while (position < size && !scanner.ended) {
		const { skippable } = scanner;
		if (skippable > 0) {
			if (position % 512 === 0 && position + skippable > size) throw endsEarly(path, position + skippable, size);
			scanner.skip();
			position += skippable;
		} else {
			const bytes = block.subarray(0, Math.min(512, size - position));
			readAt(path, file, bytes, position);
			table.beginChunk(bytes, position);
			scanner.push(bytes);
			position += bytes.length;
			table.endChunk(position);
		}
	}
	scanner.end();
	return {
		table,
		ended: scanner.ended
	};
}
function openFile(path) {
	try {
		return openSync(path, constants$1.O_RDONLY | constants$1.O_NONBLOCK);
	} catch (fault) {
		throw readFault(fault, path);
	}
}
function readAt(path, file, bytes, position) {
	for (let done = 0; done < bytes.length;) {
		const read = readOnce(path, file, bytes, done, position + done);
		if (read === 0) throw endsEarly(path, position + bytes.length, position + done);
		done += read;
	}
}
function readOnce(path, file, bytes, from, position) {
	try {
		return readSync(file, bytes, from, bytes.length - from, position);
	} catch (fault) {
		throw readFault(fault, path);
	}
}
function endsEarly(path, expected, found) {
	return new VarveError("truncated", `${path} ends at byte ${found}, and should go on to byte ${expected}`, {
		object: path,
		hint: "the archive was cut off, or is still being written: make or fetch it again"
	});
}
// src/adapters/sources/compressed-archive.ts
const KiB = 1024;
/** What is kept of an archive's documents, so that they need no second pass; larger ones are read again. */
const LARGEST_KEPT = 1024 * KiB;
const KEPT_IN_ALL = 65536 * KiB;
/** Of JSON, spaces may stand before the first bracket. */
const BEGINS_AS_JSON = /^[ \t\r\n]*[[{]/;
/**
* The entries of a compressed tar, found in one pass that inflates all of it. Layers stay where they are.
* @throws VarveError `malformed`, `truncated`, `unsupported`, `limit-exceeded`, `denied`, `unreachable`.
*/
async function openCompressedArchive(path, compression, limits) {
	const inflate = () => decode$1(readRange(path), {
		object: path,
		format: compression
	});
	const kept = new KeptDocuments();
	const table = new ArchiveTable(path, limits, (entry, bytes) => kept.add(entry, bytes));
	const ended = await scanAll(inflate(), table, path, limits);
	const find = (name) => table.find(name);
	return {
		kind: "archive",
		path,
		unterminated: !ended,
		findings: table.findings,
		find: (name) => {
			const entry = find(name);
			if (entry === null) return null;
			const { offset, size } = entry;
			return {
				size,
				location: {
					kind: "compressed-file",
					path,
					compression,
					offset,
					length: size
				}
			};
		},
		read: async (name, { jsonBytes }) => {
			const entry = find(name);
			if (entry === null) return null;
			if (entry.size > jsonBytes) throw limitExceeded("jsonBytes", limits, `${path}: ${name}`);
			return kept.get(entry) ?? readAgain(inflate(), path, entry);
		}
	};
}
async function scanAll(source, table, path, limits) {
	const scanner = new TarScanner({
		handler: table,
		limits,
		object: path
	});
	let position = 0;
	for await (const chunk of source) {
		const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		table.beginChunk(bytes, position);
		scanner.push(bytes);
		position += bytes.length;
	}
	scanner.end();
	return scanner.ended;
}
async function readAgain(source, path, { offset, size }) {
	await using reader = new ForwardReader(source, path);
	const bytes = Buffer.alloc(size);
	let done = 0;
	for await (const chunk of reader.range(offset, size)) {
		bytes.set(chunk, done);
		done += chunk.byteLength;
	}
	return bytes;
}
/** The contents of small entries that look like JSON, by their offset. */
var KeptDocuments = class {
	#documents = /* @__PURE__ */ new Map();
	#inAll = 0;
	add({ offset, size }, bytes) {
		if (offset === null || size > LARGEST_KEPT) return;
		const begun = this.#documents.get(offset);
		if (begun === void 0) {
			if (this.#inAll + size > KEPT_IN_ALL || !BEGINS_AS_JSON.test(bytes.toString("latin1", 0, 100))) return;
			this.#inAll += size;
			this.#documents.set(offset, Buffer.from(bytes));
		} else this.#documents.set(offset, Buffer.concat([begun, bytes]));
	}
	/** Null for what was not kept whole. */
	get({ offset, size }) {
		const document = this.#documents.get(offset);
		return document?.length === size ? document : null;
	}
};
// src/adapters/sources/folder.ts
/**
* The files of a folder. Links are followed, since build tools make layouts of links; pipes and devices are not
* waited for. Reads are synchronous: a trip through the thread pool costs more than a small read.
*/
function openFolder(path) {
	return {
		kind: "folder",
		path,
		unterminated: false,
		findings: [],
		find: (name) => findFile(path, name),
		read: async (name, limits) => readSmallFile(path, name, limits)
	};
}
function findFile(root, name) {
	const path = placeOf(root, name);
	const stats = path === null ? null : statOf(path);
	if (path === null || !stats?.isFile()) return null;
	return {
		size: stats.size,
		location: {
			kind: "file",
			path,
			offset: 0,
			length: stats.size
		}
	};
}
function readSmallFile(root, name, limits) {
	const path = placeOf(root, name);
	if (path === null) return null;
	let file;
	try {
		file = openSync(path, constants$1.O_RDONLY | constants$1.O_NONBLOCK);
		const stats = fstatSync(file);
		if (!stats.isFile()) throw new VarveError("malformed", `${path} is not a regular file`, { object: path });
		if (stats.size > limits.jsonBytes) throw limitExceeded("jsonBytes", limits, path);
		return readFileSync(file);
	} catch (fault) {
		if (isNothing(fault)) return null;
		throw readFault(fault, path);
	} finally {
		if (file !== void 0) closeSync(file);
	}
}
/** What stands at a path; null when nothing does. @throws VarveError `denied`, `unreachable`. */
function statOf(path) {
	try {
		return statSync(path);
	} catch (fault) {
		if (isNothing(fault)) return null;
		throw readFault(fault, path);
	}
}
function placeOf(root, name) {
	const resolved = resolveName(name);
	return resolved === null ? null : join(root, resolved);
}
function isNothing(fault) {
	const errno = errnoOf(fault);
	return errno === "ENOENT" || errno === "ENOTDIR";
}
// src/adapters/sources/open-files.ts
/**
* Opens a folder, a tar, or a tar compressed with gzip or zstd, whatever its name says.
* @throws VarveError `image-not-found` when nothing is there; `malformed` and the like for what is no tar.
*/
async function openFiles(path, limits) {
	const stats = statOf(path);
	if (stats === null) throw new VarveError("image-not-found", `nothing is at ${path}`, {
		object: path,
		hint: "check the path; the image of an engine or a registry must be saved as a file first"
	});
	if (stats.isDirectory()) return openFolder(path);
	const [head] = readRange(path, {
		offset: 0,
		length: Math.min(512, stats.size)
	});
	if (head === void 0) throw new VarveError("truncated", `${path} is an empty file`, { object: path });
	const compression = sniff(head);
	if (compression !== "none") return openCompressedArchive(path, compression, limits);
	checkBeginning(path, Buffer.from(head));
	return openArchive(path, limits);
}
function checkBeginning(path, head) {
	try {
		if (head.length === 512) checkBlock(head, 0);
		else throw new TarFault("it is shorter than a header");
	} catch (cause) {
		throw new VarveError("malformed", `${path} is no archive: neither a tar nor one in gzip or zstd`, {
			object: path,
			cause,
			hint: "name an OCI layout, or an archive as docker save, podman save or skopeo write them"
		});
	}
}
// src/adapters/sources/file-sources.ts
const TRANSPORTS = [
	"oci",
	"oci-archive",
	"docker-archive"
];
/** The transports of images that are kept in files. */
function createFileSources(limits) {
	return TRANSPORTS.map((transport) => ({
		transport,
		open: async (reference) => {
			if (reference.transport === "docker" || reference.transport === "docker-daemon") throw new VarveError("internal", `the ${transport} source was asked for ${reference.transport}`);
			return openKept(await openFiles(reference.path, limits), reference, limits);
		}
	}));
}
/**
* Opens an image at a path, of the kind that its content shows.
* @throws VarveError `image-not-found` when nothing is there or nothing that is an image.
*/
async function openDetected(reference, limits) {
	const { path, selector, digest } = reference;
	const files = await openFiles(path, limits);
	const transport = await detectTransport(files, limits);
	if (transport === null) throw noImage(files, files.kind === "folder" ? INDEX_FILE : `${INDEX_FILE} or ${ITEMS_FILE}`, "name an OCI layout, or an archive as docker save, podman save or skopeo write them");
	if (transport !== "docker-archive") return openKept(files, {
		transport,
		path,
		tag: selector,
		digest
	}, limits);
	if (digest !== null) throw new VarveError("bad-reference", `${path} is a docker-archive: its images are chosen by NAME:TAG`, { object: path });
	return openKept(files, {
		transport,
		path,
		name: selector
	}, limits);
}
/** What kind of image files are; null when they are none. */
async function detectTransport(files, limits) {
	const isLayout = files.find(INDEX_FILE) !== null;
	if (files.kind === "folder") return isLayout ? "oci" : null;
	if (await isClassicArchive(files, limits)) return "docker-archive";
	if (isLayout) return "oci-archive";
	return files.find("repositories") === null ? null : "docker-archive";
}
async function openKept(files, reference, limits) {
	const expected = reference.transport === "oci" ? "folder" : "archive";
	if (files.kind !== expected) {
		const { path, transport } = reference;
		throw new VarveError("image-not-found", `${path} is ${files.kind === "folder" ? "a folder" : "a file"}`, {
			object: path,
			hint: files.kind === "folder" ? `${transport} reads files: write oci:${path}` : `oci reads folders: write oci-archive:${path} or docker-archive:${path}`
		});
	}
	return reference.transport === "docker-archive" ? openDockerArchive(files, reference, limits) : openOciImage(files, reference, limits);
}
// src/adapters/sources/image-opener.ts
/** Where a bare word is looked for that no image stands under as a file, in this order. */
const NAMED = ["docker-daemon:", "docker://"];
/** Opens images by name, from the sources that there are. */
function createImageOpener(sources, limits) {
	const sourceOf = (reference) => sources.find(({ transport }) => transport === reference.transport);
	const openNamed = async (text, missing) => {
		for (const prefix of NAMED) {
			const reference = parseReference(`${prefix}${text}`);
			const source = reference.transport === null ? void 0 : sourceOf(reference);
			if (reference.transport === null || source === void 0) continue;
			try {
				return await source.open(reference);
			} catch (fault) {
				missing = unlessAbsent(fault);
			}
		}
		throw missing;
	};
	return { open: async (text) => {
		const reference = parseReference(text, existsSync);
		if (reference.transport !== null) {
			const source = sourceOf(reference);
			if (source === void 0) throw noTransport(reference, sources);
			return source.open(reference);
		}
		try {
			return await openDetected(reference, limits);
		} catch (fault) {
			if (reference.pathOnly) throw fault;
			return openNamed(text, unlessAbsent(fault));
		}
	} };
}
/** A bare word means a file only where an image is: one that is none does not hide the image of that name. */
function unlessAbsent(fault) {
	const error = toVarveError(fault);
	if (error.code === "image-not-found" || error.code === "malformed") return error;
	throw error;
}
function noTransport(reference, sources) {
	const text = formatReference(reference);
	const known = sources.map(({ transport }) => `${transport}:`).join(", ");
	return new VarveError("bad-reference", `${text}: the transport ${reference.transport} is not there yet, only ${known}`, {
		object: text,
		hint: "save the image as a file first: docker save -o image.tar NAME, or skopeo copy … oci:DIR"
	});
}
// src/adapters/surface-stores/directory-limits.ts
/** No manifest of a single artefact, and no layer record, comes near this many bytes. */
const MANIFEST_BYTES = 1048576;
/** Bytes that a payload may take compressed: zstd adds a 256th at most, and a few headers. */
function compressedLimit(sizeBytes) {
	return sizeBytes + Math.ceil(sizeBytes / 128) + 65536;
}
// src/adapters/surface-stores/directory-verify.ts
/** A payload younger than this many milliseconds may be waiting for its manifest, which its writer names next. */
const GRACE = 36e5;
/**
* Reads every manifest and payload, and yields what is damaged, misplaced or alone.
* @param now the clock, in milliseconds since 1970.
*/
async function* verifySurface(tree, now) {
	for (const file of walk(tree, MANIFESTS$1)) yield* verifyManifest(tree, file);
	for (const file of walk(tree, PAYLOADS)) yield* verifyPlace(tree, file, now);
}
async function* verifyManifest(tree, { path, regular }) {
	const key = parseManifestPath(path);
	if (key === null || !regular) yield {
		object: path,
		problem: "is no object of the store"
	};
	else if (key.kind === "image.surface") yield* verifySurfaceManifest(tree, key, path);
	else yield* verifyArtefact(tree, key, path);
}
async function* verifyArtefact(tree, key, path) {
	let object = path;
	try {
		const bytes = tree.read(path, MANIFEST_BYTES);
		if (bytes === null) return;
		const manifest = parseArtefactManifest(bytes, key, path);
		const { sizeBytes } = manifest.storage;
		object = payloadPath(key, formatOf(manifest));
		const compressed = tree.read(object, compressedLimit(sizeBytes));
		if (compressed === null) yield {
			object,
			problem: "is missing, but has a manifest"
		};
		else await verifyPayload(compressed, {
			digest: key.digest,
			sizeBytes,
			object
		});
	} catch (fault) {
		yield damageOf(object, fault);
	}
}
async function* verifySurfaceManifest(tree, { tenant, digest }, path) {
	try {
		const bytes = tree.read(path, DEFAULT_LIMITS.jsonBytes);
		if (bytes === null) return;
		const manifest = parseSurfaceManifest(bytes, {
			tenant,
			digest
		}, path);
		for (const artifact of manifest.artifacts) {
			const key = {
				tenant,
				kind: artifact.kind,
				digest: artifact.digest
			};
			if (!tree.holds(manifestPath(key))) yield {
				object: path,
				problem: `lists ${key.kind} ${key.digest}, which the store does not have`
			};
		}
	} catch (fault) {
		yield damageOf(path, fault);
	}
}
/** Payloads are read with their manifests; here it is asked whether each has one. */
function* verifyPlace(tree, { path, regular }, now) {
	const payload = parsePayloadPath(path);
	if (payload === null || !regular) {
		yield {
			object: path,
			problem: "is no object of the store"
		};
		return;
	}
	if (now() - (tree.changedAt(path) ?? now()) > GRACE && !tree.holds(manifestPath(payload.key))) yield {
		object: path,
		problem: "has no manifest"
	};
}
// src/adapters/surface-stores/directory.ts
/** The surface of a CAS root on disk. Any number of processes may share the root. */
var DirectorySurfaceStore = class {
	location;
	#tree;
	#writer;
	#now;
	/** @param now the clock, in milliseconds since 1970. */
	constructor(directory, now) {
		this.location = directory.location;
		this.#tree = directory.tree;
		this.#writer = directory.writer;
		this.#now = now;
	}
	async put(artefacts) {
		const byPath = new Map(artefacts.map((artefact) => [manifestPath(artefact.key), artefact]));
		for (const { key, sizeBytes, compressed } of byPath.values()) await verifyPayload(compressed, {
			digest: key.digest,
			sizeBytes,
			object: `${key.kind} ${key.digest}`
		});
		const payloads = [...byPath.values()].map(payloadFile);
		const manifests = [...byPath].map(([path, artefact]) => manifestFile(path, artefact));
		const newPayloads = payloads.filter(({ path, bytes }) => !this.#holdsBytes(path, bytes));
		const newManifests = manifests.filter(({ path }) => !this.#tree.holds(path));
		await this.#writer.commit([newPayloads, newManifests]);
		await Promise.all([...byPath].map(([path, artefact]) => this.#mergeManifest(path, artefact)));
		const written = /* @__PURE__ */ new Set([...newPayloads, ...newManifests]);
		const found = [...payloads, ...manifests].filter((file) => !written.has(file));
		await this.#writer.settle(found.map(({ path }) => path));
	}
	async getManifest(key) {
		const path = manifestPath(key);
		const bytes = this.#tree.read(path, MANIFEST_BYTES);
		if (bytes === null) return null;
		const manifest = parseArtefactManifest(bytes, key, path);
		return this.#tree.holds(payloadPath(key, formatOf(manifest))) ? manifest : null;
	}
	async getPayload(key) {
		const manifest = await this.getManifest(key);
		if (manifest === null) return null;
		const { sizeBytes } = manifest.storage;
		const object = payloadPath(key, formatOf(manifest));
		const compressed = this.#tree.read(object, compressedLimit(sizeBytes));
		return compressed && openPayload(compressed, {
			digest: key.digest,
			sizeBytes,
			object
		});
	}
	async renew(keys, expiresAt) {
		const extend = async (key) => {
			const path = manifestPath(key);
			await this.#writer.update(path, MANIFEST_BYTES, (present) => {
				const manifest = present && parseArtefactManifest(present, key, path);
				return manifest && extendedBytes(manifest, expiresAt(key));
			});
		};
		await Promise.all(keys.map(extend));
	}
	async putSurfaceManifest(manifest) {
		const digest = surfaceManifestDigest(manifest);
		const path = surfaceManifestPath(manifest.tenant, digest);
		const bytes = canonicalBytes(manifest);
		parseSurfaceManifest(bytes, {
			tenant: manifest.tenant,
			digest
		}, path);
		if (this.#holdsBytes(path, bytes)) await this.#writer.settle([path]);
		else await this.#writer.commit([[{
			path,
			bytes,
			existing: "replace"
		}]]);
		return digest;
	}
	async getSurfaceManifest(tenant, digest) {
		const path = surfaceManifestPath(tenant, digest);
		const bytes = this.#tree.read(path, DEFAULT_LIMITS.jsonBytes);
		return bytes && parseSurfaceManifest(bytes, {
			tenant,
			digest
		}, path);
	}
	async tenants() {
		return this.#directories(`${MANIFESTS$1}/tenants`).filter(isTenant);
	}
	async kinds(tenant) {
		return this.#directories(`${MANIFESTS$1}/tenants/${parseTenant(tenant)}`).filter(isKind);
	}
	async *list({ tenant, kind, onDamage }) {
		const kinds = (await this.kinds(tenant)).filter((each) => each === (kind ?? each) && each !== "image.surface");
		for (const each of kinds) yield* this.#each(tenant, each, onDamage, (key) => this.getManifest(key));
	}
	async *listSurfaceManifests(query) {
		yield* this.#each(query.tenant, SURFACE_KIND, query.onDamage, async ({ tenant, digest }) => {
			const manifest = await this.getSurfaceManifest(tenant, digest);
			return manifest && {
				digest,
				manifest
			};
		});
	}
	verify() {
		return verifySurface(this.#tree, this.#now);
	}
	/** Brings the manifest that is there, the first writer's or a damaged one, to what it should be. */
	async #mergeManifest(path, artefact) {
		await this.#writer.update(path, MANIFEST_BYTES, (present) => {
			const manifest = present && usableManifest(present, path, artefact);
			return manifest === null ? manifestBytes(artefact) : extendedBytes(manifest, artefact.expiresAt);
		});
	}
	#holdsBytes(path, bytes) {
		try {
			return this.#tree.holds(path) && (this.#tree.read(path, bytes.length)?.equals(bytes) ?? false);
		} catch (fault) {
			if (toVarveError(fault).kind === "bytes") return false;
			throw fault;
		}
	}
	#directories(path) {
		return this.#tree.list(path).flatMap(({ name, type }) => type === "directory" ? [name] : []);
	}
	async *#each(tenant, kind, onDamage, read) {
		const folder = `${MANIFESTS$1}/tenants/${parseTenant(tenant)}/${kind}`;
		for (const { name } of this.#tree.list(folder)) {
			const key = parseManifestPath(`${folder}/${name}`);
			if (key === null) continue;
			try {
				const found = await read(key);
				if (found !== null) yield found;
			} catch (fault) {
				if (onDamage === void 0 || toVarveError(fault).kind !== "bytes") throw fault;
				onDamage(damageOf(`${folder}/${name}`, fault));
			}
		}
	}
};
function payloadFile({ key, format, compressed }) {
	return {
		path: payloadPath(key, format),
		bytes: compressed,
		existing: "replace"
	};
}
/** A manifest that another writer puts first stays: it is merged with afterwards. */
function manifestFile(path, artefact) {
	return {
		path,
		bytes: manifestBytes(artefact),
		existing: "keep"
	};
}
function manifestBytes(artefact) {
	return canonicalBytes(buildArtefactManifest(artefact));
}
/** The manifest in other words when its expiry is worth moving; null when it may stay. */
function extendedBytes(present, expiresAt) {
	const extended = extendManifest(present, expiresAt);
	return extended === present ? null : canonicalBytes(extended);
}
/** The manifest that is there, unless it is damaged or does not describe this payload. */
function usableManifest(bytes, path, artefact) {
	try {
		const manifest = parseArtefactManifest(bytes, artefact.key, path);
		return formatOf(manifest) === artefact.format && manifest.storage.sizeBytes === artefact.sizeBytes ? manifest : null;
	} catch {
		return null;
	}
}
// src/adapters/surface-stores/directory-markers.ts
/** Folder of all markers. */
const TENANT_MARKERS = `${INDEX}/tenants`;
const LayerRecordSchema = /* @__PURE__ */ strictObject({
	diffId: DigestSchema,
	uncompressedSize: SizeSchema,
	fragments: /* @__PURE__ */ array(FragmentRecordSchema)
});
/** The markers that a snapshot gives rise to: texts by their paths under the root. */
function markersOf(tenant, snapshot) {
	const markers = /* @__PURE__ */ new Map();
	for (const { digest, diffId, uncompressedSize, fragments } of snapshot.layers) {
		if (digest !== null) markers.set(blobMarkerPath(tenant, digest), diffId);
		const record = canonicalJson({
			diffId,
			uncompressedSize,
			fragments
		});
		markers.set(`${layerMarkersPath(tenant, diffId)}/${recordName(record)}`, record);
	}
	return markers;
}
/** Path of the marker that holds the diffID of a blob. */
function blobMarkerPath(tenant, blob) {
	return `${TENANT_MARKERS}/${parseTenant(tenant)}/blobs/${sharded(blob)}`;
}
/** Folder of the markers that hold what is known of a layer. */
function layerMarkersPath(tenant, diffId) {
	return `${TENANT_MARKERS}/${parseTenant(tenant)}/layers/${sharded(diffId)}`;
}
/** The diffID in a blob's marker; null when the marker is damaged. */
function readBlobMarker(text) {
	return isDigest(text) ? text : null;
}
/** The record in a layer's marker; null when the marker is damaged or belongs elsewhere. */
function readLayerMarker(text, name, diffId) {
	if (recordName(text) !== name) return null;
	try {
		const record = parseStored(LayerRecordSchema, Buffer.from(text), name);
		return record.diffId === diffId ? record : null;
	} catch {
		return null;
	}
}
/** All that several markers say of one layer; what they contradict each other in is not known. */
function mergeLayerRecords(records) {
	const [first] = records;
	if (first === void 0 || records.some((each) => each.uncompressedSize !== first.uncompressedSize)) return null;
	const byKey = Map.groupBy(records.flatMap((record) => record.fragments), fragmentKey);
	return {
		...first,
		fragments: [...byKey.values()].flatMap(agreedFragment)
	};
}
function agreedFragment(results) {
	const [first] = results;
	return first !== void 0 && results.every((each) => each.digest === first.digest) ? [first] : [];
}
function sharded(digest) {
	const hex = hexOf(digest);
	return `${hex.slice(0, 2)}/${hex}`;
}
function recordName(text) {
	return `${hexOf(digestOf(text))}.json`;
}
// src/adapters/surface-stores/directory-layer-records.ts
/**
* Layer records as small marker files: one for each blob, that holds its diffID, and one for each record of a layer,
* named by its own hash. None is shared by writers of different things, so none can be lost; what is damaged or
* cannot be read counts as absent, since all of it can be learnt again.
*/
var DirectoryLayerRecords = class {
	#tree;
	#writer;
	constructor(directory) {
		this.#tree = directory.tree;
		this.#writer = directory.writer;
	}
	async record(tenant, snapshot) {
		await this.#place(markersOf(tenant, snapshot));
	}
	async findDiffId(tenant, blob) {
		const text = this.#read(blobMarkerPath(tenant, blob));
		return text === null ? null : readBlobMarker(text);
	}
	async findLayer(tenant, diffId) {
		const folder = layerMarkersPath(tenant, diffId);
		return mergeLayerRecords(this.#names(folder).map((name) => {
			const text = this.#read(`${folder}/${name}`);
			return text === null ? null : readLayerMarker(text, name, diffId);
		}).filter((record) => record !== null));
	}
	async rebuild(tenant, snapshots) {
		const markers = await gatherMarkers(tenant, snapshots);
		await this.#place(markers);
		const folder = `${TENANT_MARKERS}/${parseTenant(tenant)}`;
		const others = [...walk(this.#tree, folder)].filter(({ path }) => !markers.has(path));
		await this.#writer.remove(others.map(({ path }) => path));
	}
	async *verify(snapshotsOf) {
		for (const { name: tenant } of this.#tree.list(TENANT_MARKERS)) {
			const files = [...walk(this.#tree, `${TENANT_MARKERS}/${tenant}`)];
			const markers = isTenant(tenant) ? await gatherMarkers(tenant, snapshotsOf(tenant)) : /* @__PURE__ */ new Map();
			for (const { path } of files) {
				const text = markers.get(path);
				if (text === void 0) yield {
					object: path,
					problem: "is borne out by no stored snapshot"
				};
				else if (this.#read(path) !== text) yield {
					object: path,
					problem: "disagrees with the stored snapshots"
				};
			}
		}
	}
	async #place(markers) {
		const missing = [...markers].filter(([path, text]) => this.#read(path) !== text);
		await this.#writer.place(missing.map(([path, text]) => ({
			path,
			bytes: Buffer.from(text),
			existing: "replace"
		})));
	}
	#read(path) {
		return absentIfUnreadable(() => this.#tree.read(path, 1048576)?.toString("utf8") ?? null);
	}
	#names(folder) {
		return absentIfUnreadable(() => this.#tree.list(folder).map(({ name }) => name)) ?? [];
	}
};
async function gatherMarkers(tenant, snapshots) {
	const markers = /* @__PURE__ */ new Map();
	for await (const snapshot of snapshots) for (const [path, text] of markersOf(tenant, snapshot)) markers.set(path, text);
	return markers;
}
function absentIfUnreadable(read) {
	try {
		return read();
	} catch (fault) {
		if (fault instanceof VarveError) return null;
		throw fault;
	}
}
// src/entry/compose.ts
/** Beside this module, built or not. */
const scriptOf = (name) => new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
/** Puts the tools together for reading images into a store. */
function composeTools(store, settings, environment, startProgress) {
	const limits = readLimits(settings);
	const reader = new ThreadedLayerReader({
		limits,
		analyzers: LAYER_ANALYZERS,
		workerScript: scriptOf("layer-worker"),
		inflateScript: scriptOf("inflate-worker"),
		engine: environment.VARVE_INFLATE === "public" ? "public" : "auto"
	});
	return {
		opener: createImageOpener(createFileSources(limits), limits),
		host: hostPlatform(process.arch),
		reader,
		store,
		wanted: LAYER_ANALYZERS.map(describeAnalyzer),
		startProgress,
		[Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]()
	};
}
/** Opens stores by folder; the same folder gives the same store. */
var Stores = class {
	#open = /* @__PURE__ */ new Map();
	directory(path) {
		const root = resolve(path);
		const store = this.#open.get(root) ?? openDirectory(path);
		this.#open.set(root, store);
		return store;
	}
};
function openDirectory(path) {
	const directory = openStoreDirectory(path);
	return {
		location: directory.location,
		surface: new DirectorySurfaceStore(directory, Date.now),
		layers: new DirectoryLayerRecords(directory),
		history: new DirectoryHistoryStore(directory)
	};
}
function readLimits(settings) {
	return {
		layerBytes: settings["max-layer-bytes"],
		layerEntries: settings["max-layer-entries"],
		sparseBytes: settings["max-sparse-bytes"],
		headerBytes: settings["max-header-bytes"],
		jsonBytes: settings["max-json-bytes"]
	};
}
export { SNAPSHOT_KIND as A, minValue as B, TimeSchema as C, SnapshotSchema as D, SizeSchema as E, array as F, pipe as G, number as H, base64 as I, safeInteger as J, record as K, exactOptional as L, TenantSchema as M, parseKey as N, COMPARISON_KIND as O, parseKind as P, literal as R, HISTORY_SCHEMA as S, PlatformSchema$1 as T, object as U, nullable as V, picklist as W, strictObject as X, safeParse as Y, string as Z, malformed as _, compareFragments as a, compressPayload as b, parseConfig as c, buildSurfaceManifest as d, keyOfArtifact as f, SurfaceArtifactSchema as g, formatOf as h, buildSnapshot as i, SURFACE_KIND as j, CONFIG_KIND as k, parseLayerType as l, surfaceManifestUri as m, composeTools as n, fragmentKey as o, parseSurfaceUri as p, regex as q, alignHistory as r, snapshotBytes as s, Stores as t, artifactOf as u, parseStored as v, DigestSchema as w, openPayload as x, expiryOf as y, maxValue as z };
