export { r as renderMarkdown } from "./render-markdown.js";
