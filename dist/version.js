// src/entry/version.ts
/** The version of the package; a test holds it equal to package.json. */
const VERSION = "0.1.0";
/** Names this build in everything that it stores. */
const SCANNER_BUILD = `varve@${VERSION}`;
export { VERSION as n, SCANNER_BUILD as t };
