import { n as shorten } from "./visible.js";
// src/core/comparison/counted-layers.ts
/** Indices of the target layers that gave or took away files that count; null where files were not compared. */
function countedLayers({ files }) {
	return files && new Set(files.entries.flatMap(({ layer, volatile }) => volatile ? [] : layer ?? []));
}
// src/core/report/withhold.ts
/** Environment variables whose values may be shown in public; everything else may be a secret. */
const SHOWN_VARIABLES = /^(PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|HOME|NODE_ENV|DEBIAN_FRONTEND|SOURCE_DATE_EPOCH|GOPATH|GOROOT|JAVA_HOME|PYTHONPATH|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|[A-Z][A-Z0-9_]*_VERSION)$/;
const ENVIRONMENT = "/config/Env/";
/** Fields that hold no variables. Others, such as what builders note of a build with its arguments, may. */
const SHOWN_FIELDS = /^\/(architecture|variant|os|os\.version|os\.features|author|config\/(User|WorkingDir|Entrypoint|Cmd|Shell|StopSignal|StopTimeout|ArgsEscaped|OnBuild|Hostname|Domainname|(Labels|ExposedPorts|Volumes|Healthcheck)\/.+))$/s;
/** Tells whether the values at a place of the config may be shown; environment variables only by name. */
function mayShow(pointer, values) {
	if (pointer.startsWith(ENVIRONMENT)) return SHOWN_VARIABLES.test(pointer.slice(12));
	if (pointer === "/config/OnBuild" && values.some(setsVariables)) return false;
	return SHOWN_FIELDS.test(pointer);
}
const setsVariables = (value) => /\b(ENV|ARG)\b/i.test(JSON.stringify(value) ?? "");
/** Longer than anything that a report shows of one text. */
const READ = 1e4;
/** Takes user and password out of the URLs in a text, also where it was cut in them; of very long texts the middle too. */
function withoutCredentials(text) {
	return shorten(text, READ).replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`]*@/gi, "$1***@").replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'`@]*…/gi, "$1***…");
}
// src/core/report/layer-lines.ts
/** The layers of a first snapshot. */
function snapshotLines(layers) {
	return layers.map(({ index, step, uncompressedSize }) => ({
		kind: "layer",
		index,
		status: null,
		cause: null,
		step: withoutCredentials(step),
		stepBefore: null,
		movedFrom: null,
		size: uncompressedSize,
		delta: null
	}));
}
/** The layers of a comparison, in its order. */
function comparedLines(comparison) {
	const tell = causeTeller(comparison);
	return comparison.layers.flatMap((difference) => toLine(difference, tell(difference)) ?? []);
}
function causeTeller(comparison) {
	const counted = countedLayers(comparison);
	const changed = new Set(comparison.files?.entries.map(({ layer }) => layer));
	return ({ cause, target }) => {
		if (cause !== "content" || counted === null || target === void 0) return cause ?? null;
		if (counted.has(target.index)) return cause;
		return changed.has(target.index) ? "volatile" : "unseen";
	};
}
function toLine({ status, base, target }, cause) {
	const shown = target ?? base;
	if (shown === void 0) return null;
	const edited = base !== void 0 && target !== void 0 && base.step !== target.step;
	const differs = status === "rebuilt" || status === "added" || status === "removed";
	return {
		kind: "layer",
		index: shown.index,
		status,
		cause,
		step: withoutCredentials(shown.step),
		stepBefore: edited ? withoutCredentials(base.step) : null,
		movedFrom: status === "moved" ? base?.index ?? null : null,
		size: shown.uncompressedSize,
		delta: differs ? (target?.uncompressedSize ?? 0) - (base?.uncompressedSize ?? 0) : null
	};
}
/** Tells each run of two or more unchanged layers as one. */
function foldUnchanged(lines) {
	const folded = [];
	for (const line of lines) {
		const before = folded.at(-1);
		if (!(line.status === "unchanged" && before !== void 0 && isUnchanged(before))) {
			folded.push(line);
			continue;
		}
		const first = before.kind === "layer" ? before.index : before.first;
		folded.splice(-1, 1, {
			kind: "unchanged-run",
			first,
			last: line.index,
			size: before.size + line.size
		});
	}
	return folded;
}
const isUnchanged = (line) => line.kind === "unchanged-run" || line.status === "unchanged";
export { withoutCredentials as a, mayShow as i, foldUnchanged as n, countedLayers as o, snapshotLines as r, comparedLines as t };
