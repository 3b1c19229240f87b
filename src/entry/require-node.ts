/** Ends the process with a plain sentence on a Node that cannot run Varve; must load nothing else before. */
export function requireNode(version: string): void {
  const major = Number(version.split('.')[0]);
  if (major >= 24) return;
  process.stderr.write(`varve: needs Node.js 24 or newer, and this is ${version}\n`);
  process.exit(2);
}
