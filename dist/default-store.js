import { join } from "node:path";
import { homedir } from "node:os";
// src/entry/commands/default-store.ts
/**
* The CAS root of the command line where none is named: one a user, so that what was read once is known everywhere.
* @see https://specifications.freedesktop.org/basedir-spec/latest/
*/
function defaultStorePath(environment) {
	const data = environment.XDG_DATA_HOME;
	return data?.startsWith("/") ? join(data, "varve") : join(homedir(), ".local", "share", "varve");
}
export { defaultStorePath as t };
