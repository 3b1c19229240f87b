export { t as renderText } from "./render-text.js";
