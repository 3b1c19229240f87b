import { r as __toESM, t as __commonJSMin } from "./rolldown-runtime.js";
import { t as VarveError } from "./errors.js";
import { i as formatSizeDelta, r as formatSize, t as formatCount } from "./human-size.js";
import { a as withoutCredentials, i as mayShow, o as countedLayers, r as snapshotLines, t as comparedLines } from "./layer-lines.js";
import { C as canonicalJson, g as pathName, h as pathBytes, v as fromText } from "./catalogue.js";
import { a as Overlay, c as mergeSorted, d as targetOf, f as IMPLICIT_DIRECTORY, i as openRootfs, l as pathIn, o as rememberEntries, p as copyState, s as inPathOrder, u as applyLayer } from "./take-snapshot.js";
import { r as formatPlatform } from "./platform.js";
// src/core/comparison/common-subsequence.ts
/** Cells of the table that the exact search may fill: enough for 4,000 by 4,000; engines take 127 layers. */
const MAX_CELLS = 2 ** 24;
/**
* A longest common subsequence, as pairs of places in the two lists. Of several the one that keeps the earliest places
* of the first list. Lists too long for the exact search, which only somebody hostile makes, get a common subsequence
* that need not be the longest: what both begin and end with, and in between each item with its next equal.
*/
function findCommonSubsequence(first, second) {
	const shorter = Math.min(first.length, second.length);
	let start = 0;
	while (start < shorter && first[start] === second[start]) start++;
	const prefix = Array.from({ length: start }, (_, at) => [at, at]);
	const rest = [first.slice(start), second.slice(start)];
	const found = (rest[0].length + 1) * (rest[1].length + 1) <= MAX_CELLS ? searchExactly(...rest) : matchGreedily(...rest);
	return [...prefix, ...found.map(([a, b]) => [a + start, b + start])];
}
function searchExactly(first, second) {
	const width = second.length + 1;
	/** Length of the longest common subsequence of what begins at a place of each list. */
	const lengths = new Uint16Array((first.length + 1) * width);
	const lengthAt = (a, b) => lengths[a * width + b];
	for (let a = first.length - 1; a >= 0; a--) for (let b = second.length - 1; b >= 0; b--) lengths[a * width + b] = first[a] === second[b] ? lengthAt(a + 1, b + 1) + 1 : Math.max(lengthAt(a + 1, b), lengthAt(a, b + 1));
	const pairs = [];
	for (let a = 0, b = 0; lengthAt(a, b) > 0; a++) {
		const match = second.indexOf(first[a], b);
		if (match === -1 || lengthAt(a + 1, match + 1) + 1 < lengthAt(a, b)) continue;
		pairs.push([a, match]);
		b = match + 1;
	}
	return pairs;
}
function matchGreedily(first, second) {
	const shorter = Math.min(first.length, second.length);
	let tail = 0;
	while (tail < shorter && first.at(-1 - tail) === second.at(-1 - tail)) tail++;
	const places = /* @__PURE__ */ new Map();
	for (let b = second.length - tail - 1; b >= 0; b--) {
		const item = second[b];
		const known = places.get(item);
		if (known === void 0) places.set(item, [b]);
		else known.push(b);
	}
	const pairs = [];
	let from = 0;
	for (let a = 0; a < first.length - tail; a++) {
		const left = places.get(first[a]);
		while (left?.length && left.at(-1) < from) left.pop();
		const match = left?.pop();
		if (match === void 0) continue;
		pairs.push([a, match]);
		from = match + 1;
	}
	for (let back = tail; back > 0; back--) pairs.push([first.length - back, second.length - back]);
	return pairs;
}
// src/core/comparison/pair.ts
/**
* Pairs layers that differ in content by the instructions that made them. What is then left on each side is paired in
* order if it is equally much: the instructions themselves were edited.
*/
function pairLayers(base, target) {
	const same = findCommonSubsequence(base.map(stepOf), target.map(stepOf));
	const pairedInBase = new Set(same.map(([place]) => place));
	const pairedInTarget = new Set(same.map(([, place]) => place));
	const left = base.filter((_, place) => !pairedInBase.has(place));
	const right = target.filter((_, place) => !pairedInTarget.has(place));
	return [...same.flatMap(([a, b]) => pairOf(base[a], target[b], false)), ...left.length === right.length ? left.flatMap((layer, place) => pairOf(layer, right[place], true)) : []];
}
const stepOf = ({ step }) => step;
function pairOf(base, target, edited) {
	return base && target ? [{
		base,
		target,
		edited
	}] : [];
}
// src/core/comparison/align.ts
/**
* Finds for each layer of two images what became of it: first by content, anywhere in the image; then, among what lies
* between the layers that stayed, by the instruction that made it.
* @returns every layer once, in the order of the target, a removed one where it stood.
*/
function alignLayers(base, target) {
	const anchors = findCommonSubsequence(base.map(diffIdOf), target.map(diffIdOf));
	const moved = findMoved(base, target, anchors);
	const movedAway = new Set(moved.values());
	const aligned = [];
	let [baseStart, targetStart] = [0, 0];
	for (const [baseEnd, targetEnd] of [...anchors, [base.length, target.length]]) {
		const lost = base.slice(baseStart, baseEnd).filter((layer) => !movedAway.has(layer));
		for (const pair of alignGap(lost, target.slice(targetStart, targetEnd), moved)) aligned.push(pair);
		const [kept, same] = [base[baseEnd], target[targetEnd]];
		if (kept !== void 0 && same !== void 0) aligned.push(keep(kept, same));
		[baseStart, targetStart] = [baseEnd + 1, targetEnd + 1];
	}
	return aligned;
}
const diffIdOf = ({ diffId }) => diffId;
function keep(base, target) {
	return {
		status: base.digest !== null && target.digest !== null && base.digest !== target.digest ? "recompressed" : "unchanged",
		base,
		target,
		edited: false
	};
}
/** The layers, besides those that stayed, that stand elsewhere in the other image: target layer → base layer. */
function findMoved(base, target, anchors) {
	const keptInBase = new Set(anchors.map(([place]) => place));
	const keptInTarget = new Set(anchors.map(([, place]) => place));
	const lost = /* @__PURE__ */ new Map();
	base.forEach((layer, place) => {
		if (keptInBase.has(place)) return;
		const same = lost.get(layer.diffId);
		if (same === void 0) lost.set(layer.diffId, [layer]);
		else same.push(layer);
	});
	for (const same of lost.values()) same.reverse();
	const moved = /* @__PURE__ */ new Map();
	target.forEach((layer, place) => {
		const from = keptInTarget.has(place) ? void 0 : lost.get(layer.diffId)?.pop();
		if (from !== void 0) moved.set(layer, from);
	});
	return moved;
}
/** Aligns what lies between two layers that stayed; of the base, what did not move elsewhere. */
function* alignGap(base, target, moved) {
	const rebuilt = pairLayers(base, target.filter((layer) => !moved.has(layer)));
	const byTarget = new Map(rebuilt.map((pair) => [pair.target, pair]));
	const replaced = new Set(rebuilt.map((pair) => pair.base));
	const removed = base.filter((layer) => !replaced.has(layer)).map(remove);
	let next = 0;
	for (const layer of target) {
		const pair = byTarget.get(layer);
		if (pair === void 0) {
			yield moved.has(layer) ? move(moved.get(layer), layer) : add(layer);
			continue;
		}
		for (; (removed[next]?.base?.index ?? Infinity) < pair.base.index; next++) yield removed[next];
		yield {
			status: "rebuilt",
			...pair
		};
	}
	yield* removed.slice(next);
}
const move = (base, target) => ({
	status: "moved",
	base: base ?? null,
	target,
	edited: false
});
const add = (target) => ({
	status: "added",
	base: null,
	target,
	edited: false
});
const remove = (base) => ({
	status: "removed",
	base,
	target: null,
	edited: false
});
// src/core/comparison/file-changes.ts
/** Tells in what two states of a path differ; the modification time only when asked. */
function findChanges(base, target, withTime) {
	const changes = [];
	const sameType = base.type === target.type;
	if (base.sha256 !== target.sha256 && sameType) changes.push("content");
	if (!sameType) changes.push("type");
	if (base.mode !== target.mode && hasMode(base) && hasMode(target)) changes.push("mode");
	if (base.uid !== target.uid || base.gid !== target.gid) changes.push("owner");
	if (sameType && !sameTarget(base, target)) changes.push("link");
	if (!sameXattrs(base, target)) changes.push("xattrs");
	if (sameType && !sameDevice(base, target)) changes.push("device");
	if (withTime && isStated(base) && isStated(target) && !sameTime(base, target)) changes.push("mtime");
	return changes;
}
/** No kernel keeps the mode of a symlink, whatever an archive says. */
const hasMode = ({ type }) => type !== "symlink";
/** A directory that no layer states has no time. */
const isStated = (state) => state !== IMPLICIT_DIRECTORY;
function sameTarget(a, b) {
	return a.linkTarget === b.linkTarget && a.linkTargetBase64 === b.linkTargetBase64;
}
function sameDevice({ device: a }, { device: b }) {
	return a?.major === b?.major && a?.minor === b?.minor;
}
function sameTime(a, b) {
	return a.mtime === b.mtime && (a.mtimeNs ?? 0) === (b.mtimeNs ?? 0);
}
function sameXattrs({ xattrs: a = {} }, { xattrs: b = {} }) {
	const names = Object.keys(a);
	return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
// src/core/comparison/layer-inodes.ts
/** Follows the hard links of one layer within the layer. */
var LayerInodes = class {
	#layer;
	#firstNames = /* @__PURE__ */ new Map();
	constructor(layer) {
		this.#layer = layer;
		for (const entry of layer.entries()) {
			if (entry.type !== "hardlink") continue;
			const { path } = this.#follow(entry);
			if (!this.#firstNames.has(path)) this.#firstNames.set(path, pathBytes(entry));
		}
	}
	of(name) {
		const { path, entry } = this.#follow(name);
		const firstLink = this.#firstNames.get(path) ?? path;
		return {
			path,
			entry,
			firstName: firstLink < path ? firstLink : path
		};
	}
	#follow(name) {
		const seen = /* @__PURE__ */ new Set();
		let path = pathBytes(name);
		let entry = name;
		while (entry?.type === "hardlink" && !seen.has(path)) {
			seen.add(path);
			path = targetOf(entry);
			entry = this.#layer.find(path);
		}
		return {
			path,
			entry
		};
	}
};
// src/core/comparison/cause.ts
/**
* Tells why two builds of a layer are not the same bytes, in one pass over their inventories: `content` where what is
* in the layer differs, else the one thing that does, `metadata` for several, and `tar-encoding` where only the archive
* was written otherwise. Which of an inode's names holds the content and which are hard links is not content.
*/
function findCause(base, target) {
	if (base.header.entries !== target.header.entries) return "content";
	const aspects = /* @__PURE__ */ new Set();
	const relinked = [];
	const others = target.entries()[Symbol.iterator]();
	for (const before of base.entries()) {
		const after = others.next().value;
		if (after === void 0 || !samePath(before, after)) return "content";
		if (isRelinked(before, after)) relinked.push([before, after]);
		else if (!sameThing(before, after)) return "content";
		else addAspects(before, after, aspects);
	}
	if (relinked.length > 0 && !sameInodes(base, target, relinked, aspects)) return "content";
	if (base.header.orderDigest !== target.header.orderDigest) aspects.add("order");
	const [only, another] = aspects;
	return another !== void 0 ? "metadata" : only ?? "tar-encoding";
}
const samePath = (a, b) => a.path === b.path && a.pathBase64 === b.pathBase64;
/** A name that holds the content in one build and is a hard link in the other, or links to another name. */
function isRelinked(a, b) {
	return (a.type === "hardlink" || b.type === "hardlink") && !(a.type === b.type && sameTarget(a, b));
}
function sameThing(a, b) {
	return a.type === b.type && a.sha256 === b.sha256 && a.size === b.size && sameTarget(a, b) && sameDevice(a, b);
}
function addAspects(a, b, aspects) {
	if (!sameTime(a, b)) aspects.add("timestamps");
	if (a.uid !== b.uid || a.gid !== b.gid) aspects.add("ownership");
	if (a.mode !== b.mode) aspects.add("mode");
	if (!sameXattrs(a, b)) aspects.add("xattrs");
}
function sameInodes(base, target, names, aspects) {
	const [inodes, others] = [new LayerInodes(base), new LayerInodes(target)];
	for (const [before, after] of names) {
		const [a, b] = [inodes.of(before), others.of(after)];
		if (a.firstName !== b.firstName) return false;
		if (a.entry === null || b.entry === null) {
			if (a.entry !== b.entry || a.path !== b.path) return false;
		} else {
			if (!sameThing(a.entry, b.entry)) return false;
			addAspects(a.entry, b.entry, aspects);
		}
	}
	return true;
}
// src/core/comparison/comparison.ts
const COMPARISON_SCHEMA = "varve.comparison@1";
// src/core/comparison/config.ts
/** What tells of the build and the layers, not of what a container is started with. */
const NOT_CONFIG = /* @__PURE__ */ new Set([
	"created",
	"history",
	"rootfs",
	"docker_version"
]);
/** Below this many names, objects are compared as wholes: no builder nests deeper. */
const DEEPEST = 8;
/** What a run sets by name: each name is compared by itself, and an empty value is a value. */
const NAMED = /* @__PURE__ */ new Set([
	"/config/Labels",
	"/config/ExposedPorts",
	"/config/Volumes",
	"/config/Env"
]);
/**
* Finds what differs between two image configs, sorted by JSON pointer. `Env` is compared by name, `Entrypoint`, `Cmd`
* and other lists as wholes. A field that is absent equals one that is empty, since builders write either.
* @see https://www.rfc-editor.org/rfc/rfc6901
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
*/
function compareConfigs(base, target, ignore) {
	const differences = [...differ("", withoutBuild(base), withoutBuild(target))];
	differences.sort((a, b) => fromText(a.path) < fromText(b.path) ? -1 : 1);
	return differences.map((difference) => ({
		...difference,
		...ignore.config(difference.path) && { volatile: true }
	}));
}
function withoutBuild(config) {
	return Object.fromEntries(Object.entries(config).filter(([field]) => !NOT_CONFIG.has(field)));
}
function* differ(pointer, base, target, depth = 0) {
	if (isEmpty(base) && isEmpty(target)) return;
	const [before, after] = pointer === "/config/Env" ? [envByName(base), envByName(target)] : [base, target];
	if (depth === DEEPEST || !isObjectOrNothing(before) || !isObjectOrNothing(after)) {
		if (!isEqual(before, after)) yield {
			path: pointer,
			base: before ?? null,
			target: after ?? null
		};
		return;
	}
	const names = /* @__PURE__ */ new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
	for (const name of names) {
		const [a, b] = [own(before, name), own(after, name)];
		const path = `${pointer}/${escapePointer(name)}`;
		if (!NAMED.has(pointer)) yield* differ(path, a, b, depth + 1);
		else if (!isEqual(a, b)) yield {
			path,
			base: a ?? null,
			target: b ?? null
		};
	}
}
/** Variables by name, the last of several; what is no list of texts as it is. */
function envByName(env) {
	if (!Array.isArray(env)) return env;
	const variables = [];
	for (const item of env) {
		if (typeof item !== "string") return env;
		const equals = item.indexOf("=");
		variables.push(equals === -1 ? [item, ""] : [item.slice(0, equals), item.slice(equals + 1)]);
	}
	return Object.fromEntries(variables);
}
function isObjectOrNothing(value) {
	return value === void 0 || value === null || typeof value === "object" && !Array.isArray(value);
}
/** What Go programs write for a field that nobody set, or leave out. */
function isEmpty(value) {
	if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
	return value === void 0 || value === null || value === "" || value === false || value === 0;
}
function isEqual(a, b) {
	return a === b || canonicalJson(a ?? null) === canonicalJson(b ?? null);
}
const own = (object, name) => object && Object.hasOwn(object, name) ? object[name] : void 0;
const escapePointer = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");
// src/core/comparison/default-ignore.ts
/**
* What builds touch each time without meaning, found by building images of Debian, Python and Node twice from the same
* sources. Keys, password files and trust stores differ between such builds too: those count. So does a cache
* that is new, where it takes room.
*/
const DEFAULT_IGNORE = [
	{
		paths: "var/log/apt/**",
		why: "apt writes the time of each run"
	},
	{
		paths: "var/log/{dpkg,alternatives,bootstrap}.log",
		why: "dpkg and debootstrap write the time of each step"
	},
	{
		paths: "var/log/{apk,yum,hawkey}.log",
		why: "package managers write the time of each run"
	},
	{
		paths: "var/log/dnf*",
		why: "dnf writes the time of each run"
	},
	{
		paths: "var/lib/apt/lists/**",
		only: "modified",
		why: "what an archive offered on the day of the build; what was installed from it counts by itself"
	},
	{
		paths: "var/cache/apt/{,src}pkgcache.bin",
		why: "apt keeps times of its package lists"
	},
	{
		paths: "var/cache/ldconfig/aux-cache",
		why: "ldconfig keeps inode numbers and times of libraries"
	},
	{
		paths: "var/cache/fontconfig/**",
		why: "fontconfig keeps times of font folders"
	},
	{
		paths: "var/cache/man/**",
		why: "man-db keeps times of manual pages"
	},
	{
		paths: "{etc,var/lib/dbus}/machine-id",
		only: "same-size",
		why: "systemd and D-Bus draw a random number when they are installed"
	},
	{
		paths: "**/__pycache__/*.pyc",
		only: "same-size",
		why: "Python writes the time of the source into what it compiles; another source counts by itself"
	},
	{
		paths: "**/.cache/pip/{http,http-v2,selfcheck}/**",
		only: "modified",
		why: "pip keeps times of downloads"
	},
	{
		paths: "**/.npm/_cacache/index-v5/**",
		why: "npm keeps times of downloads"
	},
	{
		paths: "**/.npm/{_logs/**,_update-notifier-last-checked}",
		why: "npm writes the time of each run"
	},
	{
		paths: "**/node_modules/.modules.yaml",
		only: "same-size",
		why: "pnpm writes when it last removed unused packages"
	},
	{
		paths: "**/pnpm/{metadata*/**,store/v*/files/*/*-index.json,store/v*/index/**,pnpm-state.json}",
		only: "modified",
		why: "pnpm keeps times of downloads"
	},
	{
		paths: "tmp/{v8,node}-compile-cache*/**",
		only: "modified",
		why: "Node keeps compiled code by the inode and time of its source"
	},
	{
		config: "/config/Labels/org.opencontainers.image.{created,revision}",
		why: "when and from what it was built"
	},
	{
		config: "/config/Labels/org.label-schema.{build-date,vcs-ref}",
		why: "when and from what it was built"
	},
	{
		config: "/config/Labels/{build-date,vcs-ref,com.redhat.build-host}",
		why: "when and where it was built"
	},
	{
		config: "/config/Labels/io.buildah.version",
		why: "the version of the builder"
	},
	{
		config: "/{container,container_config}",
		why: "the container that the classic builder worked in"
	},
	{
		config: "/config/{Image,Hostname,Domainname}",
		why: "what the classic builder built on and in"
	},
	{
		config: "/moby.buildkit.*",
		why: "what BuildKit notes of its cache and sources"
	}
];
// src/core/rootfs/differences.ts
/**
* Finds the paths where two overlays over the same lower rootfs may hold different states, sorted. Only what one of
* them touches is looked at, so that the cost is that of the layers which differ.
*/
function* findDifferences(base, target) {
	const root = {
		base: base.at(base.root),
		target: target.at(target.root)
	};
	yield* mergeSorted(isDifferent(root) ? [[".", root]] : [], new Walk(base, target).differences());
}
const isDifferent = ({ base, target }) => base?.state !== target?.state;
var Walk = class {
	#base;
	#target;
	constructor(base, target) {
		this.#base = base;
		this.#target = target;
	}
	*differences() {
		const root = {
			base: this.#base.root,
			target: this.#target.root
		};
		const levels = [this.#enter(".", root, {
			base: true,
			target: true
		})];
		for (let level = levels.at(-1); level !== void 0; level = levels.at(-1)) {
			const { value: listed } = level.spots.next();
			if (listed === void 0) {
				levels.pop();
				continue;
			}
			const path = pathIn(level.directory, listed.name);
			if (listed.below) levels.push(this.#enter(path, listed.value, level.open));
			else {
				const difference = this.#compare(listed.value, level.open);
				if (isDifferent(difference)) yield [path, difference];
			}
		}
	}
	#compare(spot, open) {
		const { base, target } = spot;
		return {
			base: base ? this.#base.at(base) : open.base ? this.#lowerAt(spot) : null,
			target: target ? this.#target.at(target) : open.target ? this.#lowerAt(spot) : null
		};
	}
	#lowerAt({ base, target }) {
		return base ? this.#base.lowerAt(base) : target && this.#target.lowerAt(target);
	}
	#enter(directory, { base, target }, above) {
		const open = openBelow({
			base,
			target
		}, above);
		return {
			directory,
			open,
			spots: this.#list({
				base: open.base && !open.target ? this.#base.takeIn(directory) : base,
				target: open.target && !open.base ? this.#target.takeIn(directory) : target
			}, open)
		};
	}
	#list({ base, target }, open) {
		const spots = /* @__PURE__ */ new Map();
		for (const [name, node] of base?.children ?? []) spots.set(name, {
			base: node,
			target: target?.children?.get(name) ?? null
		});
		for (const [name, node] of target?.children ?? []) if (!spots.has(name)) spots.set(name, {
			base: null,
			target: node
		});
		return inPathOrder(spots, (spot) => this.#hasMore(spot, open)).values();
	}
	#hasMore(spot, above) {
		if (spot.base?.children || spot.target?.children) return true;
		const open = openBelow(spot, above);
		return open.base !== open.target && this.#lowerAt(spot)?.state.type === "dir";
	}
};
function openBelow({ base, target }, above) {
	return {
		base: base ? base.hiddenBelowBy === -1 : above.base,
		target: target ? target.hiddenBelowBy === -1 : above.target
	};
}
// src/core/comparison/files.ts
/**
* Finds the paths of two merged root filesystems whose states differ, sorted by the bytes of the paths. The layers that
* both begin with are only looked into where the others touch them. What is gone is put down to the target layer that
* hides it, or else to the one that took the place of the layer which had it.
* @param withTime whether a modification time alone makes a difference.
*/
function compareFiles({ common, base, target, successors }, ignore, withTime) {
	const lower = common.length === 0 ? null : openRootfs(common);
	const once = readOnce(base, target);
	const before = stack(lower, common.length, base.map(once));
	const after = stack(lower, common.length, target.map(once));
	const entries = [];
	for (const [path, difference] of findDifferences(before, after)) {
		const described = describe(pathName(path), difference.base, difference.target, withTime);
		if (described === null) continue;
		const successor = difference.base && successors?.get(difference.base.layer);
		const layer = difference.target ? difference.target.layer : after.hiderOf(path) ?? successor ?? null;
		const found = {
			...described,
			layer
		};
		entries.push(ignore.file(found) ? {
			...found,
			volatile: true
		} : found);
	}
	return summarize(entries);
}
/** Lets layers that stand on both sides be read once: their states are then known to be equal. */
function readOnce(base, target) {
	const others = new Set(target);
	const shared = base.filter((layer) => others.has(layer)).map((layer) => [layer, rememberEntries(layer)]);
	const remembered = new Map(shared);
	return (layer) => remembered.get(layer) ?? layer;
}
function stack(lower, start, layers) {
	const overlay = new Overlay(lower);
	layers.forEach((layer, place) => {
		applyLayer(overlay, start + place, layer);
	});
	return overlay;
}
function describe(name, base, target, withTime) {
	if (base && target) {
		const changes = findChanges(base.state, target.state, withTime);
		if (changes.length === 0) return null;
		return {
			...name,
			status: "modified",
			changes,
			base: copyState(base.state),
			target: copyState(target.state)
		};
	}
	if (target) return {
		...name,
		status: "added",
		changes: [],
		target: copyState(target.state)
	};
	return base && {
		...name,
		status: "removed",
		changes: [],
		base: copyState(base.state)
	};
}
function summarize(entries) {
	const count = (wanted) => entries.filter(({ status, volatile }) => status === wanted && !volatile).length;
	return {
		added: count("added"),
		modified: count("modified"),
		removed: count("removed"),
		volatile: entries.filter(({ volatile }) => volatile).length,
		entries
	};
}
// node_modules/picomatch/lib/constants.js
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const WIN_SLASH = "\\\\/";
	const WIN_NO_SLASH = `[^${WIN_SLASH}]`;
	const DEFAULT_MAX_EXTGLOB_RECURSION = 0;
	/**
	* Posix glob regex
	*/
	const DOT_LITERAL = "\\.";
	const PLUS_LITERAL = "\\+";
	const QMARK_LITERAL = "\\?";
	const SLASH_LITERAL = "\\/";
	const ONE_CHAR = "(?=.)";
	const QMARK = "[^/]";
	const END_ANCHOR = `(?:${SLASH_LITERAL}|$)`;
	const START_ANCHOR = `(?:^|${SLASH_LITERAL})`;
	const DOTS_SLASH = `${DOT_LITERAL}{1,2}${END_ANCHOR}`;
	const POSIX_CHARS = {
		DOT_LITERAL,
		PLUS_LITERAL,
		QMARK_LITERAL,
		SLASH_LITERAL,
		ONE_CHAR,
		QMARK,
		END_ANCHOR,
		DOTS_SLASH,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!${START_ANCHOR}${DOTS_SLASH})`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}${END_ANCHOR})`,
		NO_DOTS_SLASH: `(?!${DOTS_SLASH})`,
		QMARK_NO_DOT: `[^.${SLASH_LITERAL}]`,
		STAR: `${QMARK}*?`,
		START_ANCHOR,
		SEP: "/"
	};
	/**
	* Windows glob regex
	*/
	const WINDOWS_CHARS = {
		...POSIX_CHARS,
		SLASH_LITERAL: `[${WIN_SLASH}]`,
		QMARK: WIN_NO_SLASH,
		STAR: `${WIN_NO_SLASH}*?`,
		DOTS_SLASH: `${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$)`,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!(?:^|[${WIN_SLASH}])${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}(?:[${WIN_SLASH}]|$))`,
		NO_DOTS_SLASH: `(?!${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		QMARK_NO_DOT: `[^.${WIN_SLASH}]`,
		START_ANCHOR: `(?:^|[${WIN_SLASH}])`,
		END_ANCHOR: `(?:[${WIN_SLASH}]|$)`,
		SEP: "\\"
	};
	module.exports = {
		DEFAULT_MAX_EXTGLOB_RECURSION,
		MAX_LENGTH: 65536,
		POSIX_REGEX_SOURCE: {
			__proto__: null,
			alnum: "a-zA-Z0-9",
			alpha: "a-zA-Z",
			ascii: "\\x00-\\x7F",
			blank: " \\t",
			cntrl: "\\x00-\\x1F\\x7F",
			digit: "0-9",
			graph: "\\x21-\\x7E",
			lower: "a-z",
			print: "\\x20-\\x7E ",
			punct: "\\-!\"#$%&'()\\*+,./:;<=>?@[\\]^_`{|}~",
			space: " \\t\\r\\n\\v\\f",
			upper: "A-Z",
			word: "A-Za-z0-9_",
			xdigit: "A-Fa-f0-9"
		},
		REGEX_BACKSLASH: /\\(?![*+?^${}(|)[\]])/g,
		REGEX_NON_SPECIAL_CHARS: /^[^@![\].,$*+?^{}()|\\/]+/,
		REGEX_SPECIAL_CHARS: /[-*+?.^${}(|)[\]]/,
		REGEX_SPECIAL_CHARS_BACKREF: /(\\?)((\W)(\3*))/g,
		REGEX_SPECIAL_CHARS_GLOBAL: /([-*+?.^${}(|)[\]])/g,
		REGEX_REMOVE_BACKSLASH: /(?:\[.*?[^\\]\]|\\(?=.))/g,
		REPLACEMENTS: {
			__proto__: null,
			"***": "*",
			"**/**": "**",
			"**/**/**": "**"
		},
		CHAR_0: 48,
		CHAR_9: 57,
		CHAR_UPPERCASE_A: 65,
		CHAR_LOWERCASE_A: 97,
		CHAR_UPPERCASE_Z: 90,
		CHAR_LOWERCASE_Z: 122,
		CHAR_LEFT_PARENTHESES: 40,
		CHAR_RIGHT_PARENTHESES: 41,
		CHAR_ASTERISK: 42,
		CHAR_AMPERSAND: 38,
		CHAR_AT: 64,
		CHAR_BACKWARD_SLASH: 92,
		CHAR_CARRIAGE_RETURN: 13,
		CHAR_CIRCUMFLEX_ACCENT: 94,
		CHAR_COLON: 58,
		CHAR_COMMA: 44,
		CHAR_DOT: 46,
		CHAR_DOUBLE_QUOTE: 34,
		CHAR_EQUAL: 61,
		CHAR_EXCLAMATION_MARK: 33,
		CHAR_FORM_FEED: 12,
		CHAR_FORWARD_SLASH: 47,
		CHAR_GRAVE_ACCENT: 96,
		CHAR_HASH: 35,
		CHAR_HYPHEN_MINUS: 45,
		CHAR_LEFT_ANGLE_BRACKET: 60,
		CHAR_LEFT_CURLY_BRACE: 123,
		CHAR_LEFT_SQUARE_BRACKET: 91,
		CHAR_LINE_FEED: 10,
		CHAR_NO_BREAK_SPACE: 160,
		CHAR_PERCENT: 37,
		CHAR_PLUS: 43,
		CHAR_QUESTION_MARK: 63,
		CHAR_RIGHT_ANGLE_BRACKET: 62,
		CHAR_RIGHT_CURLY_BRACE: 125,
		CHAR_RIGHT_SQUARE_BRACKET: 93,
		CHAR_SEMICOLON: 59,
		CHAR_SINGLE_QUOTE: 39,
		CHAR_SPACE: 32,
		CHAR_TAB: 9,
		CHAR_UNDERSCORE: 95,
		CHAR_VERTICAL_LINE: 124,
		CHAR_ZERO_WIDTH_NOBREAK_SPACE: 65279,
		/**
		* Create EXTGLOB_CHARS
		*/
		extglobChars(chars) {
			return {
				"!": {
					type: "negate",
					open: "(?:(?!(?:",
					close: `))${chars.STAR})`
				},
				"?": {
					type: "qmark",
					open: "(?:",
					close: ")?"
				},
				"+": {
					type: "plus",
					open: "(?:",
					close: ")+"
				},
				"*": {
					type: "star",
					open: "(?:",
					close: ")*"
				},
				"@": {
					type: "at",
					open: "(?:",
					close: ")"
				}
			};
		},
		/**
		* Create GLOB_CHARS
		*/
		globChars(win32) {
			return win32 === true ? WINDOWS_CHARS : POSIX_CHARS;
		}
	};
}));
// node_modules/picomatch/lib/utils.js
var require_utils = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { REGEX_BACKSLASH, REGEX_REMOVE_BACKSLASH, REGEX_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_GLOBAL } = require_constants();
	exports.isObject = (val) => val !== null && typeof val === "object" && !Array.isArray(val);
	exports.hasRegexChars = (str) => REGEX_SPECIAL_CHARS.test(str);
	exports.isRegexChar = (str) => str.length === 1 && exports.hasRegexChars(str);
	exports.escapeRegex = (str) => str.replace(REGEX_SPECIAL_CHARS_GLOBAL, "\\$1");
	exports.toPosixSlashes = (str) => str.replace(REGEX_BACKSLASH, "/");
	exports.isWindows = () => {
		if (typeof navigator !== "undefined" && navigator.platform) {
			const platform = navigator.platform.toLowerCase();
			return platform === "win32" || platform === "windows";
		}
		if (typeof process !== "undefined" && process.platform) return process.platform === "win32";
		return false;
	};
	exports.removeBackslashes = (str) => {
		return str.replace(REGEX_REMOVE_BACKSLASH, (match) => {
			return match === "\\" ? "" : match;
		});
	};
	exports.escapeLast = (input, char, lastIdx) => {
		const idx = input.lastIndexOf(char, lastIdx);
		if (idx === -1) return input;
		if (input[idx - 1] === "\\") return exports.escapeLast(input, char, idx - 1);
		return `${input.slice(0, idx)}\\${input.slice(idx)}`;
	};
	exports.removePrefix = (input, state = {}) => {
		let output = input;
		if (output.startsWith("./")) {
			output = output.slice(2);
			state.prefix = "./";
		}
		return output;
	};
	exports.wrapOutput = (input, state = {}, options = {}) => {
		let output = `${options.contains ? "" : "^"}(?:${input})${options.contains ? "" : "$"}`;
		if (state.negated === true) output = `(?:^(?!${output}).*$)`;
		return output;
	};
	exports.basename = (path, { windows } = {}) => {
		const segs = path.split(windows ? /[\\/]/ : "/");
		const last = segs[segs.length - 1];
		if (last === "") return segs[segs.length - 2];
		return last;
	};
}));
// node_modules/picomatch/lib/scan.js
var require_scan = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const utils = require_utils();
	const { CHAR_ASTERISK, CHAR_AT, CHAR_BACKWARD_SLASH, CHAR_COMMA, CHAR_DOT, CHAR_EXCLAMATION_MARK, CHAR_FORWARD_SLASH, CHAR_LEFT_CURLY_BRACE, CHAR_LEFT_PARENTHESES, CHAR_LEFT_SQUARE_BRACKET, CHAR_PLUS, CHAR_QUESTION_MARK, CHAR_RIGHT_CURLY_BRACE, CHAR_RIGHT_PARENTHESES, CHAR_RIGHT_SQUARE_BRACKET } = require_constants();
	const isPathSeparator = (code) => {
		return code === CHAR_FORWARD_SLASH || code === CHAR_BACKWARD_SLASH;
	};
	const depth = (token) => {
		if (token.isPrefix !== true) token.depth = token.isGlobstar ? Infinity : 1;
	};
	/**
	* Quickly scans a glob pattern and returns an object with a handful of
	* useful properties, like `isGlob`, `path` (the leading non-glob, if it exists),
	* `glob` (the actual pattern), `negated` (true if the path starts with `!` but not
	* with `!(`) and `negatedExtglob` (true if the path starts with `!(`).
	*
	* ```js
	* const pm = require('picomatch');
	* console.log(pm.scan('foo/bar/*.js'));
	* { isGlob: true, input: 'foo/bar/*.js', base: 'foo/bar', glob: '*.js' }
	* ```
	* @param {String} `str`
	* @param {Object} `options`
	* @return {Object} Returns an object with tokens and regex source string.
	* @api public
	*/
	const scan = (input, options) => {
		const opts = options || {};
		const length = input.length - 1;
		const scanToEnd = opts.parts === true || opts.tokens === true || opts.scanToEnd === true;
		const slashes = [];
		const tokens = [];
		const parts = [];
		let str = input;
		let index = -1;
		let start = 0;
		let lastIndex = 0;
		let isBrace = false;
		let isBracket = false;
		let isGlob = false;
		let isExtglob = false;
		let isGlobstar = false;
		let braceEscaped = false;
		let backslashes = false;
		let negated = false;
		let negatedExtglob = false;
		let finished = false;
		let braces = 0;
		let prev;
		let code;
		let token = {
			value: "",
			depth: 0,
			isGlob: false
		};
		const eos = () => index >= length;
		const peek = () => str.charCodeAt(index + 1);
		const advance = () => {
			prev = code;
			return str.charCodeAt(++index);
		};
		while (index < length) {
			code = advance();
			let next;
			if (code === CHAR_BACKWARD_SLASH) {
				backslashes = token.backslashes = true;
				code = advance();
				if (code === CHAR_LEFT_CURLY_BRACE) braceEscaped = true;
				continue;
			}
			if (braceEscaped === true || code === CHAR_LEFT_CURLY_BRACE) {
				braces++;
				while (eos() !== true && (code = advance())) {
					if (code === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (code === CHAR_LEFT_CURLY_BRACE) {
						braces++;
						continue;
					}
					if (braceEscaped !== true && code === CHAR_DOT && (code = advance()) === CHAR_DOT) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (braceEscaped !== true && code === CHAR_COMMA) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (code === CHAR_RIGHT_CURLY_BRACE) {
						braces--;
						if (braces === 0) {
							braceEscaped = false;
							isBrace = token.isBrace = true;
							finished = true;
							break;
						}
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_FORWARD_SLASH) {
				slashes.push(index);
				tokens.push(token);
				token = {
					value: "",
					depth: 0,
					isGlob: false
				};
				if (finished === true) continue;
				if (prev === CHAR_DOT && index === start + 1) {
					start += 2;
					continue;
				}
				lastIndex = index + 1;
				continue;
			}
			if (opts.noext !== true) {
				if ((code === CHAR_PLUS || code === CHAR_AT || code === CHAR_ASTERISK || code === CHAR_QUESTION_MARK || code === CHAR_EXCLAMATION_MARK) === true && peek() === CHAR_LEFT_PARENTHESES) {
					isGlob = token.isGlob = true;
					isExtglob = token.isExtglob = true;
					finished = true;
					if (code === CHAR_EXCLAMATION_MARK && index === start) negatedExtglob = true;
					if (scanToEnd === true) {
						let parens = 0;
						while (eos() !== true && (code = advance())) {
							if (code === CHAR_BACKWARD_SLASH) {
								backslashes = token.backslashes = true;
								advance();
								continue;
							}
							if (code === CHAR_LEFT_PARENTHESES) {
								parens++;
								continue;
							}
							if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
								finished = true;
								break;
							}
						}
						continue;
					}
					break;
				}
			}
			if (code === CHAR_ASTERISK) {
				if (prev === CHAR_ASTERISK) isGlobstar = token.isGlobstar = true;
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_QUESTION_MARK) {
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_LEFT_SQUARE_BRACKET) {
				while (eos() !== true && (next = advance())) {
					if (next === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (next === CHAR_RIGHT_SQUARE_BRACKET) {
						isBracket = token.isBracket = true;
						isGlob = token.isGlob = true;
						finished = true;
						break;
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (opts.nonegate !== true && code === CHAR_EXCLAMATION_MARK && index === start) {
				negated = token.negated = true;
				start++;
				continue;
			}
			if (opts.noparen !== true && code === CHAR_LEFT_PARENTHESES) {
				isGlob = token.isGlob = true;
				if (scanToEnd === true) {
					let parens = 1;
					while (eos() !== true && (code = advance())) {
						if (code === CHAR_BACKWARD_SLASH) {
							backslashes = token.backslashes = true;
							advance();
							continue;
						}
						if (code === CHAR_LEFT_PARENTHESES) {
							parens++;
							continue;
						}
						if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
							finished = true;
							break;
						}
					}
					continue;
				}
				break;
			}
			if (isGlob === true) {
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
		}
		if (opts.noext === true) {
			isExtglob = false;
			isGlob = false;
		}
		let base = str;
		let prefix = "";
		let glob = "";
		if (start > 0) {
			prefix = str.slice(0, start);
			str = str.slice(start);
			lastIndex -= start;
		}
		if (base && isGlob === true && lastIndex > 0) {
			base = str.slice(0, lastIndex);
			glob = str.slice(lastIndex);
		} else if (isGlob === true) {
			base = "";
			glob = str;
		} else base = str;
		if (base && base !== "" && base !== "/" && base !== str) {
			if (isPathSeparator(base.charCodeAt(base.length - 1))) base = base.slice(0, -1);
		}
		if (opts.unescape === true) {
			if (glob) glob = utils.removeBackslashes(glob);
			if (base && backslashes === true) base = utils.removeBackslashes(base);
		}
		const state = {
			prefix,
			input,
			start,
			base,
			glob,
			isBrace,
			isBracket,
			isGlob,
			isExtglob,
			isGlobstar,
			negated,
			negatedExtglob
		};
		if (opts.tokens === true) {
			state.maxDepth = 0;
			if (!isPathSeparator(code)) tokens.push(token);
			state.tokens = tokens;
		}
		if (opts.parts === true || opts.tokens === true) {
			let prevIndex;
			for (let idx = 0; idx < slashes.length; idx++) {
				const n = prevIndex !== void 0 ? prevIndex + 1 : start;
				const i = slashes[idx];
				const value = input.slice(n, i);
				if (opts.tokens) {
					if (idx === 0 && start !== 0) {
						tokens[idx].isPrefix = true;
						tokens[idx].value = prefix;
					} else tokens[idx].value = value;
					depth(tokens[idx]);
					state.maxDepth += tokens[idx].depth;
				}
				if (i >= start) {
					parts.push(value);
					prevIndex = i;
				}
			}
			const n = prevIndex !== void 0 ? prevIndex + 1 : start;
			const value = input.slice(n);
			parts.push(value);
			if (opts.tokens && prevIndex && prevIndex + 1 < input.length) {
				tokens[tokens.length - 1].value = value;
				depth(tokens[tokens.length - 1]);
				state.maxDepth += tokens[tokens.length - 1].depth;
			}
			state.slashes = slashes;
			state.parts = parts;
		}
		return state;
	};
	module.exports = scan;
}));
// node_modules/picomatch/lib/parse.js
var require_parse = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const constants = require_constants();
	const utils = require_utils();
	/**
	* Constants
	*/
	const { MAX_LENGTH, POSIX_REGEX_SOURCE, REGEX_NON_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_BACKREF, REPLACEMENTS } = constants;
	/**
	* Helpers
	*/
	const expandRange = (args, options) => {
		if (typeof options.expandRange === "function") return options.expandRange(...args, options);
		args.sort();
		const value = `[${args.join("-")}]`;
		try {
			new RegExp(value);
		} catch (ex) {
			return args.map((v) => utils.escapeRegex(v)).join("..");
		}
		return value;
	};
	/**
	* Create the message for a syntax error
	*/
	const syntaxError = (type, char) => {
		return `Missing ${type}: "${char}" - use "\\\\${char}" to match literal characters`;
	};
	const splitTopLevel = (input) => {
		const parts = [];
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let value = "";
		let escaped = false;
		for (const ch of input) {
			if (escaped === true) {
				value += ch;
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				value += ch;
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				value += ch;
				continue;
			}
			if (quote === 0) {
				if (ch === "[") bracket++;
				else if (ch === "]" && bracket > 0) bracket--;
				else if (bracket === 0) {
					if (ch === "(") paren++;
					else if (ch === ")" && paren > 0) paren--;
					else if (ch === "|" && paren === 0) {
						parts.push(value);
						value = "";
						continue;
					}
				}
			}
			value += ch;
		}
		parts.push(value);
		return parts;
	};
	const isPlainBranch = (branch) => {
		let escaped = false;
		for (const ch of branch) {
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (/[?*+@!()[\]{}]/.test(ch)) return false;
		}
		return true;
	};
	const normalizeSimpleBranch = (branch) => {
		let value = branch.trim();
		let changed = true;
		while (changed === true) {
			changed = false;
			if (/^@\([^\\()[\]{}|]+\)$/.test(value)) {
				value = value.slice(2, -1);
				changed = true;
			}
		}
		if (!isPlainBranch(value)) return;
		return value.replace(/\\(.)/g, "$1");
	};
	const hasRepeatedCharPrefixOverlap = (branches) => {
		const values = branches.map(normalizeSimpleBranch).filter(Boolean);
		for (let i = 0; i < values.length; i++) for (let j = i + 1; j < values.length; j++) {
			const a = values[i];
			const b = values[j];
			const char = a[0];
			if (!char || a !== char.repeat(a.length) || b !== char.repeat(b.length)) continue;
			if (a === b || a.startsWith(b) || b.startsWith(a)) return true;
		}
		return false;
	};
	const parseRepeatedExtglob = (pattern, requireEnd = true) => {
		if (pattern[0] !== "+" && pattern[0] !== "*" || pattern[1] !== "(") return;
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let escaped = false;
		for (let i = 1; i < pattern.length; i++) {
			const ch = pattern[i];
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				continue;
			}
			if (quote === 1) continue;
			if (ch === "[") {
				bracket++;
				continue;
			}
			if (ch === "]" && bracket > 0) {
				bracket--;
				continue;
			}
			if (bracket > 0) continue;
			if (ch === "(") {
				paren++;
				continue;
			}
			if (ch === ")") {
				paren--;
				if (paren === 0) {
					if (requireEnd === true && i !== pattern.length - 1) return;
					return {
						type: pattern[0],
						body: pattern.slice(2, i),
						end: i
					};
				}
			}
		}
	};
	const buildCharClassStar = (chars) => {
		return `${chars.length === 1 ? utils.escapeRegex(chars[0]) : `[${chars.map((ch) => utils.escapeRegex(ch)).join("")}]`}*`;
	};
	const getStarExtglobSequenceChars = (pattern) => {
		let index = 0;
		const chars = [];
		while (index < pattern.length) {
			const match = parseRepeatedExtglob(pattern.slice(index), false);
			if (!match || match.type !== "*") return;
			const branches = splitTopLevel(match.body).map((branch) => branch.trim());
			if (branches.length !== 1) return;
			const branch = normalizeSimpleBranch(branches[0]);
			if (!branch || branch.length !== 1) return;
			chars.push(branch);
			index += match.end + 1;
		}
		if (chars.length < 1) return;
		return chars;
	};
	const repeatedExtglobRecursion = (pattern) => {
		let depth = 0;
		let value = pattern.trim();
		let match = parseRepeatedExtglob(value);
		while (match) {
			depth++;
			value = match.body.trim();
			match = parseRepeatedExtglob(value);
		}
		return depth;
	};
	const analyzeRepeatedExtglob = (body, options) => {
		if (options.maxExtglobRecursion === false) return { risky: false };
		const max = typeof options.maxExtglobRecursion === "number" ? options.maxExtglobRecursion : constants.DEFAULT_MAX_EXTGLOB_RECURSION;
		const branches = splitTopLevel(body).map((branch) => branch.trim());
		if (branches.length > 1) {
			if (branches.some((branch) => branch === "") || branches.some((branch) => /^[*?]+$/.test(branch)) || hasRepeatedCharPrefixOverlap(branches)) return { risky: true };
		}
		const safeChars = [];
		let sawStarSequence = false;
		let combinable = true;
		for (const branch of branches) {
			const chars = getStarExtglobSequenceChars(branch);
			if (chars) {
				sawStarSequence = true;
				safeChars.push(...chars);
				continue;
			}
			const literal = normalizeSimpleBranch(branch);
			if (literal && literal.length === 1) {
				safeChars.push(literal);
				continue;
			}
			combinable = false;
			if (repeatedExtglobRecursion(branch) > max) return { risky: true };
		}
		if (sawStarSequence) return combinable ? {
			risky: true,
			safeOutput: buildCharClassStar([...new Set(safeChars)])
		} : { risky: true };
		return { risky: false };
	};
	/**
	* Parse the given input string.
	* @param {String} input
	* @param {Object} options
	* @return {Object}
	*/
	const parse = (input, options) => {
		if (typeof input !== "string") throw new TypeError("Expected a string");
		input = REPLACEMENTS[input] || input;
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		let len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		const bos = {
			type: "bos",
			value: "",
			output: opts.prepend || ""
		};
		const tokens = [bos];
		const capture = opts.capture ? "" : "?:";
		const PLATFORM_CHARS = constants.globChars(opts.windows);
		const EXTGLOB_CHARS = constants.extglobChars(PLATFORM_CHARS);
		const { DOT_LITERAL, PLUS_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOT_SLASH, NO_DOTS_SLASH, QMARK, QMARK_NO_DOT, STAR, START_ANCHOR } = PLATFORM_CHARS;
		const globstar = (opts) => {
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const nodot = opts.dot ? "" : NO_DOT;
		const qmarkNoDot = opts.dot ? QMARK : QMARK_NO_DOT;
		let star = opts.bash === true ? globstar(opts) : STAR;
		if (opts.capture) star = `(${star})`;
		if (typeof opts.noext === "boolean") opts.noextglob = opts.noext;
		const state = {
			input,
			index: -1,
			start: 0,
			dot: opts.dot === true,
			consumed: "",
			output: "",
			prefix: "",
			backtrack: false,
			negated: false,
			brackets: 0,
			braces: 0,
			parens: 0,
			quotes: 0,
			globstar: false,
			tokens
		};
		input = utils.removePrefix(input, state);
		len = input.length;
		const extglobs = [];
		const braces = [];
		const stack = [];
		let prev = bos;
		let value;
		/**
		* Tokenizing helpers
		*/
		const eos = () => state.index === len - 1;
		const peek = state.peek = (n = 1) => input[state.index + n];
		const advance = state.advance = () => input[++state.index] || "";
		const remaining = () => input.slice(state.index + 1);
		const consume = (value = "", num = 0) => {
			state.consumed += value;
			state.index += num;
		};
		const append = (token) => {
			state.output += token.output != null ? token.output : token.value;
			consume(token.value);
		};
		const negate = () => {
			let count = 1;
			while (peek() === "!" && (peek(2) !== "(" || peek(3) === "?")) {
				advance();
				state.start++;
				count++;
			}
			if (count % 2 === 0) return false;
			state.negated = true;
			state.start++;
			return true;
		};
		const increment = (type) => {
			state[type]++;
			stack.push(type);
		};
		const decrement = (type) => {
			state[type]--;
			stack.pop();
		};
		/**
		* Push tokens onto the tokens array. This helper speeds up
		* tokenizing by 1) helping us avoid backtracking as much as possible,
		* and 2) helping us avoid creating extra tokens when consecutive
		* characters are plain text. This improves performance and simplifies
		* lookbehinds.
		*/
		const push = (tok) => {
			if (prev.type === "globstar") {
				const isBrace = state.braces > 0 && (tok.type === "comma" || tok.type === "brace");
				const isExtglob = tok.extglob === true || extglobs.length && (tok.type === "pipe" || tok.type === "paren");
				if (tok.type !== "slash" && tok.type !== "paren" && !isBrace && !isExtglob) {
					state.output = state.output.slice(0, -prev.output.length);
					prev.type = "star";
					prev.value = "*";
					prev.output = star;
					state.output += prev.output;
				}
			}
			if (extglobs.length && tok.type !== "paren") extglobs[extglobs.length - 1].inner += tok.value;
			if (tok.value || tok.output) append(tok);
			if (prev && prev.type === "text" && tok.type === "text") {
				prev.output = (prev.output || prev.value) + tok.value;
				prev.value += tok.value;
				return;
			}
			tok.prev = prev;
			tokens.push(tok);
			prev = tok;
		};
		const extglobOpen = (type, value) => {
			const token = {
				...EXTGLOB_CHARS[value],
				conditions: 1,
				inner: ""
			};
			token.prev = prev;
			token.parens = state.parens;
			token.output = state.output;
			token.startIndex = state.index;
			token.tokensIndex = tokens.length;
			const output = (opts.capture ? "(" : "") + token.open;
			increment("parens");
			push({
				type,
				value,
				output: state.output ? "" : ONE_CHAR
			});
			push({
				type: "paren",
				extglob: true,
				value: advance(),
				output
			});
			extglobs.push(token);
		};
		const extglobClose = (token) => {
			const literal = input.slice(token.startIndex, state.index + 1);
			const body = input.slice(token.startIndex + 2, state.index);
			const analysis = analyzeRepeatedExtglob(body, opts);
			if ((token.type === "plus" || token.type === "star") && analysis.risky) {
				const safeOutput = analysis.safeOutput ? (token.output ? "" : ONE_CHAR) + (opts.capture ? `(${analysis.safeOutput})` : analysis.safeOutput) : void 0;
				const open = tokens[token.tokensIndex];
				open.type = "text";
				open.value = literal;
				open.output = safeOutput || utils.escapeRegex(literal);
				for (let i = token.tokensIndex + 1; i < tokens.length; i++) {
					tokens[i].value = "";
					tokens[i].output = "";
					delete tokens[i].suffix;
				}
				state.output = token.output + open.output;
				state.backtrack = true;
				push({
					type: "paren",
					extglob: true,
					value,
					output: ""
				});
				decrement("parens");
				return;
			}
			let output = token.close + (opts.capture ? ")" : "");
			let rest;
			if (token.type === "negate") {
				let extglobStar = star;
				if (token.inner && token.inner.length > 1 && token.inner.includes("/")) extglobStar = globstar(opts);
				if (extglobStar !== star || eos() || /^\)+$/.test(remaining())) output = token.close = `)$))${extglobStar}`;
				if (token.inner.includes("*") && (rest = remaining()) && /^\.[^\\/.]+$/.test(rest)) output = token.close = `)${parse(rest, {
					...options,
					fastpaths: false
				}).output})${extglobStar})`;
				if (token.prev.type === "bos") state.negatedExtglob = true;
			}
			push({
				type: "paren",
				extglob: true,
				value,
				output
			});
			decrement("parens");
		};
		/**
		* Fast paths
		*/
		if (opts.fastpaths !== false && !/(^[*!]|[/()[\]{}"])/.test(input)) {
			let backslashes = false;
			let output = input.replace(REGEX_SPECIAL_CHARS_BACKREF, (m, esc, chars, first, rest, index) => {
				if (first === "\\") {
					backslashes = true;
					return m;
				}
				if (first === "?") {
					if (esc) return esc + first + (rest ? QMARK.repeat(rest.length) : "");
					if (index === 0) return qmarkNoDot + (rest ? QMARK.repeat(rest.length) : "");
					return QMARK.repeat(chars.length);
				}
				if (first === ".") return DOT_LITERAL.repeat(chars.length);
				if (first === "*") {
					if (esc) return esc + first + (rest ? star : "");
					return star;
				}
				return esc ? m : `\\${m}`;
			});
			if (backslashes === true) {
				if (opts.unescape === true) output = output.replace(/\\/g, "");
				else output = output.replace(/\\+/g, (m) => {
					return m.length % 2 === 0 ? "\\\\" : m ? "\\" : "";
				});
			}
			if (output === input && opts.contains === true) {
				state.output = input;
				return state;
			}
			state.output = utils.wrapOutput(output, state, options);
			return state;
		}
		/**
		* Tokenize input until we reach end-of-string
		*/
		while (!eos()) {
			value = advance();
			if (value === "\0") continue;
			/**
			* Escaped characters
			*/
			if (value === "\\") {
				const next = peek();
				if (next === "/" && opts.bash !== true) continue;
				if (next === "." || next === ";") continue;
				if (!next) {
					value += "\\";
					push({
						type: "text",
						value
					});
					continue;
				}
				const match = /^\\+/.exec(remaining());
				let slashes = 0;
				if (match && match[0].length > 2) {
					slashes = match[0].length;
					state.index += slashes;
					if (slashes % 2 !== 0) value += "\\";
				}
				if (opts.unescape === true) value = advance();
				else value += advance();
				if (state.brackets === 0) {
					push({
						type: "text",
						value
					});
					continue;
				}
			}
			/**
			* If we're inside a regex character class, continue
			* until we reach the closing bracket.
			*/
			if (state.brackets > 0 && (value !== "]" || prev.value === "[" || prev.value === "[^")) {
				if (opts.posix !== false && value === ":") {
					const inner = prev.value.slice(1);
					if (inner.includes("[")) {
						prev.posix = true;
						if (inner.includes(":")) {
							const idx = prev.value.lastIndexOf("[");
							const pre = prev.value.slice(0, idx);
							const rest = prev.value.slice(idx + 2);
							const posix = POSIX_REGEX_SOURCE[rest];
							if (posix) {
								prev.value = pre + posix;
								state.backtrack = true;
								advance();
								if (!bos.output && tokens.indexOf(prev) === 1) bos.output = ONE_CHAR;
								continue;
							}
						}
					}
				}
				if (value === "[" && peek() !== ":" || value === "-" && peek() === "]") value = `\\${value}`;
				if (value === "]" && (prev.value === "[" || prev.value === "[^")) value = `\\${value}`;
				if (opts.posix === true && value === "!" && prev.value === "[") value = "^";
				prev.value += value;
				append({ value });
				continue;
			}
			/**
			* If we're inside a quoted string, continue
			* until we reach the closing double quote.
			*/
			if (state.quotes === 1 && value !== "\"") {
				value = utils.escapeRegex(value);
				prev.value += value;
				append({ value });
				continue;
			}
			/**
			* Double quotes
			*/
			if (value === "\"") {
				state.quotes = state.quotes === 1 ? 0 : 1;
				if (opts.keepQuotes === true) push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Parentheses
			*/
			if (value === "(") {
				increment("parens");
				push({
					type: "paren",
					value
				});
				continue;
			}
			if (value === ")") {
				if (state.parens === 0 && opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "("));
				const extglob = extglobs[extglobs.length - 1];
				if (extglob && state.parens === extglob.parens + 1) {
					extglobClose(extglobs.pop());
					continue;
				}
				push({
					type: "paren",
					value,
					output: state.parens ? ")" : "\\)"
				});
				decrement("parens");
				continue;
			}
			/**
			* Square brackets
			*/
			if (value === "[") {
				if (opts.nobracket === true || !remaining().includes("]")) {
					if (opts.nobracket !== true && opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
					value = `\\${value}`;
				} else increment("brackets");
				push({
					type: "bracket",
					value
				});
				continue;
			}
			if (value === "]") {
				if (opts.nobracket === true || prev && prev.type === "bracket" && prev.value.length === 1) {
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				if (state.brackets === 0) {
					if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "["));
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				decrement("brackets");
				const prevValue = prev.value.slice(1);
				if (prev.posix !== true && prevValue[0] === "^" && !prevValue.includes("/")) value = `/${value}`;
				prev.value += value;
				append({ value });
				if (opts.literalBrackets === false || utils.hasRegexChars(prevValue)) continue;
				const escaped = utils.escapeRegex(prev.value);
				state.output = state.output.slice(0, -prev.value.length);
				if (opts.literalBrackets === true) {
					state.output += escaped;
					prev.value = escaped;
					continue;
				}
				prev.value = `(${capture}${escaped}|${prev.value})`;
				state.output += prev.value;
				continue;
			}
			/**
			* Braces
			*/
			if (value === "{" && opts.nobrace !== true) {
				increment("braces");
				const open = {
					type: "brace",
					value,
					output: "(",
					outputIndex: state.output.length,
					tokensIndex: state.tokens.length
				};
				braces.push(open);
				push(open);
				continue;
			}
			if (value === "}") {
				const brace = braces[braces.length - 1];
				if (opts.nobrace === true || !brace) {
					push({
						type: "text",
						value,
						output: value
					});
					continue;
				}
				let output = ")";
				if (brace.dots === true) {
					const arr = tokens.slice();
					const range = [];
					for (let i = arr.length - 1; i >= 0; i--) {
						tokens.pop();
						if (arr[i].type === "brace") break;
						if (arr[i].type !== "dots") range.unshift(arr[i].value);
					}
					output = expandRange(range, opts);
					state.backtrack = true;
				}
				if (brace.comma !== true && brace.dots !== true) {
					const out = state.output.slice(0, brace.outputIndex);
					const toks = state.tokens.slice(brace.tokensIndex);
					brace.value = brace.output = "\\{";
					value = output = "\\}";
					state.output = out;
					for (const t of toks) state.output += t.output || t.value;
				}
				push({
					type: "brace",
					value,
					output
				});
				decrement("braces");
				braces.pop();
				continue;
			}
			/**
			* Pipes
			*/
			if (value === "|") {
				if (extglobs.length > 0) extglobs[extglobs.length - 1].conditions++;
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Commas
			*/
			if (value === ",") {
				let output = value;
				const brace = braces[braces.length - 1];
				if (brace && stack[stack.length - 1] === "braces") {
					brace.comma = true;
					output = "|";
				}
				push({
					type: "comma",
					value,
					output
				});
				continue;
			}
			/**
			* Slashes
			*/
			if (value === "/") {
				if (prev.type === "dot" && state.index === state.start + 1) {
					state.start = state.index + 1;
					state.consumed = "";
					state.output = "";
					tokens.pop();
					prev = bos;
					continue;
				}
				push({
					type: "slash",
					value,
					output: SLASH_LITERAL
				});
				continue;
			}
			/**
			* Dots
			*/
			if (value === ".") {
				if (state.braces > 0 && prev.type === "dot") {
					if (prev.value === ".") prev.output = DOT_LITERAL;
					const brace = braces[braces.length - 1];
					prev.type = "dots";
					prev.output += value;
					prev.value += value;
					brace.dots = true;
					continue;
				}
				if (state.braces + state.parens === 0 && prev.type !== "bos" && prev.type !== "slash") {
					push({
						type: "text",
						value,
						output: DOT_LITERAL
					});
					continue;
				}
				push({
					type: "dot",
					value,
					output: DOT_LITERAL
				});
				continue;
			}
			/**
			* Question marks
			*/
			if (value === "?") {
				if (!(prev && prev.value === "(") && opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("qmark", value);
					continue;
				}
				if (prev && prev.type === "paren") {
					const next = peek();
					let output = value;
					if (prev.value === "(" && !/[!=<:]/.test(next) || next === "<" && !/<([!=]|\w+>)/.test(remaining())) output = `\\${value}`;
					push({
						type: "text",
						value,
						output
					});
					continue;
				}
				if (opts.dot !== true && (prev.type === "slash" || prev.type === "bos")) {
					push({
						type: "qmark",
						value,
						output: QMARK_NO_DOT
					});
					continue;
				}
				push({
					type: "qmark",
					value,
					output: QMARK
				});
				continue;
			}
			/**
			* Exclamation
			*/
			if (value === "!") {
				if (opts.noextglob !== true && peek() === "(") {
					if (peek(2) !== "?" || !/[!=<:]/.test(peek(3))) {
						extglobOpen("negate", value);
						continue;
					}
				}
				if (opts.nonegate !== true && state.index === 0) {
					negate();
					continue;
				}
			}
			/**
			* Plus
			*/
			if (value === "+") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("plus", value);
					continue;
				}
				if (prev && prev.value === "(" || opts.regex === false) {
					push({
						type: "plus",
						value,
						output: PLUS_LITERAL
					});
					continue;
				}
				if (prev && (prev.type === "bracket" || prev.type === "paren" || prev.type === "brace") || state.parens > 0) {
					push({
						type: "plus",
						value
					});
					continue;
				}
				push({
					type: "plus",
					value: PLUS_LITERAL
				});
				continue;
			}
			/**
			* Plain text
			*/
			if (value === "@") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					push({
						type: "at",
						extglob: true,
						value,
						output: ""
					});
					continue;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Plain text
			*/
			if (value !== "*") {
				if (value === "$" || value === "^") value = `\\${value}`;
				const match = REGEX_NON_SPECIAL_CHARS.exec(remaining());
				if (match) {
					value += match[0];
					state.index += match[0].length;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			/**
			* Stars
			*/
			if (prev && (prev.type === "globstar" || prev.star === true)) {
				prev.type = "star";
				prev.star = true;
				prev.value += value;
				prev.output = star;
				state.backtrack = true;
				state.globstar = true;
				consume(value);
				continue;
			}
			let rest = remaining();
			if (opts.noextglob !== true && /^\([^?]/.test(rest)) {
				extglobOpen("star", value);
				continue;
			}
			if (prev.type === "star") {
				if (opts.noglobstar === true) {
					consume(value);
					continue;
				}
				const prior = prev.prev;
				const before = prior.prev;
				const isStart = prior.type === "slash" || prior.type === "bos";
				const afterStar = before && (before.type === "star" || before.type === "globstar");
				if (opts.bash === true && (!isStart || rest[0] && rest[0] !== "/")) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				const isBrace = state.braces > 0 && (prior.type === "comma" || prior.type === "brace");
				const isExtglob = extglobs.length && (prior.type === "pipe" || prior.type === "paren");
				if (!isStart && prior.type !== "paren" && !isBrace && !isExtglob) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				while (rest.slice(0, 3) === "/**") {
					const after = input[state.index + 4];
					if (after && after !== "/") break;
					rest = rest.slice(3);
					consume("/**", 3);
				}
				const isEnd = eos() || state.parens > 0 && rest === ")".repeat(state.parens) && !extglobs.some((extglob) => extglob.type === "negate");
				if (prior.type === "bos" && eos()) {
					prev.type = "globstar";
					prev.value += value;
					prev.output = globstar(opts);
					state.output = prev.output;
					state.globstar = true;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && !afterStar && isEnd) {
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = globstar(opts) + (opts.strictSlashes ? ")" : "|$)");
					prev.value += value;
					state.globstar = true;
					state.output += prior.output + prev.output;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && rest[0] === "/") {
					const end = rest[1] !== void 0 ? "|$" : "";
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = `${globstar(opts)}${SLASH_LITERAL}|${SLASH_LITERAL}${end})`;
					prev.value += value;
					state.output += prior.output + prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				if (prior.type === "bos" && rest[0] === "/") {
					prev.type = "globstar";
					prev.value += value;
					prev.output = `(?:^|${SLASH_LITERAL}|${globstar(opts)}${SLASH_LITERAL})`;
					state.output = prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				state.output = state.output.slice(0, -prev.output.length);
				prev.type = "globstar";
				prev.output = globstar(opts);
				prev.value += value;
				state.output += prev.output;
				state.globstar = true;
				consume(value);
				continue;
			}
			const token = {
				type: "star",
				value,
				output: star
			};
			if (opts.bash === true) {
				token.output = ".*?";
				if (prev.type === "bos" || prev.type === "slash") token.output = nodot + token.output;
				push(token);
				continue;
			}
			if (prev && (prev.type === "bracket" || prev.type === "paren") && opts.regex === true) {
				token.output = value;
				push(token);
				continue;
			}
			if (state.index === state.start || prev.type === "slash" || prev.type === "dot") {
				if (prev.type === "dot") {
					state.output += NO_DOT_SLASH;
					prev.output += NO_DOT_SLASH;
				} else if (opts.dot === true) {
					state.output += NO_DOTS_SLASH;
					prev.output += NO_DOTS_SLASH;
				} else {
					state.output += nodot;
					prev.output += nodot;
				}
				if (peek() !== "*") {
					state.output += ONE_CHAR;
					prev.output += ONE_CHAR;
				}
			}
			push(token);
		}
		while (state.brackets > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
			state.output = utils.escapeLast(state.output, "[");
			decrement("brackets");
		}
		while (state.parens > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", ")"));
			state.output = utils.escapeLast(state.output, "(");
			decrement("parens");
		}
		while (state.braces > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "}"));
			state.output = utils.escapeLast(state.output, "{");
			decrement("braces");
		}
		if (opts.strictSlashes !== true && (prev.type === "star" || prev.type === "bracket")) push({
			type: "maybe_slash",
			value: "",
			output: `${SLASH_LITERAL}?`
		});
		if (state.backtrack === true) {
			state.output = "";
			for (const token of state.tokens) {
				state.output += token.output != null ? token.output : token.value;
				if (token.suffix) state.output += token.suffix;
			}
		}
		return state;
	};
	/**
	* Fast paths for creating regular expressions for common glob patterns.
	* This can significantly speed up processing and has very little downside
	* impact when none of the fast paths match.
	*/
	parse.fastpaths = (input, options) => {
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		const len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		input = REPLACEMENTS[input] || input;
		const { DOT_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOTS, NO_DOTS_SLASH, STAR, START_ANCHOR } = constants.globChars(opts.windows);
		const nodot = opts.dot ? NO_DOTS : NO_DOT;
		const slashDot = opts.dot ? NO_DOTS_SLASH : NO_DOT;
		const capture = opts.capture ? "" : "?:";
		const state = {
			negated: false,
			prefix: ""
		};
		let star = opts.bash === true ? ".*?" : STAR;
		if (opts.capture) star = `(${star})`;
		const globstar = (opts) => {
			if (opts.noglobstar === true) return star;
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const create = (str) => {
			switch (str) {
				case "*": return `${nodot}${ONE_CHAR}${star}`;
				case ".*": return `${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*.*": return `${nodot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*/*": return `${nodot}${star}${SLASH_LITERAL}${ONE_CHAR}${slashDot}${star}`;
				case "**": return nodot + globstar(opts);
				case "**/*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${ONE_CHAR}${star}`;
				case "**/*.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "**/.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${DOT_LITERAL}${ONE_CHAR}${star}`;
				default: {
					const match = /^(.*?)\.(\w+)$/.exec(str);
					if (!match) return;
					const source = create(match[1]);
					if (!source) return;
					return source + DOT_LITERAL + match[2];
				}
			}
		};
		let source = create(utils.removePrefix(input, state));
		if (source && opts.strictSlashes !== true) source += `${SLASH_LITERAL}?`;
		return source;
	};
	module.exports = parse;
}));
// node_modules/picomatch/lib/picomatch.js
var require_picomatch$1 = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const scan = require_scan();
	const parse = require_parse();
	const utils = require_utils();
	const constants = require_constants();
	const isObject = (val) => val && typeof val === "object" && !Array.isArray(val);
	/**
	* Creates a matcher function from one or more glob patterns. The
	* returned function takes a string to match as its first argument,
	* and returns true if the string is a match. The returned matcher
	* function also takes a boolean as the second argument that, when true,
	* returns an object with additional information.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch(glob[, options]);
	*
	* const isMatch = picomatch('*.!(*a)');
	* console.log(isMatch('a.a')); //=> false
	* console.log(isMatch('a.b')); //=> true
	*
	* // For environments without `node.js`, `picomatch/posix` provides you a dependency-free matcher, without automatic OS detection.
	* const picomatch = require('picomatch/posix');
	* // the same API, defaulting to posix paths
	* const isMatch = picomatch('a/*');
	* console.log(isMatch('a\\b')); //=> false
	* console.log(isMatch('a/b')); //=> true
	*
	* // you can still configure the matcher function to accept windows paths
	* const isMatch = picomatch('a/*', { options: windows });
	* console.log(isMatch('a\\b')); //=> true
	* console.log(isMatch('a/b')); //=> true
	* ```
	* @name picomatch
	* @param {String|Array} `globs` One or more glob patterns.
	* @param {Object=} `options`
	* @return {Function=} Returns a matcher function.
	* @api public
	*/
	const picomatch = (glob, options, returnState = false) => {
		if (Array.isArray(glob)) {
			const fns = glob.map((input) => picomatch(input, options, returnState));
			const arrayMatcher = (str) => {
				for (const isMatch of fns) {
					const state = isMatch(str);
					if (state) return state;
				}
				return false;
			};
			return arrayMatcher;
		}
		const isState = isObject(glob) && glob.tokens && glob.input;
		if (glob === "" || typeof glob !== "string" && !isState) throw new TypeError("Expected pattern to be a non-empty string");
		const opts = options || {};
		const posix = opts.windows;
		const regex = isState ? picomatch.compileRe(glob, options) : picomatch.makeRe(glob, options, false, true);
		const state = regex.state;
		delete regex.state;
		let isIgnored = () => false;
		if (opts.ignore) {
			const ignoreOpts = {
				...options,
				ignore: null,
				onMatch: null,
				onResult: null
			};
			isIgnored = picomatch(opts.ignore, ignoreOpts, returnState);
		}
		const matcher = (input, returnObject = false) => {
			const { isMatch, match, output } = picomatch.test(input, regex, options, {
				glob,
				posix
			});
			const result = {
				glob,
				state,
				regex,
				posix,
				input,
				output,
				match,
				isMatch
			};
			if (typeof opts.onResult === "function") opts.onResult(result);
			if (isMatch === false) {
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (isIgnored(input)) {
				if (typeof opts.onIgnore === "function") opts.onIgnore(result);
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (typeof opts.onMatch === "function") opts.onMatch(result);
			return returnObject ? result : true;
		};
		if (returnState) matcher.state = state;
		return matcher;
	};
	/**
	* Test `input` with the given `regex`. This is used by the main
	* `picomatch()` function to test the input string.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.test(input, regex[, options]);
	*
	* console.log(picomatch.test('foo/bar', /^(?:([^/]*?)\/([^/]*?))$/));
	* // { isMatch: true, match: [ 'foo/', 'foo', 'bar' ], output: 'foo/bar' }
	* ```
	* @param {String} `input` String to test.
	* @param {RegExp} `regex`
	* @return {Object} Returns an object with matching info.
	* @api public
	*/
	picomatch.test = (input, regex, options, { glob, posix } = {}) => {
		if (typeof input !== "string") throw new TypeError("Expected input to be a string");
		if (input === "") return {
			isMatch: false,
			output: ""
		};
		const opts = options || {};
		const format = opts.format || (posix ? utils.toPosixSlashes : null);
		let match = input === glob;
		let output = match && format ? format(input) : input;
		if (match === false) {
			output = format ? format(input) : input;
			match = output === glob;
		}
		if (match === false || opts.capture === true) {
			if (opts.matchBase === true || opts.basename === true) match = picomatch.matchBase(input, regex, options, posix);
			else match = regex.exec(output);
		}
		return {
			isMatch: Boolean(match),
			match,
			output
		};
	};
	/**
	* Match the basename of a filepath.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.matchBase(input, glob[, options]);
	* console.log(picomatch.matchBase('foo/bar.js', '*.js'); // true
	* ```
	* @param {String} `input` String to test.
	* @param {RegExp|String} `glob` Glob pattern or regex created by [.makeRe](#makeRe).
	* @return {Boolean}
	* @api public
	*/
	picomatch.matchBase = (input, glob, options, posix = options && options.windows) => {
		return (glob instanceof RegExp ? glob : picomatch.makeRe(glob, options)).test(utils.basename(input, { windows: posix }));
	};
	/**
	* Returns true if **any** of the given glob `patterns` match the specified `string`.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.isMatch(string, patterns[, options]);
	*
	* console.log(picomatch.isMatch('a.a', ['b.*', '*.a'])); //=> true
	* console.log(picomatch.isMatch('a.a', 'b.*')); //=> false
	* ```
	* @param {String|Array} str The string to test.
	* @param {String|Array} patterns One or more glob patterns to use for matching.
	* @param {Object} [options] See available [options](#options).
	* @return {Boolean} Returns true if any patterns match `str`
	* @api public
	*/
	picomatch.isMatch = (str, patterns, options) => picomatch(patterns, options)(str);
	/**
	* Parse a glob pattern to create the source string for a regular
	* expression.
	*
	* ```js
	* const picomatch = require('picomatch');
	* const result = picomatch.parse(pattern[, options]);
	* ```
	* @param {String} `pattern`
	* @param {Object} `options`
	* @return {Object} Returns an object with useful properties and output to be used as a regex source string.
	* @api public
	*/
	picomatch.parse = (pattern, options) => {
		if (Array.isArray(pattern)) return pattern.map((p) => picomatch.parse(p, options));
		return parse(pattern, {
			...options,
			fastpaths: false
		});
	};
	/**
	* Scan a glob pattern to separate the pattern into segments.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.scan(input[, options]);
	*
	* const result = picomatch.scan('!./foo/*.js');
	* console.log(result);
	* { prefix: '!./',
	*   input: '!./foo/*.js',
	*   start: 3,
	*   base: 'foo',
	*   glob: '*.js',
	*   isBrace: false,
	*   isBracket: false,
	*   isGlob: true,
	*   isExtglob: false,
	*   isGlobstar: false,
	*   negated: true }
	* ```
	* @param {String} `input` Glob pattern to scan.
	* @param {Object} `options`
	* @return {Object} Returns an object with
	* @api public
	*/
	picomatch.scan = (input, options) => scan(input, options);
	/**
	* Compile a regular expression from the `state` object returned by the
	* [parse()](#parse) method.
	*
	* ```js
	* const picomatch = require('picomatch');
	* const state = picomatch.parse('*.js');
	* // picomatch.compileRe(state[, options]);
	*
	* console.log(picomatch.compileRe(state));
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {Object} `state`
	* @param {Object} `options`
	* @param {Boolean} `returnOutput` Intended for implementors, this argument allows you to return the raw output from the parser.
	* @param {Boolean} `returnState` Adds the state to a `state` property on the returned regex. Useful for implementors and debugging.
	* @return {RegExp}
	* @api public
	*/
	picomatch.compileRe = (state, options, returnOutput = false, returnState = false) => {
		if (returnOutput === true) return state.output;
		const opts = options || {};
		const prepend = opts.contains ? "" : "^";
		const append = opts.contains ? "" : "$";
		let source = `${prepend}(?:${state.output})${append}`;
		if (state && state.negated === true) source = `^(?!${source}).*$`;
		const regex = picomatch.toRegex(source, options);
		if (returnState === true) regex.state = state;
		return regex;
	};
	/**
	* Create a regular expression from a parsed glob pattern.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.makeRe(state[, options]);
	*
	* const result = picomatch.makeRe('*.js');
	* console.log(result);
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {String} `state` The object returned from the `.parse` method.
	* @param {Object} `options`
	* @param {Boolean} `returnOutput` Implementors may use this argument to return the compiled output, instead of a regular expression. This is not exposed on the options to prevent end-users from mutating the result.
	* @param {Boolean} `returnState` Implementors may use this argument to return the state from the parsed glob with the returned regular expression.
	* @return {RegExp} Returns a regex created from the given pattern.
	* @api public
	*/
	picomatch.makeRe = (input, options = {}, returnOutput = false, returnState = false) => {
		if (!input || typeof input !== "string") throw new TypeError("Expected a non-empty string");
		let parsed = {
			negated: false,
			fastpaths: true
		};
		if (options.fastpaths !== false && (input[0] === "." || input[0] === "*")) parsed.output = parse.fastpaths(input, options);
		if (!parsed.output) parsed = parse(input, options);
		return picomatch.compileRe(parsed, options, returnOutput, returnState);
	};
	/**
	* Create a regular expression from the given regex source string.
	*
	* ```js
	* const picomatch = require('picomatch');
	* // picomatch.toRegex(source[, options]);
	*
	* const { output } = picomatch.parse('*.js');
	* console.log(picomatch.toRegex(output));
	* //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
	* ```
	* @param {String} `source` Regular expression source string.
	* @param {Object} `options`
	* @return {RegExp}
	* @api public
	*/
	picomatch.toRegex = (source, options) => {
		try {
			const opts = options || {};
			return new RegExp(source, opts.flags || (opts.nocase ? "i" : ""));
		} catch (err) {
			if (options && options.debug === true) throw err;
			return /$^/;
		}
	};
	/**
	* Picomatch constants.
	* @return {Object}
	*/
	picomatch.constants = constants;
	/**
	* Expose "picomatch"
	*/
	module.exports = picomatch;
}));
// src/core/comparison/ignore.ts
var import_picomatch = /* @__PURE__ */ __toESM((/* @__PURE__ */ __commonJSMin(((exports, module) => {
	const pico = require_picomatch$1();
	const utils = require_utils();
	function picomatch(glob, options, returnState = false) {
		if (options && (options.windows === null || options.windows === void 0)) options = {
			...options,
			windows: utils.isWindows()
		};
		return pico(glob, options, returnState);
	}
	Object.assign(picomatch, pico);
	module.exports = picomatch;
})))(), 1);
/** Fields of a config; a pattern that begins with a slash and none of these is a glob of paths. */
const CONFIG_FIELDS = /* @__PURE__ */ new Set([
	"config",
	"container",
	"container_config",
	"author",
	"os",
	"os.version",
	"os.features",
	"architecture",
	"variant"
]);
/**
* Reads a pattern as users write it: a config pointer such as `/config/Labels/build`, or a glob of paths such as
* `var/log/**`, with or without a slash in front. What is in the image's folder `/config` is written `config/**`.
* @throws VarveError `bad-option` for a pattern that is no glob.
*/
function parseIgnore(pattern) {
	const [, field = ""] = pattern.split("/");
	const isConfig = pattern.startsWith("/") && CONFIG_FIELDS.has(field);
	const rule = isConfig ? { config: pattern } : { paths: pattern.replace(/^(?:\.?\/)+/, "") };
	compileGlobs([isConfig ? pattern : rule.paths ?? ""]);
	return rule;
}
/**
* Makes rules ready for use. A pattern covers what it matches with all that is below.
* @throws VarveError `bad-option` for a pattern that is no glob.
*/
function compileIgnore(rules) {
	const paths = rules.flatMap((rule) => "paths" in rule ? [rule] : []);
	const compile = (wanted) => compileGlobs(paths.filter(({ only }) => only === wanted).map((rule) => rule.paths));
	const [any, modified, sameSize] = [
		compile(void 0),
		compile("modified"),
		compile("same-size")
	];
	const config = compileGlobs(rules.flatMap((rule) => "config" in rule ? rule.config : []));
	return {
		file: (difference) => any.test(difference.path) || isContentAlone(difference) && (modified.test(difference.path) || isSameSize(difference) && sameSize.test(difference.path)),
		config: (pointer) => config.test(pointer)
	};
}
const isContentAlone = ({ changes }) => changes.length === 1 && changes[0] === "content";
const isSameSize = ({ base, target }) => base?.size === target?.size;
/** One expression for all globs: thousands of differences are held against it. */
function compileGlobs(globs) {
	if (globs.length === 0) return /(?!)/;
	const sources = globs.map((glob) => globSource(glob.replace(/\/+$/, "")));
	return new RegExp(sources.map((source) => `(?:${source})`).join("|"), "s");
}
function globSource(glob) {
	const options = {
		dot: true,
		nonegate: true,
		strictBrackets: true
	};
	try {
		return [glob, `${glob}/**`].map((pattern) => import_picomatch.default.makeRe(pattern, options).source).join("|");
	} catch (cause) {
		throw new VarveError("bad-option", `not a pattern to ignore: ${JSON.stringify(glob.slice(0, 100))}`, {
			object: glob.slice(0, 100),
			hint: "write a glob such as var/log/** or a config pointer such as /config/Labels/build",
			cause
		});
	}
}
// src/core/comparison/inventory-shelf.ts
/** The inventories of two snapshots, each loaded once, from whichever side has it. */
var InventoryShelf = class {
	#loaders = /* @__PURE__ */ new Map();
	#loaded = /* @__PURE__ */ new Map();
	constructor(...views) {
		for (const view of views) for (const { diffId, index } of view.snapshot.layers) {
			const loaders = this.#loaders.get(diffId) ?? [];
			this.#loaders.set(diffId, loaders);
			loaders.push(() => view.loadInventory(index));
		}
	}
	/** The inventory of a layer; null when neither side has it. */
	async load({ diffId }) {
		let found = this.#loaded.get(diffId);
		if (found !== void 0) return found;
		found = null;
		for (const load of this.#loaders.get(diffId) ?? []) found ??= await load();
		this.#loaded.set(diffId, found);
		return found;
	}
	/** The inventories of some layers; null when one of them is missing. */
	async loadAll(layers) {
		const found = [];
		for (const layer of layers) {
			const inventory = await this.load(layer);
			if (inventory === null) return null;
			found.push(inventory);
		}
		return found;
	}
};
// src/core/comparison/sizes.ts
function measureImage({ layers }) {
	const sizes = layers.map(({ size }) => size);
	return {
		compressedSize: sizes.every((size) => size !== null) ? sum$1(sizes) : null,
		uncompressedSize: sum$1(layers.map(({ uncompressedSize }) => uncompressedSize))
	};
}
/** What the target costs more than the base, and what somebody who has the base must pull, in bytes. */
function compareSizes(base, target) {
	const [before, after] = [measureImage(base), measureImage(target)];
	const known = before.compressedSize !== null && after.compressedSize !== null;
	return {
		uncompressedDelta: after.uncompressedSize - before.uncompressedSize,
		compressedDelta: known ? (after.compressedSize ?? 0) - (before.compressedSize ?? 0) : null,
		pullBytes: countPullBytes(base.layers, target.layers)
	};
}
/** Each blob once, and none that the base has; null where it is not known what is distributed. */
function countPullBytes(base, target) {
	const present = new Set(base.map(({ digest }) => digest));
	if (target.length > 0 && present.has(null)) return null;
	const missing = /* @__PURE__ */ new Map();
	for (const { digest, size } of target) {
		if (digest === null || size === null) return null;
		if (!present.has(digest)) missing.set(digest, size);
	}
	return sum$1([...missing.values()]);
}
/** Counts what became of the layers, and what the first new one dragged along. */
function summarizeLayers(pairs) {
	const count = (wanted) => pairs.filter(({ status }) => status === wanted).length;
	const [unchanged, recompressed, moved] = [
		count("unchanged"),
		count("recompressed"),
		count("moved")
	];
	const layers = pairs.filter(({ target }) => target !== null).length;
	const shipped = pairs.flatMap(({ status, target }) => target !== null && (status === "rebuilt" || status === "added") ? [target] : []);
	return {
		unchanged,
		recompressed,
		moved,
		rebuilt: count("rebuilt"),
		added: count("added"),
		removed: count("removed"),
		reuseRatio: layers === 0 ? 1 : (unchanged + recompressed + moved) / layers,
		firstRebuilt: shipped[0]?.index ?? null,
		cascade: {
			layers: shipped.length,
			uncompressedSize: sum$1(shipped.map(({ uncompressedSize }) => uncompressedSize))
		}
	};
}
const sum$1 = (sizes) => sizes.reduce((total, size) => total + size, 0);
// src/core/comparison/compare.ts
/**
* Compares two snapshots: what became of each layer and why, which files of the merged root filesystems and which
* settings differ. It depends on the snapshots and the options alone.
* @throws VarveError what loading an inventory throws; `limit-exceeded` when there are too many files.
*/
async function compareSnapshots(base, target, { ignore: rules = DEFAULT_IGNORE, mtime = false } = {}) {
	const ignore = compileIgnore(rules);
	const shelf = new InventoryShelf(target, base);
	const pairs = alignLayers(base.snapshot.layers, target.snapshot.layers);
	const layers = [];
	for (const pair of pairs) layers.push(await describeLayer(pair, shelf));
	const files = await compareRootfs(base.snapshot, target.snapshot, pairs, shelf, ignore, mtime);
	const config = compareSettings(base, target, ignore);
	return {
		schema: COMPARISON_SCHEMA,
		base: describeSide(base),
		target: describeSide(target),
		changed: isChanged(pairs, files, config),
		summary: summarizeLayers(pairs),
		size: compareSizes(base.snapshot, target.snapshot),
		layers,
		files,
		packages: null,
		config
	};
}
function describeSide({ snapshot, snapshotDigest }) {
	return {
		snapshotDigest,
		manifestDigest: snapshot.manifest?.digest ?? null,
		configDigest: snapshot.config.digest,
		platform: snapshot.platform,
		layerCount: snapshot.layers.length,
		...measureImage(snapshot)
	};
}
async function describeLayer(pair, shelf) {
	const cause = await explain(pair, shelf);
	return {
		status: pair.status,
		...cause !== null && { cause },
		...pair.base && { base: describeComparedLayer(pair.base) },
		...pair.target && { target: describeComparedLayer(pair.target) }
	};
}
/** Why a layer was rebuilt; null for other layers, and where an inventory is missing. */
async function explain({ status, edited, base, target }, shelf) {
	if (status !== "rebuilt" || base === null || target === null) return null;
	if (edited) return "step";
	const [before, after] = await shelf.loadAll([base, target]) ?? [];
	return before && after ? findCause(before, after) : null;
}
function describeComparedLayer(layer) {
	const { index, digest, diffId, size, uncompressedSize, mediaType, step } = layer;
	return {
		index,
		digest,
		diffId,
		size,
		uncompressedSize,
		mediaType,
		step
	};
}
/** Null where the merged root filesystems are not known: a layer was not analysed, or it is one of Windows. */
async function compareRootfs(base, target, pairs, shelf, ignore, mtime) {
	if (base.platform.os === "windows" || target.platform.os === "windows") return null;
	const shared = countShared(base.layers, target.layers);
	if (shared === base.layers.length && shared === target.layers.length) return compareFiles({
		common: [],
		base: [],
		target: []
	}, ignore, mtime);
	const before = await shelf.loadAll(base.layers.slice(shared));
	const after = await shelf.loadAll(target.layers.slice(shared));
	const common = await shelf.loadAll(target.layers.slice(0, shared));
	const successors = findSuccessors(pairs);
	return before && after && common && compareFiles({
		common,
		base: before,
		target: after,
		successors
	}, ignore, mtime);
}
function findSuccessors(pairs) {
	return new Map(pairs.flatMap(({ base, target }) => base && target ? [[base.index, target.index]] : []));
}
/** How many layers two images both begin with. */
function countShared(base, target) {
	const differing = base.findIndex(({ diffId }, place) => diffId !== target[place]?.diffId);
	return differing === -1 ? base.length : differing;
}
function compareSettings(base, target, ignore) {
	if (base.snapshot.config.digest === target.snapshot.config.digest) return [];
	return base.config && target.config && compareConfigs(base.config, target.config, ignore);
}
/** What is not known counts as changed where it may be: nothing changed must be true. */
function isChanged(pairs, files, config) {
	return (files === null ? pairs.some(({ status }) => status !== "unchanged" && status !== "recompressed") : files.added + files.modified + files.removed > 0) || config === null || config.some(({ volatile }) => !volatile);
}
// src/core/comparison/leftovers.ts
const MOUNT = { instead: "mount a cache there" };
const LEFTOVERS = [
	{
		name: "private keys that all containers would share",
		paths: "etc/{ssh/ssh_host_*,ssl/private/ssl-cert-snakeoil.key}",
		remedy: { instead: "remove them, and make new ones when a container starts" }
	},
	{
		name: "the day of the build in `/etc/shadow`",
		paths: "etc/shadow{,-}",
		sameSize: true,
		remedy: { instead: "set `SOURCE_DATE_EPOCH` for it" }
	},
	{
		name: "a machine id",
		paths: "{etc,var/lib/dbus}/machine-id",
		remedy: { instead: "empty `/etc/machine-id`, and remove `/var/lib/dbus/machine-id`" }
	},
	{
		name: "apt's package lists",
		paths: "var/lib/apt/lists/**",
		remedy: { remove: "/var/lib/apt/lists/*" }
	},
	{
		name: "apt's cache",
		paths: "var/cache/apt/**",
		remedy: { remove: "/var/cache/apt" }
	},
	{
		name: "logs of package managers",
		paths: "var/log/{apt/**,dpkg.log,alternatives.log,bootstrap.log,apk.log,yum.log,hawkey.log,dnf*}",
		remedy: { remove: "/var/log/apt /var/log/*.log" }
	},
	{
		name: "apk's cache",
		paths: "var/cache/apk/**",
		remedy: { instead: "use `apk add --no-cache`" }
	},
	{
		name: "the cache of dnf or yum",
		paths: "var/cache/{dnf,libdnf5,yum}/**",
		remedy: { instead: "end it with `dnf clean all`" }
	},
	{
		name: "ldconfig's cache",
		paths: "var/cache/ldconfig/**",
		remedy: { remove: "/var/cache/ldconfig/aux-cache" }
	},
	{
		name: "fontconfig's cache",
		paths: "var/cache/fontconfig/**",
		remedy: { remove: "/var/cache/fontconfig" }
	},
	{
		name: "man-db's index",
		paths: "var/cache/man/**",
		remedy: { remove: "/var/cache/man" }
	},
	{
		name: "Python's compiled files",
		paths: "**/__pycache__/**",
		remedy: { instead: "set `PYTHONDONTWRITEBYTECODE=1` and use `pip install --no-compile`" }
	},
	{
		name: "pip's cache",
		paths: "**/.cache/pip/**",
		remedy: { instead: "use `pip install --no-cache-dir`" }
	},
	{
		name: "uv's cache",
		paths: "**/.cache/uv/**",
		remedy: { instead: "set `UV_NO_CACHE=1`, or mount a cache there" }
	},
	{
		name: "npm's cache",
		paths: "**/.npm/**",
		remedy: { instead: "end it with `npm cache clean --force`, or mount a cache there" }
	},
	{
		name: "pnpm's store",
		paths: "**/pnpm/{store,metadata*}/**",
		remedy: MOUNT
	},
	{
		name: "Node's compiled code",
		paths: "tmp/{v8,node}-compile-cache*/**",
		remedy: { remove: "/tmp/*-compile-cache*" }
	},
	{
		name: "yarn's cache",
		paths: "**/.cache/yarn/**",
		remedy: { instead: "end it with `yarn cache clean`" }
	},
	{
		name: "Go's build cache",
		paths: "**/.cache/go-build/**",
		remedy: MOUNT
	},
	{
		name: "Cargo's registry",
		paths: "**/.cargo/registry/**",
		remedy: MOUNT
	},
	{
		name: "Maven's repository",
		paths: "**/.m2/repository/**",
		remedy: MOUNT
	},
	{
		name: "Gradle's cache",
		paths: "**/.gradle/caches/**",
		remedy: MOUNT
	},
	{
		name: "Composer's cache",
		paths: "**/.{composer/cache,cache/composer}/**",
		remedy: { instead: "use `composer install --no-cache`" }
	}
];
// src/core/comparison/quote-step.ts
const LONGEST = 80;
/** A layer as sentences name it: by its index and, where the history tells it, its step in short. */
function nameLayer({ index, step }) {
	return step === "" ? `layer ${index}` : `step ${index} ${quoteStep(step)}`;
}
/** A step in backquotes, on one line and not too long. */
function quoteStep(step) {
	const line = step.replaceAll(/\s+/g, " ").replaceAll("`", "'").trim();
	const characters = [...line];
	return `\`${characters.length > LONGEST ? `${characters.slice(0, 79).join("")}…` : line}\``;
}
/** Tells steps that bring files in from outside from those that make them. */
const isCopy = (step) => /^(COPY|ADD) /.test(step);
/** For the beginning of a sentence. */
const capitalize = (text) => text.charAt(0).toUpperCase() + text.slice(1);
// src/core/comparison/advise.ts
/** More is not read. */
const MOST = 3;
/** What to do where the files of a layer, or of several, are the same as before and only this differs. */
const REMEDIES = {
	timestamps: "set `SOURCE_DATE_EPOCH` and buildx's output option `rewrite-timestamp=true` to get the same bytes again",
	metadata: "set `SOURCE_DATE_EPOCH` and buildx's output option `rewrite-timestamp=true`, and fix owners and modes with `--chown` and `--chmod`",
	ownership: "give users and groups fixed numeric ids, and use `COPY --chown`",
	mode: "use `COPY --chmod`, or `umask 022` in the step, since the umask of the machine that builds gets in",
	xattrs: "leave out extended attributes, such as security labels, that come from the machine that builds",
	order: "they were written in another order, so build with one version of one builder",
	"tar-encoding": "they were archived in another way, so build with one version of one builder"
};
/** Tells what to do about the layers that were shipped anew: a few pieces of advice, the most useful first. */
function advise(comparison) {
	const shipped = comparison.layers.flatMap(toShipped);
	return [
		...adviseOnOrder(shipped),
		...adviseOnVersions(comparison, shipped),
		...adviseOnMetadata(shipped),
		...adviseOnLeftovers(comparison, shipped),
		...adviseOnCompression(comparison)
	].slice(0, MOST);
}
function toShipped({ status, cause, target }) {
	return (status === "rebuilt" || status === "added") && target !== void 0 ? [{
		status,
		cause,
		layer: target
	}] : [];
}
const bySize = (a, b) => b.layer.uncompressedSize - a.layer.uncompressedSize;
/** Something that changes often stands above something costly that comes out the same. */
function adviseOnOrder(shipped) {
	const [first, ...others] = shipped;
	if (first === void 0) return [];
	const copies = isCopy(first.layer.step);
	if (!(first.status === "added" || first.cause === "step" || first.cause === "content" && copies)) return [];
	const [again] = others.filter(({ cause, layer }) => cause !== void 0 && cause in REMEDIES && layer.step.startsWith("RUN ")).sort(bySize);
	if (again === void 0) return [];
	const condition = copies ? "after copying only what it needs" : "if it needs nothing of that";
	const text = `${capitalize(nameLayer(again.layer))} gave the same files again: run it before ${nameLayer(first.layer)}, ${condition}.`;
	return [{
		layerIndex: again.layer.index,
		text
	}];
}
/** The first layer with files that count, where its instruction is the same and nothing before it counts. */
function adviseOnVersions(comparison, shipped) {
	const counted = countedLayers(comparison);
	const first = shipped.find(({ status, cause, layer }) => status === "added" || cause === "step" || counted?.has(layer.index));
	if (first?.cause !== "content" || !first.layer.step.startsWith("RUN ")) return [];
	if (changedIn(comparison, first.layer).filter(({ volatile }) => !volatile).every((difference) => leftoverOf(difference) !== null)) return [];
	const text = `${capitalize(nameLayer(first.layer))} gave other files from the same instruction: pin what it downloads, and leave out times and random numbers.`;
	return [{
		layerIndex: first.layer.index,
		text
	}];
}
/** One piece of advice for each cause, about all layers that have it; what would spare most comes first. */
function adviseOnMetadata(shipped) {
	const byCause = /* @__PURE__ */ new Map();
	for (const one of shipped) if (one.cause !== void 0) byCause.set(one.cause, [...byCause.get(one.cause) ?? [], one]);
	const total = (layers) => layers.reduce((sum, { layer }) => sum + layer.uncompressedSize, 0);
	return [...byCause].sort(([, a], [, b]) => total(b) - total(a)).flatMap(([cause, [first, ...others]]) => {
		const remedy = REMEDIES[cause];
		if (remedy === void 0 || first === void 0) return [];
		const [who, hold] = others.length === 0 ? [capitalize(nameLayer(first.layer)), "holds"] : [`${others.length + 1} rebuilt layers`, "hold"];
		return [{
			layerIndex: first.layer.index,
			text: `${who} ${hold} the same files as before: ${remedy}.`
		}];
	});
}
/** Layers of the same bytes are pulled again where they were compressed in another way. */
function adviseOnCompression({ layers }) {
	const again = layers.flatMap(({ status, target }) => status === "recompressed" && target || []);
	const [first] = again;
	if (first === void 0) return [];
	const size = again.reduce((sum, layer) => sum + (layer.size ?? 0), 0);
	const text = `${formatCount(again.length, "layer")} of the same bytes, ${formatSize(size)} to pull, ${again.length === 1 ? "was" : "were"} compressed in another way: compress with one program and one level.`;
	return [{
		layerIndex: first.index,
		text
	}];
}
/** What steps leave behind that differs each time, each kind once where it weighs most; first what counts. */
function adviseOnLeftovers(comparison, shipped) {
	const counted = /* @__PURE__ */ new Set();
	const places = /* @__PURE__ */ new Map();
	for (const { cause, layer } of [...shipped].sort(bySize)) {
		if (cause !== "content") continue;
		for (const difference of changedIn(comparison, layer)) {
			const leftover = leftoverOf(difference);
			if (leftover === null) continue;
			if (!places.has(leftover)) places.set(leftover, layer);
			if (!difference.volatile) counted.add(leftover);
		}
	}
	const found = LEFTOVERS.flatMap((leftover) => {
		const layer = places.get(leftover);
		return layer === void 0 ? [] : [[leftover, layer]];
	}).sort(([a, layerA], [b, layerB]) => Number(counted.has(b)) - Number(counted.has(a)) || layerB.uncompressedSize - layerA.uncompressedSize);
	return [...Map.groupBy(found, ([leftover, layer]) => "remove" in leftover.remedy ? layer : leftover).values()].map(tellLeftovers);
}
/** Tells of one kind, or of several that one layer leaves behind and one command removes. */
function tellLeftovers(group) {
	const [[{ remedy }, layer]] = group;
	const names = group.map(([{ name }]) => name);
	const list = [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
	const removed = group.flatMap(([leftover]) => "remove" in leftover.remedy ? leftover.remedy.remove : []);
	const what = "remove" in remedy ? `end it with \`rm -rf ${removed.join(" ")}\`` : remedy.instead;
	return {
		layerIndex: layer.index,
		text: `${capitalize(nameLayer(layer))} leaves ${list} in the image: ${what}.`
	};
}
function changedIn({ files }, { index }) {
	return files?.entries.filter(({ layer }) => layer === index) ?? [];
}
const matchers = LEFTOVERS.map((leftover) => ({
	leftover,
	matches: (0, import_picomatch.default)(leftover.paths, { dot: true })
}));
function leftoverOf({ path, base, target }) {
	const sameSize = base?.size === target?.size;
	return matchers.find(({ leftover, matches }) => (sameSize || !leftover.sameSize) && matches(path))?.leftover ?? null;
}
// src/core/comparison/story.ts
const HARMLESS = {
	timestamps: "only timestamps differ",
	ownership: "only owners differ",
	mode: "only modes differ",
	xattrs: "only extended attributes differ",
	order: "only the order of entries differs",
	metadata: "only metadata differs",
	"tar-encoding": "only the encoding of the archives differs"
};
/** The share of what was shipped from which on one layer is worth naming. */
const BULK = .5;
/**
* Tells in one sentence which layer made how much of the image be shipped anew, as in "Step 4 `RUN npm ci` changed and
* re-shipped 3 layers, 212 MB; only timestamps differ." Indices are those of the layers, sizes uncompressed.
* @returns null when the base has every layer.
*/
function tellStory(comparison) {
	const { cascade, firstRebuilt } = comparison.summary;
	const shipped = comparison.layers.filter(({ status }) => status === "rebuilt" || status === "added");
	const first = shipped.find(({ target }) => target?.index === firstRebuilt);
	if (first?.target === void 0) return null;
	const name = capitalize(nameLayer(first.target));
	const size = formatSize(cascade.uncompressedSize);
	if (shipped.every(({ status }) => status === "added")) {
		const more = shipped.length - 1;
		return `${name} ${more === 0 ? "is" : `and ${formatCount(more, "more layer")} are`} new, ${size}.`;
	}
	const extent = `${formatCount(cascade.layers, "layer")}, ${size}`;
	const deed = deedOf(first, countedLayers(comparison)?.has(first.target.index) ?? true);
	const rest = sameHarmlessCause(shipped) ?? nothingThatCounts(comparison) ?? (deed === BUILT_AGAIN ? otherFiles(comparison, shipped) : bulk(shipped, first.target));
	return `${name} ${deed} and re-shipped ${extent}${rest === null ? "" : `; ${rest}`}.`;
}
const BUILT_AGAIN = "was built again";
/** @param counts whether the layer gave files that count. What is copied comes from outside: it changes by itself. */
function deedOf({ status, cause, target }, counts) {
	if (status === "added") return "is new";
	if (cause === "step") return "was edited";
	return (counts || target !== void 0 && isCopy(target.step)) && (cause === void 0 || cause === "content") ? "changed" : BUILT_AGAIN;
}
function sameHarmlessCause(shipped) {
	const causes = new Set(shipped.map(({ cause }) => cause));
	const [cause] = causes;
	return causes.size === 1 && cause !== void 0 ? HARMLESS[cause] ?? null : null;
}
function nothingThatCounts({ changed, files }) {
	return !changed && files !== null ? "no file differs that counts" : null;
}
/** How many layers gave other files, where the one that began it did not. */
function otherFiles(comparison, shipped) {
	const counted = countedLayers(comparison);
	if (counted === null) return null;
	const count = shipped.filter(({ target }) => target !== void 0 && counted.has(target.index)).length;
	return count === 0 ? null : `${count} of them gave other files`;
}
/** The layer that makes up most of what was shipped, where it is not the one that began it. */
function bulk(shipped, first) {
	const layers = shipped.flatMap(({ target }) => target ?? []);
	const total = layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
	const largest = layers.reduce((a, b) => b.uncompressedSize > a.uncompressedSize ? b : a, first);
	if (largest === first || largest.uncompressedSize < total * BULK) return null;
	const share = Math.round(100 * largest.uncompressedSize / total);
	return `${largest.step === "" ? nameLayer(largest) : quoteStep(largest.step)} makes up ${share} % of it`;
}
// src/core/report/file-lines.ts
/** Groups and sorts the file differences of a comparison. */
function fileSection(files, layers) {
	const steps = new Map(layers.flatMap(({ index, step, status }) => status === "removed" ? [] : [[index, step]]));
	const groups = /* @__PURE__ */ new Map();
	for (const entry of files.entries) {
		if (entry.volatile === true) continue;
		const line = toLine(entry);
		const group = groups.get(entry.layer);
		if (group === void 0) groups.set(entry.layer, [line]);
		else group.push(line);
	}
	const sorted = [...groups].sort(([one], [other]) => (one ?? Number.POSITIVE_INFINITY) - (other ?? Number.POSITIVE_INFINITY)).map(([layer, lines]) => ({
		layer,
		step: layer === null ? null : steps.get(layer) ?? null,
		lines: lines.sort(byImportance)
	}));
	const { added, modified, removed, volatile } = files;
	return {
		added,
		modified,
		removed,
		volatile,
		groups: sorted,
		privileged: sorted.flatMap(({ lines }) => lines.filter(({ rank }) => rank === 0))
	};
}
function byImportance(one, other) {
	if (one.rank !== other.rank) return one.rank - other.rank;
	if (one.weight !== other.weight) return other.weight - one.weight;
	return one.path < other.path ? -1 : 1;
}
function toLine(entry) {
	const { path, status, base, target } = entry;
	const state = target ?? base;
	const rights = status === "removed" ? [] : newRights(base, target);
	const runs = status !== "removed" && isProgram(target) && !isProgram(base);
	return {
		status,
		path: state?.type === "dir" && path !== "." ? `${path}/` : path,
		linkTarget: state?.type === "symlink" ? state.linkTarget ?? null : null,
		delta: concernsContent(entry) ? sizeOf(target) - sizeOf(base) : null,
		remarks: [
			...rights,
			...runs && rights.length === 0 ? ["executable"] : [],
			...remarksOn(entry)
		],
		rank: rights.length > 0 ? 0 : runs ? 1 : 2,
		weight: concernsContent(entry) ? Math.max(sizeOf(base), sizeOf(target)) : 0
	};
}
const isFile = (state) => state?.type === "file";
const sizeOf = (state) => isFile(state) ? state.size : 0;
const bitsOf = (state) => isFile(state) ? Number.parseInt(state.mode, 8) : 0;
const isProgram = (state) => (bitsOf(state) & 73) !== 0;
function concernsContent({ status, changes, base, target }) {
	if (!isFile(base) && !isFile(target)) return false;
	return status !== "modified" || changes.includes("content") || changes.includes("type");
}
function newRights(base, target) {
	const gained = bitsOf(target) & ~bitsOf(base);
	const capability = isFile(target) ? target.xattrs?.["security.capability"] : void 0;
	const rights = [];
	if ((gained & 2048) !== 0) rights.push(target?.uid === 0 ? "setuid root" : `setuid ${target?.uid}`);
	if ((gained & 1024) !== 0) rights.push(`setgid ${target?.gid}`);
	if (capability !== void 0 && capability !== base?.xattrs?.["security.capability"]) rights.push("capabilities");
	return rights;
}
const SPECIAL = {
	char: "character device",
	block: "block device",
	fifo: "named pipe"
};
function remarksOn({ status, changes, base, target }) {
	if (status !== "modified" || base === void 0 || target === void 0) return [SPECIAL[(target ?? base)?.type ?? "file"] ?? []].flat();
	return changes.flatMap((change) => REMARKS[change](base, target) ?? []);
}
const REMARKS = {
	content: (base, target) => sizeOf(base) === sizeOf(target) ? "content" : null,
	type: (base, target) => `${base.type} → ${target.type}`,
	mode: (base, target) => `mode ${base.mode} → ${target.mode}`,
	owner: (base, target) => `owner ${base.uid}:${base.gid} → ${target.uid}:${target.gid}`,
	link: (base) => `was → ${base.linkTarget ?? "?"}`,
	xattrs: () => "extended attributes",
	device: () => "device number",
	mtime: () => "time"
};
// src/core/report/setting-changes.ts
/** The config differences that mean something, with the values that may be shown; null stays null. */
function settingChanges(config) {
	if (config === null) return null;
	return config.filter((difference) => difference.volatile !== true).map(toSettingChange);
}
function toSettingChange({ path, base, target }) {
	const withheld = !mayShow(path, [base, target]);
	return {
		path,
		status: isAbsent(base) ? "added" : isAbsent(target) ? "removed" : "modified",
		before: withheld || isAbsent(base) ? null : showValue(base),
		after: withheld || isAbsent(target) ? null : showValue(target),
		withheld
	};
}
const isAbsent = (value) => value === null || value === void 0;
function showValue(value) {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return text === "{}" ? "" : withoutCredentials(text);
}
// src/core/report/verdict.ts
/** The verdict on an image that there is nothing to compare with. */
function verdictAlone(snapshot, keptIn) {
	const size = snapshot.layers.reduce((sum, layer) => sum + layer.uncompressedSize, 0);
	const sentence = `${formatCount(snapshot.layers.length, "layer")}, ${formatSize(size)}`;
	return keptIn === null ? {
		kind: "single",
		sentence
	} : {
		kind: "first",
		sentence: `first snapshot: ${sentence}`
	};
}
/** The verdict on a comparison. */
function verdictOn(comparison) {
	const { summary } = comparison;
	if (comparison.changed) return {
		kind: "changed",
		sentence: changeSentence(comparison)
	};
	if (summary.rebuilt + summary.added + summary.removed === 0) return {
		kind: "unchanged",
		sentence: ["no change", ...countLayers(summary, KEPT)].join(", ")
	};
	return {
		kind: "rebuilt",
		sentence: `${countLayers(summary, [...REPLACED, ...KEPT]).join(", ")}, ${onlyDifference(comparison)}`
	};
}
function changeSentence(comparison) {
	const { base, size, summary, files, config } = comparison;
	const changed = files === null ? 0 : files.added + files.modified + files.removed;
	const settings = settingChanges(config);
	return [
		...isTold(size.uncompressedDelta, base.uncompressedSize) ? [formatSizeDelta(size.uncompressedDelta)] : [],
		...countLayers(summary, [...REPLACED, ...KEPT]),
		...changed === 0 ? [] : [`${formatCount(changed, "file")} changed`],
		...files === null ? ["files not compared"] : [],
		...settings === null ? ["config changed"] : [],
		...settings === null || settings.length === 0 ? [] : [formatCount(settings.length, "config change")]
	].join(", ");
}
/** A few bytes on a large image are no news. */
function isTold(delta, before) {
	return Math.abs(delta) >= 1e3 || Math.abs(delta) > before / 1e3;
}
const REPLACED = [
	"rebuilt",
	"added",
	"removed"
];
const KEPT = ["recompressed", "moved"];
/** `2 layers rebuilt, 1 added`: the noun stands once. */
function countLayers(summary, words) {
	return words.filter((word) => summary[word] > 0).map((word, place) => `${place === 0 ? formatCount(summary[word], "layer") : summary[word]} ${word}`);
}
/** What alone differs; `content` that does not count is told apart. */
const DIFFERENCES = {
	timestamps: "timestamps",
	ownership: "ownership",
	mode: "modes",
	xattrs: "extended attributes",
	order: "the order of entries",
	metadata: "metadata",
	"tar-encoding": "the tar encoding",
	step: "the instruction"
};
function onlyDifference({ layers, files }) {
	const causes = new Set(layers.flatMap(({ cause }) => cause ?? []));
	if (files === null) return "files not compared";
	if (causes.size === 0) return "no file differs";
	const content = files.volatile > 0 ? "volatile files" : "what the image does not show";
	return `nothing differs but ${listed([...causes].map((cause) => cause === "content" ? content : DIFFERENCES[cause]))}`;
}
function listed(words) {
	return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
// src/core/report/make-report.ts
/** Makes the report of a run, one part for each image given (the platforms of one name). */
function makeReport(images) {
	return { images: images.map(reportOn) };
}
function reportOn(image) {
	const { snapshot, change } = image;
	const common = {
		...image,
		reference: withoutCredentials(image.reference),
		keptIn: image.keptIn === null ? null : withoutCredentials(image.keptIn),
		notes: image.notes.map(withoutCredentials),
		platform: formatPlatform(snapshot.platform),
		size: sizeFacts(image)
	};
	if (change === null) {
		const layers = snapshotLines(snapshot.layers);
		return {
			...common,
			verdict: verdictAlone(snapshot, image.keptIn),
			layers,
			files: null,
			settings: []
		};
	}
	const { comparison, baseline, story, advice } = change;
	const layers = comparedLines(comparison);
	return {
		...common,
		change: {
			comparison,
			baseline: {
				...baseline,
				place: withoutCredentials(baseline.place)
			},
			story: story === null ? null : withoutCredentials(story),
			advice: advice.map(withoutCredentials)
		},
		verdict: verdictOn(comparison),
		layers,
		files: comparison.files === null ? null : fileSection(comparison.files, layers),
		settings: settingChanges(comparison.config)
	};
}
function sizeFacts({ snapshot, change }) {
	const compressed = snapshot.layers.map(({ size }) => size);
	return {
		uncompressed: sum(snapshot.layers.map(({ uncompressedSize }) => uncompressedSize)),
		compressed: compressed.every((size) => size !== null) ? sum(compressed) : null,
		uncompressedDelta: change?.comparison.size.uncompressedDelta ?? null,
		compressedDelta: change?.comparison.size.compressedDelta ?? null,
		pull: change?.comparison.size.pullBytes ?? null
	};
}
const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);
// src/entry/compare-options.ts
/** What the settings say of comparing. @throws VarveError `bad-option` for a pattern that is none. */
function compareOptions(settings) {
	return {
		ignore: [...settings["ignore-defaults"] ? DEFAULT_IGNORE : [], ...settings.ignore.map(parseIgnore)],
		mtime: settings.mtime
	};
}
export { compareSnapshots as a, advise as i, makeReport as n, tellStory as r, compareOptions as t };
