import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputBundle } from 'rolldown';

/** The license texts of every package whose code is in the bundle, by name. */
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

/** Throws on a package whose license cannot be found. */
async function describePackage(folder: string): Promise<string> {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const texts = await readLegalFiles(folder);
  if (texts.length === 0) texts.push(await findLicense(folder, license, author));
  if (name === 'undici')
    texts.push(`It embeds llhttp (MIT).\n\n${MIT.replace('(c) <holder>', 'Fedor Indutny, 2018.')}`);
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

async function readLegalFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const files = names.filter((name) => /^(licen[cs]e|copying|notice|third.?party)/i.test(name)).sort();
  return Promise.all(files.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim()));
}

/** The license of a package without a file of it: what its README says, or else the text that its name stands for. */
async function findLicense(folder: string, license: unknown, author: unknown): Promise<string> {
  const readme = (await readdir(folder)).find((name) => /^readme/i.test(name));
  const text = readme === undefined ? '' : await readFile(join(folder, readme), 'utf8');
  const written =
    /^#+ *licen[cs]e *\n+([\s\S]*?Permission is hereby granted[\s\S]*?)(?=\n#|$(?![\s\S]))/im.exec(text);
  if (written?.[1] !== undefined) return written[1].trim();
  const holder = typeof author === 'string' ? author : (author as { name?: unknown } | undefined)?.name;
  if (license !== 'MIT' || typeof holder !== 'string')
    throw new Error(`${folder} says nothing of its license`);
  return MIT.replace('<holder>', holder);
}

/** @see https://spdx.org/licenses/MIT.html */
const MIT = `Copyright (c) <holder>

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
