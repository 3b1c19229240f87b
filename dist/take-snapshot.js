import { t as VarveError } from "./errors.js";
import { _ as fromBase64, f as parseWhiteout, h as pathBytes, m as parentOf, u as INVENTORY_KIND, v as fromText } from "./catalogue.js";
import { A as SNAPSHOT_KIND, b as compressPayload, c as parseConfig, i as buildSnapshot, k as CONFIG_KIND, r as alignHistory, s as snapshotBytes, u as artifactOf, y as expiryOf } from "./compose.js";
import { n as digestOf } from "./digest.js";
import { t as DEFAULT_LIMITS } from "./limits.js";
import { n as isFresh, o as readPayload, s as Inventory, t as analyseLayers } from "./analyse-layers.js";
import { n as readSnapshot, t as readDocument } from "./read-document.js";
// src/core/surface/pack-artefact.ts
/** Makes an artefact of canonical bytes. */
function packArtefact(origin, kind, bytes, format = "json") {
	return {
		key: {
			tenant: origin.tenant,
			kind,
			digest: digestOf(bytes)
		},
		format,
		sizeBytes: bytes.length,
		compressed: compressPayload(bytes),
		source: origin.source,
		createdAt: origin.time,
		expiresAt: expiryOf(kind, origin.time)
	};
}
/** Makes an artefact of what an analyzer gave, which is compressed already. */
function artefactOfFragment(origin, fragment) {
	return {
		key: {
			tenant: origin.tenant,
			kind: fragment.kind,
			digest: fragment.digest
		},
		format: fragment.format,
		sizeBytes: fragment.sizeBytes,
		compressed: fragment.compressed,
		source: origin.source,
		createdAt: origin.time,
		expiresAt: expiryOf(fragment.kind, origin.time)
	};
}
// src/core/rootfs/file-state.ts
/** A directory that entries stand in and no layer states. */
const IMPLICIT_DIRECTORY = Object.freeze({
	type: "dir",
	mode: "0755",
	uid: 0,
	gid: 0,
	size: 0,
	mtime: 0
});
/** Tells whether an entry states something of its own, and is not a second name or a whiteout. */
function isState(entry) {
	return entry.type !== "hardlink" && entry.type !== "whiteout" && entry.type !== "opaque";
}
/** The state alone, without the name that an entry was stated under; keys in the order of an inventory. */
function copyState(state) {
	const { type, mode, uid, gid, size, mtime, mtimeNs, sha256, linkTarget, linkTargetBase64, xattrs, device } = state;
	return {
		type,
		mode,
		uid,
		gid,
		size,
		mtime,
		...mtimeNs !== void 0 && { mtimeNs },
		...sha256 !== void 0 && { sha256 },
		...linkTarget !== void 0 && { linkTarget },
		...linkTargetBase64 !== void 0 && { linkTargetBase64 },
		...xattrs !== void 0 && { xattrs },
		...device !== void 0 && { device }
	};
}
// src/core/rootfs/path-resolver.ts
/** Symlinks that one path may lead through, as in every engine that resolves inside a root. */
const MAX_HOPS = 255;
/**
* Follows the paths of directories inside a root: absolute targets start at the root, `..` stops there.
* What does not exist is taken as a plain name, since it may be about to be made.
*/
var PathResolver = class {
	#overlay;
	#directories = /* @__PURE__ */ new Map();
	#links = /* @__PURE__ */ new Map();
	#turns = 0;
	constructor(overlay) {
		this.#overlay = overlay;
	}
	/** The node that a path stands for, its last component not followed; null when its links go in circles. */
	locate(path) {
		if (path === ".") return this.#overlay.root;
		const slash = path.lastIndexOf("/");
		const directory = this.directory(slash === -1 ? "." : path.slice(0, slash));
		return directory && this.#overlay.child(directory, path.slice(slash + 1));
	}
	/** The node that a directory's path leads to, its last component followed too; null when links go in circles. */
	directory(path) {
		if (this.#turns !== this.#overlay.turns) {
			this.#directories.clear();
			this.#links.clear();
			this.#turns = this.#overlay.turns;
		}
		return this.#reach(path)?.node ?? null;
	}
	#reach(path) {
		if (path.length > 4095) return null;
		let reached = this.#directories.get(path);
		if (reached === void 0) {
			reached = this.#walk({
				node: this.#overlay.root,
				hops: 0
			}, path);
			this.#directories.set(path, reached);
		}
		return reached;
	}
	#walk(from, path) {
		let reached = from;
		for (const name of path.split("/")) {
			reached = this.#step(reached, name);
			if (reached === null) return null;
		}
		return reached;
	}
	#step({ node, hops }, name) {
		if (name === "" || name === ".") return {
			node,
			hops
		};
		if (name === "..") return {
			node: node.parent ?? node,
			hops
		};
		const child = this.#overlay.child(node, name);
		if (child === null) return null;
		const state = this.#overlay.at(child)?.state;
		return state?.type === "symlink" ? this.#follow(child, state, hops + 1) : {
			node: child,
			hops
		};
	}
	#follow(link, state, hops) {
		if (hops > MAX_HOPS) return null;
		const known = this.#links.get(link);
		if (known !== void 0) return hops + known.hops > MAX_HOPS ? null : {
			node: known.node,
			hops: hops + known.hops
		};
		const target = targetOf(state);
		if (target.length > 4095) return null;
		const start = target.startsWith("/") ? null : link.parent;
		const reached = this.#walk({
			node: start ?? this.#overlay.root,
			hops
		}, target);
		if (reached === null) return null;
		this.#links.set(link, {
			node: reached.node,
			hops: reached.hops - hops
		});
		return reached;
	}
};
/** The bytes of the target of a symlink or hard link. */
function targetOf({ linkTarget = "", linkTargetBase64 }) {
	return linkTargetBase64 === void 0 ? fromText(linkTarget) : fromBase64(linkTargetBase64);
}
// src/core/rootfs/layer-statements.ts
/** The findings about entries that have no effect because of where they point. */
const ESCAPES = /* @__PURE__ */ new Set(["escaping-path", "escaping-link"]);
/**
* What a layer says and what has an effect, in the order that it is carried out: sorted by path, so that a directory
* comes before what is in it, and what hides a name before what is then put there. The order of the tar itself counts
* only among entries of one path, where the last one stands.
*/
function* statementsOf(layer) {
	const hides = hidesOf(layer);
	let next = 0;
	for (const [path, entry] of effectiveEntries(layer)) {
		for (let hide = hides[next]; hide !== void 0 && hide.key <= path; hide = hides[++next]) yield hide.statement;
		yield {
			kind: "entry",
			path,
			entry
		};
	}
	for (const { statement } of hides.slice(next)) yield statement;
}
function hidesOf(layer) {
	const hides = [];
	for (const { kind, target: path } of whiteoutsOf(layer)) if (kind === "whiteout") hides.push({
		key: path,
		statement: {
			kind: "hide",
			path
		}
	});
	else hides.push({
		key: path === "." ? "" : `${path}/`,
		statement: {
			kind: "hide-below",
			path
		}
	});
	return hides.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
/** What a layer says to hide. */
function* whiteoutsOf(layer) {
	for (const entry of layer.whiteouts()) {
		const whiteout = parseWhiteout(pathBytes(entry));
		if (whiteout?.kind === "whiteout" || whiteout?.kind === "opaque") yield whiteout;
	}
}
/** The entry of each path that stands, in order; whiteouts and what has no effect left out. */
function* effectiveEntries(layer) {
	const escapes = countEscapes(layer);
	let path = null;
	let last = null;
	let statedTimes = 0;
	for (const entry of layer.entries()) {
		const next = pathBytes(entry);
		if (path !== next) {
			if (path !== null && last !== null && statedTimes > (escapes.get(last.path) ?? 0)) yield [path, last];
			path = next;
			statedTimes = 0;
		}
		statedTimes++;
		last = hasEffect(next, entry) ? entry : null;
	}
	if (path !== null && last !== null && statedTimes > (escapes.get(last.path) ?? 0)) yield [path, last];
}
/** Tells whether an entry puts something at its path, as far as the entry alone can tell. */
function hasEffect(path, { type }) {
	if (type === "whiteout" || type === "opaque" || path.length > 4095) return false;
	if (path === ".") return type === "dir";
	return !path.includes(".wh.") || parseWhiteout(path) === null;
}
/**
* How many entries of a path climbed out of the root, or were hard links to such a place: those have no effect.
* Where an honest entry has the same path, the path stands.
*/
function countEscapes({ header }) {
	const counts = /* @__PURE__ */ new Map();
	for (const { code, path } of header.findings) if (path !== void 0 && ESCAPES.has(code)) counts.set(path, (counts.get(path) ?? 0) + 1);
	return counts;
}
// src/core/rootfs/apply-layer.ts
/**
* Puts one more layer on an overlay, as its extraction over the lower layers would: parents are followed through
* symlinks inside the root, and hard links come last, so that their targets may stand anywhere in the layer.
* @returns what was odd.
* @throws VarveError `limit-exceeded` when few entries need very many directories.
* @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets
*/
function applyLayer(overlay, index, layer) {
	const application = new Application(overlay, index);
	for (const statement of statementsOf(layer)) if (statement.kind === "entry") application.place(statement.path, statement.entry);
	else if (statement.kind === "hide") application.hide(statement.path);
	else application.hideBelow(statement.path);
	application.settleLinks();
	return application.findings;
}
var Application = class {
	findings = [];
	#overlay;
	#layer;
	#resolver;
	/** Hard links that wait for their targets. */
	#links = /* @__PURE__ */ new Map();
	constructor(overlay, layer) {
		this.#overlay = overlay;
		this.#layer = layer;
		this.#resolver = new PathResolver(overlay);
	}
	place(path, entry) {
		this.#overlay.makeRoom();
		const node = this.#resolver.locate(path);
		if (node === null) this.#report("unreachable-path", entry);
		else if (!isState(entry)) this.#links.set(node, entry);
		else if (this.#makeParents(node, entry)) {
			this.#links.delete(node);
			this.#overlay.put(node, entry, this.#layer);
		}
	}
	hide(path) {
		const node = this.#resolver.locate(path);
		if (node !== null) this.#overlay.hide(node, this.#layer);
	}
	hideBelow(path) {
		const node = this.#resolver.directory(path);
		if (node !== null) this.#overlay.hideBelow(node, this.#layer);
	}
	/** All targets are found before any link is made, so that it does not matter which link comes first. */
	settleLinks() {
		const settled = [...this.#links].map(([node, entry]) => ({
			node,
			entry,
			state: this.#linkedState(node)
		}));
		for (const { node, entry, state } of settled) {
			this.#links.delete(node);
			if (state === null) this.#report("broken-hard-link", entry, `to ${entry.linkTarget}`);
			else if (this.#makeParents(node, entry)) this.#overlay.link(node, state, this.#layer);
		}
	}
	/** The state that a hard link names, through further hard links of the layer; null when there is none. */
	#linkedState(link) {
		const seen = /* @__PURE__ */ new Set();
		let node = link;
		for (let entry = this.#links.get(link); entry !== void 0; entry = node ? this.#links.get(node) : void 0) {
			if (node === null || seen.has(node)) return null;
			seen.add(node);
			node = this.#resolver.locate(targetOf(entry));
		}
		const state = node && this.#overlay.at(node)?.state;
		return state && state.type !== "dir" ? state : null;
	}
	/** Makes the directories that an entry stands in. False when something in the way stays. */
	#makeParents(node, entry) {
		if (this.#standsBelowLink(node)) return this.#report("parent-not-directory", entry);
		const missing = [];
		for (let above = node.parent; above !== null; above = above.parent) {
			if (this.#overlay.at(above)?.state.type === "dir") break;
			missing.push(above);
		}
		const top = missing.at(-1);
		const inTheWay = top && this.#overlay.at(top);
		if (inTheWay && inTheWay.layer === this.#layer) return this.#report("parent-not-directory", entry);
		if (inTheWay) this.#report("parent-replaced", entry);
		for (const parent of missing.reverse()) this.#overlay.put(parent, IMPLICIT_DIRECTORY, this.#layer);
		return true;
	}
	#standsBelowLink(node) {
		if (this.#links.size === 0) return false;
		for (let above = node.parent; above !== null; above = above.parent) if (this.#links.has(above)) return true;
		return false;
	}
	#report(code, { path }, detail) {
		this.findings.push({
			code,
			path,
			...detail !== void 0 && { detail }
		});
		return false;
	}
};
// src/core/rootfs/rootfs-node.ts
/** As deep as a path can be that a kernel takes: PATH_MAX is 4096, and each component needs a slash. */
const MAX_DEPTH = 2048;
/** One name in an overlay. */
var Node = class {
	parent;
	name;
	depth;
	children = null;
	/** What layers of the overlay put here; null where they did not, or hid it again. */
	state = null;
	/** The layer that put the state here, or with no state the one that hid what stood here. */
	layer = -1;
	/** The layer that hid what the lower rootfs has under this very name; NONE while it shows. */
	hiddenBy;
	/** The layer that hid what the lower rootfs has below this name; NONE while it shows. */
	hiddenBelowBy;
	/** What the lower rootfs has under this name, once asked. */
	lower = void 0;
	constructor(parent, name) {
		this.parent = parent;
		this.name = name;
		this.depth = parent === null ? 0 : parent.depth + 1;
		this.hiddenBy = parent === null ? -1 : parent.hiddenBelowBy;
		this.hiddenBelowBy = this.hiddenBy;
	}
	get path() {
		if (this.parent === null) return ".";
		let path = this.name;
		for (let node = this.parent; node.parent !== null; node = node.parent) path = `${node.name}/${path}`;
		return path;
	}
};
/** Tells whether layers of the overlay put something under a name. */
function isPlaced(node) {
	return node.state !== null;
}
// src/core/rootfs/walk-nodes.ts
/**
* Puts names of one directory, and what is below them, in the order of whole paths: `a`, `a-b`, `a/c`, since `-` comes
* before `/`.
*/
function inPathOrder(names, hasMore) {
	const keyed = [];
	for (const [name, value] of names) {
		keyed.push({
			key: name,
			listed: {
				value,
				name,
				below: false
			}
		});
		if (hasMore(value)) keyed.push({
			key: `${name}/`,
			listed: {
				value,
				name,
				below: true
			}
		});
	}
	return keyed.sort((a, b) => a.key < b.key ? -1 : 1).map(({ listed }) => listed);
}
/** The path of a name in a directory. */
function pathIn(directory, name) {
	return directory === "." ? name : `${directory}/${name}`;
}
/** All nodes below a node, sorted by path. */
function* nodesBelow(top, directory) {
	const levels = [{
		directory,
		entries: list(top).values()
	}];
	for (let level = levels.at(-1); level !== void 0; level = levels.at(-1)) {
		const { value: listed } = level.entries.next();
		if (listed === void 0) {
			levels.pop();
			continue;
		}
		const path = pathIn(level.directory, listed.name);
		if (listed.below) levels.push({
			directory: path,
			entries: list(listed.value).values()
		});
		else yield [path, listed.value];
	}
}
const list = (node) => inPathOrder(node.children ?? [], ({ children }) => children !== null);
/** Merges two lists that are sorted by path; of equal paths the first list's one is taken. */
function* mergeSorted(first, second) {
	const rest = second[Symbol.iterator]();
	let other = rest.next();
	for (const item of first) {
		for (; !other.done && other.value[0] < item[0]; other = rest.next()) yield other.value;
		if (!other.done && other.value[0] === item[0]) other = rest.next();
		yield item;
	}
	for (; !other.done; other = rest.next()) yield other.value;
}
// src/core/rootfs/layer-views.ts
/** The same layer as if it stated no hard links by name. */
function withoutHardLinks(view) {
	return {
		...delegate(view),
		find: (path) => {
			const entry = view.find(path);
			return entry?.type === "hardlink" ? null : entry;
		}
	};
}
/** The same layer, whose entries are read once and then are the same objects each time. */
function rememberEntries(view) {
	let entries = null;
	return {
		...delegate(view),
		entries: () => {
			entries ??= [...view.entries()];
			return entries;
		}
	};
}
function delegate(view) {
	return {
		header: view.header,
		entries: () => view.entries(),
		whiteouts: () => view.whiteouts(),
		find: (path) => view.find(path),
		below: (directory) => view.below(directory),
		implicitParents: () => view.implicitParents()
	};
}
// src/core/rootfs/overlay.ts
/** Names that may be made at once, and further ones for each entry: the names of its parents among them. */
const ROOM = 1e6;
const ROOM_PER_ENTRY = 16;
/** Changes of one or more layers over a lower root filesystem, which is only asked and never changed. */
var Overlay = class {
	root = new Node(null, "");
	#lower;
	#room = ROOM;
	/** Counts changes that can lead a path elsewhere: directories and symlinks that came or went. */
	turns = 0;
	/** The inodes that hard links of these layers name. */
	linked = /* @__PURE__ */ new Set();
	/** @param lower null for nothing at all. */
	constructor(lower) {
		this.#lower = lower;
		if (lower === null) {
			this.root.state = IMPLICIT_DIRECTORY;
			this.root.layer = 0;
		}
	}
	/** Lets one more entry be placed, with the directories that it may need. */
	makeRoom() {
		this.#room += ROOM_PER_ENTRY;
	}
	/** The node of a name in a directory, made when there is none; null deeper than a path can be. */
	child(parent, name) {
		parent.children ??= /* @__PURE__ */ new Map();
		const known = parent.children.get(name);
		if (known !== void 0) return known;
		if (parent.depth === 2048) return null;
		if (--this.#room < 0) throw new VarveError("limit-exceeded", "a few entries of the image need more than a million directories", { hint: "such paths are made to exhaust whoever unpacks them; varve layer ls shows them" });
		const node = new Node(parent, name);
		parent.children.set(name, node);
		return node;
	}
	/** What stands under a name now. */
	at(node) {
		if (isPlaced(node)) return node;
		return node.hiddenBy === -1 ? this.lowerAt(node) : null;
	}
	/** What the lower rootfs has under a name, whether it shows or not. */
	lowerAt(node) {
		if (node.lower === void 0) node.lower = this.#hasLowerParent(node) ? this.#lookupLower(node.path) : null;
		return node.lower;
	}
	#hasLowerParent({ parent }) {
		return this.#lower !== null && (parent === null || this.lowerAt(parent)?.state.type === "dir");
	}
	#lookupLower(path) {
		return this.#lower?.lookup(path) ?? null;
	}
	/** What stands at a real path; null when nothing does. */
	lookup(path) {
		const { node, rest } = this.#descend(path);
		if (rest === "") return this.at(node);
		return node.hiddenBelowBy === -1 ? this.#lookupLower(path) : null;
	}
	*descendants(directory) {
		const { node, rest } = this.#descend(directory);
		const own = rest === "" ? nodesBelow(node, directory) : [];
		for (const [path] of mergeSorted(own, this.#lower?.descendants(directory) ?? [])) {
			const placed = this.lookup(path);
			if (placed !== null) yield [path, placed];
		}
	}
	hiderOf(path) {
		const { node, rest } = this.#descend(path);
		if (rest === "" && node.state !== null) return null;
		if (rest === "" && node.layer !== -1) return node.layer;
		const by = rest === "" ? node.hiddenBy : node.hiddenBelowBy;
		if (by !== -1 && this.#lookupLower(path)) return by;
		return this.#lower?.hiderOf(path) ?? null;
	}
	/** Copies what the lower rootfs has below a directory, so that it can be walked. Changes no answer. */
	takeIn(directory) {
		for (const [path, placed] of this.#lower?.descendants(directory) ?? []) {
			this.makeRoom();
			const node = this.#nodeOf(path);
			if (node.state !== null || node.hiddenBy !== -1) continue;
			node.state = placed.state;
			node.layer = placed.layer;
		}
		return this.#nodeOf(directory);
	}
	/** Puts a state under a name. Anything but a directory over a directory replaces, with all that is below. */
	put(node, state, layer) {
		const old = this.at(node)?.state.type;
		if (old === "dir" && state.type !== "dir") this.#clearBelow(node, layer, layer + 1);
		if (state.type === "symlink" || old !== state.type && (old === "dir" || old === "symlink")) this.turns++;
		node.state = state;
		node.layer = layer;
	}
	/** Makes a name a further one of an inode. */
	link(node, state, layer) {
		this.put(node, state, layer);
		this.linked.add(state);
	}
	/** Hides what layers before this one have under a name and below. */
	hide(node, layer) {
		this.#clear(node, layer, layer);
		this.hideBelow(node, layer);
	}
	/** Hides what layers before this one have below a directory. */
	hideBelow(node, layer) {
		const kept = this.#clearBelow(node, layer, layer);
		for (const survivor of kept) this.#keepDirectories(survivor, layer);
		this.turns++;
	}
	/** Takes away what layers before `bound` put below a name. Gives what is left. */
	#clearBelow(top, by, bound) {
		const kept = [];
		const left = [top];
		for (let node = left.pop(); node !== void 0; node = left.pop()) {
			if (node.hiddenBelowBy === -1) node.hiddenBelowBy = by;
			for (const child of node.children?.values() ?? []) {
				this.#clear(child, by, bound);
				if (child.state !== null) kept.push(child);
				left.push(child);
			}
		}
		return kept;
	}
	#clear(node, by, bound) {
		if (node.state === null ? this.at(node) !== null : node.layer < bound) {
			node.state = null;
			node.layer = by;
		}
		if (node.hiddenBy === -1) node.hiddenBy = by;
	}
	/** What a layer itself put below something that it hides stands in directories that nothing states any more. */
	#keepDirectories(node, layer) {
		for (let above = node.parent; above !== null && this.at(above) === null; above = above.parent) {
			above.state = IMPLICIT_DIRECTORY;
			above.layer = layer;
		}
	}
	#nodeOf(path) {
		if (path === ".") return this.root;
		let node = this.root;
		for (const name of path.split("/")) {
			const child = this.child(node, name);
			if (child === null) throw new VarveError("internal", `a path is deeper than ${MAX_DEPTH} directories`);
			node = child;
		}
		return node;
	}
	/** Goes down to the deepest node on the way to a path, and gives what of the path is left. */
	#descend(path) {
		let node = this.root;
		if (path === ".") return {
			node,
			rest: ""
		};
		for (let start = 0; start <= path.length;) {
			const slash = path.indexOf("/", start);
			const end = slash === -1 ? path.length : slash;
			const next = node.children?.get(path.slice(start, end));
			if (next === void 0) return {
				node,
				rest: path.slice(start)
			};
			node = next;
			start = end + 1;
		}
		return {
			node,
			rest: ""
		};
	}
};
// src/core/rootfs/lazy-rootfs.ts
/**
* The merged root filesystem of layers that are left as they are stored: an answer looks up a few lines in each.
* Right for layers whose entries all stand where they say, which `isLazy` tells.
*/
var LazyRootfs = class LazyRootfs {
	#layers;
	#downwards;
	#found = /* @__PURE__ */ new Map();
	#shown = /* @__PURE__ */ new Map();
	#linkResolvers = /* @__PURE__ */ new Map();
	constructor(views) {
		this.#layers = views.map(openLayer);
		this.#downwards = views.map((_, index) => index).reverse();
	}
	lookup(path) {
		let found = this.#found.get(path);
		if (found === void 0) {
			found = path.length > 4095 ? null : this.#look(path);
			this.#found.set(path, found);
		}
		return found;
	}
	#look(path) {
		const parent = parentOf(path);
		let implicitIn = -1;
		for (const index of parent === null ? this.#downwards : this.#showing(parent)) {
			const state = this.#stated(index, path);
			if (state !== null) {
				if (implicitIn === -1 || state.type === "dir") return {
					state,
					layer: index
				};
				break;
			}
			if (this.#implies(index, path)) implicitIn = index;
			if (this.#hides(index, path)) break;
		}
		if (implicitIn === -1 && path !== ".") return null;
		return {
			state: IMPLICIT_DIRECTORY,
			layer: Math.max(implicitIn, 0)
		};
	}
	*descendants(directory) {
		const paths = /* @__PURE__ */ new Set();
		for (const index of this.#showing(directory)) for (const entry of this.#layer(index).view.below(directory)) {
			let path = pathBytes(entry);
			while (path !== null && path !== directory && !paths.has(path)) {
				paths.add(path);
				path = parentOf(path);
			}
		}
		for (const path of [...paths].sort()) {
			const placed = this.lookup(path);
			if (placed !== null) yield [path, placed];
		}
	}
	hiderOf(path) {
		let index = this.#layers.length - 1;
		while (index >= 0 && this.#stated(index, path) === null && !this.#implies(index, path)) index--;
		if (index < 0 || path === ".") return null;
		for (index++; index < this.#layers.length; index++) if (this.#takes(index, path)) return index;
		return null;
	}
	/** Tells whether a layer takes away what lower layers have at a path, by whatever it says of a directory above. */
	#takes(index, path) {
		if (this.#hides(index, path)) return true;
		for (let above = parentOf(path); above !== null; above = parentOf(above)) {
			if (this.#hides(index, above) || this.#empties(index, above)) return true;
			const state = above === "." ? null : this.#stated(index, above);
			if (state !== null && state.type !== "dir") return true;
		}
		return false;
	}
	/** Tells whether a layer has a whiteout of this very path. Below the lowest layer there is nothing to hide. */
	#hides(index, path) {
		return index > 0 && this.#layer(index).view.find(whiteoutOf(path))?.type === "whiteout";
	}
	#empties(index, directory) {
		return index > 0 && this.#layer(index).view.find(opaqueMarkerOf(directory))?.type === "opaque";
	}
	/** The layers that have something in a directory which still shows, the uppermost first. */
	#showing(directory) {
		const known = this.#shown.get(directory);
		if (known !== void 0) return known;
		const parent = parentOf(directory);
		const layers = [];
		for (const index of parent === null ? this.#downwards : this.#showing(parent)) {
			const { implicit } = this.#layer(index);
			const type = this.#stated(index, directory)?.type;
			if (type !== void 0 && type !== "dir") break;
			if (type === "dir" || implicit.has(directory) || parent === null) layers.push(index);
			if (this.#empties(index, directory) || this.#hides(index, directory)) break;
		}
		this.#shown.set(directory, layers);
		return layers;
	}
	/** What a layer states at a path, a hard link as what it names; null for nothing, and for what has no effect. */
	#stated(index, path) {
		const entry = this.#layer(index).view.find(path);
		if (entry === null || !hasEffect(path, entry)) return null;
		return isState(entry) ? entry : this.#linkedState(index, entry);
	}
	#linkedState(index, link) {
		const { overlay, resolver } = this.#linkResolver(index);
		const seen = /* @__PURE__ */ new Set([pathBytes(link)]);
		for (let entry = link;;) {
			const node = resolver.locate(targetOf(entry));
			if (node === null) return null;
			const next = this.#layer(index).view.find(node.path);
			if (next?.type !== "hardlink") {
				const state = overlay.at(node)?.state;
				return state && state.type !== "dir" ? state : null;
			}
			if (seen.has(node.path)) return null;
			seen.add(node.path);
			entry = next;
		}
	}
	/** Hard links of a layer are found in what it and the layers below put there, before it has any hard link. */
	#linkResolver(index) {
		const known = this.#linkResolvers.get(index);
		if (known !== void 0) return known;
		const below = this.#layers.slice(0, index).map(({ view }) => view);
		const overlay = new Overlay(new LazyRootfs([...below, withoutHardLinks(this.#layer(index).view)]));
		const made = {
			overlay,
			resolver: new PathResolver(overlay)
		};
		this.#linkResolvers.set(index, made);
		return made;
	}
	/** Tells whether a layer puts entries below a path without stating the path itself. */
	#implies(index, path) {
		const { implicit, view } = this.#layer(index);
		const known = implicit.get(path);
		if (known === void 0 || known === false) return false;
		if (known === true) return true;
		let found = false;
		for (const entry of view.below(path)) {
			if (this.#stated(index, pathBytes(entry)) === null) continue;
			found = true;
			break;
		}
		implicit.set(path, found);
		return found;
	}
	#layer(index) {
		return this.#layers[index];
	}
};
function openLayer(view) {
	return {
		view,
		implicit: new Map([...implicitDirectories(view)].map((path) => [path, null]))
	};
}
/** Where a layer that hides a path says so. */
function whiteoutOf(path) {
	const slash = path.lastIndexOf("/") + 1;
	return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}
const opaqueMarkerOf = (directory) => pathIn(directory, ".wh..wh..opq");
/** The directories that a layer needs and does not state, all the way up. */
function implicitDirectories(view) {
	const implicit = /* @__PURE__ */ new Set();
	for (const parent of view.implicitParents()) for (let path = parent; path !== null && path !== "."; path = parentOf(path)) {
		if (implicit.has(path) || path !== parent && view.find(path)?.type === "dir") break;
		implicit.add(path);
	}
	return implicit;
}
/**
* Tells whether every entry of these layers stands where its path says, and has the effect that it states by itself.
* It need not where a directory that a layer leaves unstated is a symlink further down, or a file of its own.
*/
function isLazy(views) {
	return views.every((view, index) => {
		if (view.header.findings.some(({ code }) => ESCAPES.has(code))) return false;
		const below = views.slice(0, index);
		for (const path of implicitDirectories(view)) if (isEffective(path, view.find(path)) || below.some((lower) => isLink(lower.find(path)))) return false;
		return true;
	});
}
const isEffective = (path, entry) => entry !== null && hasEffect(path, entry);
const isLink = (entry) => entry?.type === "symlink" || entry?.type === "hardlink";
// src/core/rootfs/merge-layers.ts
/**
* Merges the layers of an image, lowest first, into its root filesystem, all in memory: some 400 bytes a name.
* @throws VarveError `limit-exceeded` when few entries need very many directories.
*/
function mergeLayers(layers) {
	const rootfs = new Overlay(null);
	return {
		rootfs,
		findings: layers.flatMap((layer, index) => applyLayer(rootfs, index, layer).map((finding) => ({
			...finding,
			layer: index
		})))
	};
}
/** The root filesystem of layers of which only a little will be asked: not merged where that gives the same answers. */
function openRootfs(layers) {
	return isLazy(layers) ? new LazyRootfs(layers) : mergeLayers(layers).rootfs;
}
// src/flows/load-snapshot.ts
/**
* A stored snapshot as comparing and listing need it: inventories are loaded, and verified, when they are asked for.
* @throws VarveError `artefact-not-found`; faults of the stored bytes.
*/
async function loadSnapshot({ surface, location }, tenant, digest) {
	const snapshot = await readSnapshot(surface, tenant, digest);
	if (snapshot === null) throw new VarveError("artefact-not-found", `${location} has no snapshot ${digest}`, {
		object: digest,
		hint: "varve surface list --kind image.snapshot lists what there is"
	});
	return {
		snapshot,
		snapshotDigest: digest,
		config: await loadConfig(surface, tenant, snapshot),
		loadInventory: (index) => loadInventory(surface, tenant, snapshot, index)
	};
}
async function loadConfig(surface, tenant, { config }) {
	const bytes = await readDocument(surface, {
		tenant,
		kind: CONFIG_KIND,
		digest: config.digest
	});
	if (bytes === null) return null;
	const object = `the stored config ${config.digest}`;
	return parseConfig(bytes, {
		object,
		mediaType: null,
		...config
	}, DEFAULT_LIMITS).value;
}
/** The inventory of a layer, made by whatever version; null where the layer was not analysed or it is gone. */
async function loadInventory(surface, tenant, snapshot, index) {
	const fragment = snapshot.layers[index]?.fragments.find(({ kind }) => kind === INVENTORY_KIND);
	if (fragment === void 0) return null;
	const payload = await readPayload(surface, {
		tenant,
		kind: fragment.kind,
		digest: fragment.digest
	});
	return payload && new Inventory(payload, fragment.digest);
}
// src/core/image/step.ts
/** `#(nop)`: how the classic builder, and Buildah after it, mark instructions that run nothing. */
const NO_RUN = /^[^#]*#\(nop\)\s*/;
const BUILDKIT_MARK = /\s*# buildkit$/;
const CONTENT_HASH = /^((?:ADD|COPY)(?: --\S+)*) (file|dir|multi):[0-9a-f]+(?::[0-9a-f]+)* in /;
const BUILD_ARGUMENTS = /^\|(\d+) /;
const DEFAULT_SHELL = "/bin/sh -c ";
/** A shell and its flags, as SHELL instructions name them. */
const ANY_SHELL = /(?:^|\s)(?=(?:\/\S*sh|cmd|powershell|pwsh)(?:\.exe)?(?:\s+[-/]?\w+)*?\s+[-/]\w*c(?:ommand)?\s)/i;
/**
* The build instruction that made a layer, the same for each build of an unchanged Dockerfile: a history's
* `created_by` without content hashes, build arguments and the marks that builders leave. The empty text where
* the history says nothing.
*/
function stepOf(createdBy) {
	const text = (createdBy ?? "").trim();
	if (NO_RUN.test(text)) return text.replace(NO_RUN, "").replace(CONTENT_HASH, "$1 $2 in ").trim();
	const unmarked = text.replace(BUILDKIT_MARK, "");
	const [instruction, command] = unmarked.startsWith("RUN ") ? ["RUN ", unmarked.slice(4)] : ["", unmarked];
	const bare = withoutBuildArguments(command);
	if (bare.startsWith(DEFAULT_SHELL)) return `RUN ${bare.slice(11).trim()}`;
	return bare === command ? `${instruction}${bare}`.trim() : `RUN ${bare}`;
}
/**
* Drops `|2 A=1 B=two words` from the front of a command. Values may hold spaces and are not quoted: the last one
* ends where a shell begins, or else at its first space.
*/
function withoutBuildArguments(command) {
	const count = BUILD_ARGUMENTS.exec(command)?.[1];
	if (count === void 0) return command;
	let rest = command.slice(count.length + 2);
	for (let left = Number(count); left > 0; left--) {
		const name = /(?:^|\s)[A-Za-z_]\w*=/.exec(rest);
		if (name === null) return command;
		rest = rest.slice(name.index + name[0].length);
	}
	const shell = ANY_SHELL.exec(rest);
	const end = shell ? shell.index : rest.search(/\s/);
	return end < 0 ? "" : rest.slice(end).trim();
}
// src/flows/take-snapshot.ts
/**
* Records an image: reads and verifies the layers that are not known, and stores what was found.
* @param reuse false reads every layer, as when what the store has of them proved damaged.
* @throws VarveError for bytes that are not what manifest and config claim; nothing is stored then.
*/
async function takeSnapshot(tools, image, origin, reuse = true) {
	const { layers, reading, findings } = await analyseLayers(tools, origin.tenant, image.layers, reuse);
	const snapshot = buildSnapshot(image, describeLayers(image, layers));
	const stored = await storeSnapshot(tools, origin, image, snapshot, layers);
	const imageFindings = image.findings.map((finding) => ({
		layer: null,
		...finding
	}));
	return {
		snapshot,
		...stored,
		reading,
		findings: [...imageFindings, ...findings]
	};
}
function describeLayers(image, layers) {
	const { items } = alignHistory(image.config.value);
	return layers.map(({ layer, uncompressedSize, fragments }) => {
		const createdBy = items[layer.index]?.created_by ?? "";
		return {
			step: stepOf(createdBy),
			createdBy,
			uncompressedSize,
			fragments: fragments.map(({ kind, analyzer, options, digest }) => ({
				kind,
				analyzer,
				options,
				digest
			}))
		};
	});
}
async function storeSnapshot({ store }, origin, image, snapshot, layers) {
	const fragments = layers.flatMap((layer) => layer.fragments);
	const keyed = fragments.map(({ kind, digest, format, sizeBytes }) => ({
		key: {
			tenant: origin.tenant,
			kind,
			digest
		},
		format,
		sizeBytes
	}));
	const documents = [packArtefact(origin, CONFIG_KIND, image.config.bytes), packArtefact(origin, SNAPSHOT_KIND, snapshotBytes(snapshot))];
	await store.surface.put([...fragments.filter(isFresh).map((fragment) => artefactOfFragment(origin, fragment)), ...documents]);
	const known = fragments.filter((fragment) => !isFresh(fragment));
	await store.surface.renew(known.map(({ kind, digest }) => ({
		tenant: origin.tenant,
		kind,
		digest
	})), ({ kind }) => expiryOf(kind, origin.time));
	await store.layers.record(origin.tenant, snapshot);
	const [, record] = documents;
	return {
		digest: record.key.digest,
		artifacts: [...keyed, ...documents].map(artifactOf)
	};
}
export { Overlay as a, mergeSorted as c, targetOf as d, IMPLICIT_DIRECTORY as f, openRootfs as i, pathIn as l, packArtefact as m, loadSnapshot as n, rememberEntries as o, copyState as p, mergeLayers as r, inPathOrder as s, takeSnapshot as t, applyLayer as u };
