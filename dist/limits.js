import { t as VarveError } from "./errors.js";
// src/base/limits.ts
const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const DEFAULT_LIMITS = Object.freeze({
	layerBytes: 64 * GiB,
	layerEntries: 1e7,
	sparseBytes: 64 * GiB,
	headerBytes: 4 * MiB,
	jsonBytes: 20 * MiB
});
/** The option that raises each limit; errors name it. */
const LIMIT_FLAGS = {
	layerBytes: "--max-layer-bytes",
	layerEntries: "--max-layer-entries",
	sparseBytes: "--max-sparse-bytes",
	headerBytes: "--max-header-bytes",
	jsonBytes: "--max-json-bytes"
};
/** The error for something that went over one of the limits. */
function limitExceeded(limit, limits, object) {
	return new VarveError("limit-exceeded", `${object} is over the limit of ${limits[limit]} (${limit})`, {
		object,
		hint: `if this is expected, raise it with ${LIMIT_FLAGS[limit]}`
	});
}
export { limitExceeded as n, DEFAULT_LIMITS as t };
