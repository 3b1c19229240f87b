export { n as presentError } from "./present-error-Dh7HNXp-.js";
