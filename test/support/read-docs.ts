import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Every document that people read, by its path in the repository. */
export function readDocs(): ReadonlyMap<string, string> {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path));
  const atRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return new Map([...atRoot, ...inDocs].sort().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

/** A fenced block of a document. */
export interface Snippet {
  /** Where it begins: `docs/start.md:12`. */
  readonly place: string;
  readonly text: string;
}

/** The snippets in a language, in the order of the documents. */
export function snippetsIn(language: string): Snippet[] {
  return [...readDocs()].flatMap(([path, text]) =>
    [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, 'gm'))].map((match) => ({
      place: `${relative('.', path)}:${text.slice(0, match.index).split('\n').length}`,
      text: (match[2] ?? '').replaceAll(new RegExp(`^${match[1]}`, 'gm'), ''),
    })),
  );
}
