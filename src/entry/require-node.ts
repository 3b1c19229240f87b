/**
 * Refuses a Node that cannot run Varve; must load nothing else before, since such a Node cannot parse the rest.
 * @throws Error with a plain sentence.
 */
export function requireNode(version: string): void {
  const major = Number(version.split('.')[0]);
  if (major < 24) throw new Error(`varve: needs Node.js 24 or newer, and this is ${version}`);
}
