/** The version of the package; a test holds it equal to package.json. */
export const VERSION = '0.1.0';

/** Names this build in everything that it stores. */
export const SCANNER_BUILD = `varve@${VERSION}`;
