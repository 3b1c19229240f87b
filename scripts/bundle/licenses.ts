import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputBundle } from 'rolldown';

/** The licence texts of every package whose code is in the bundle, by name. */
export async function collectLicenses(output: readonly OutputBundle[string][]): Promise<string> {
  const folders = new Set<string>();
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue;
    for (const id of chunk.moduleIds) {
      const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const sections = await Promise.all([...folders].map(describePackage));
  return `${sections.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function describePackage(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `${name} ${version} (${license})${text}`;
}
