export { n as presentError } from "./present-error2.js";
