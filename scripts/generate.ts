/** Writes everything that is derived from the code: action.yml, tables in the README, docs/reference/cli.md, docs/reference/errors.md, types of the library, JSON Schemas. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Drift, findDrift, readTree } from './drift.ts';
import {
  renderActionMetadata,
  renderCommentActionMetadata,
  renderInputTable,
  renderOutputTable,
} from './generate-action.ts';
import { renderExample } from './generate-example.ts';
import { renderDocumentTypes, renderSettingTypes } from './generate-library.ts';
import {
  renderCommandReference,
  renderErrorTable,
  renderFindingTable,
  renderIgnoreTable,
} from './generate-reference.ts';
import { renderSchemas } from './generate-schemas.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SCHEMAS = 'docs/schemas';

async function renderAll(): Promise<Map<string, string>> {
  return new Map([
    ['action.yml', renderActionMetadata()],
    ['comment/action.yml', renderCommentActionMetadata()],
    ['README.md', await fillRegions('README.md', { example: renderExample(root) })],
    [
      'docs/reference/action.md',
      await fillRegions('docs/reference/action.md', {
        inputs: renderInputTable('action'),
        'comment-inputs': renderInputTable('comment action'),
        outputs: renderOutputTable(),
      }),
    ],
    ['docs/reference/cli.md', renderCommandReference()],
    ['docs/reference/errors.md', renderErrorTable()],
    ['docs/reference/findings.md', renderFindingTable()],
    ['docs/reference/ignored.md', renderIgnoreTable()],
    ['src/entry/library/documents.ts', await renderDocumentTypes()],
    ['src/entry/library/settings.ts', renderSettingTypes()],
    ...renderSchemas(),
  ]);
}

/** The text of a file, with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
async function fillRegions(path: string, regions: Readonly<Record<string, string>>): Promise<string> {
  const text = await readFile(join(root, path), 'utf8');
  return Object.entries(regions).reduce((filled, [name, content]) => {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const start = filled.indexOf(open);
    const end = filled.indexOf(close);
    if (start < 0 || end < start) throw new Error(`${path} has no region ${name}`);
    return `${filled.slice(0, start + open.length)}\n${content}\n${filled.slice(end)}`;
  }, text);
}

/** What in the repository differs from what would be generated now; schemas left over count too. */
export async function findGeneratedDrift(): Promise<Drift[]> {
  const expected = await renderAll();
  const actual = new Map<string, string>();
  for (const path of expected.keys()) {
    const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (text !== undefined) actual.set(path, text);
  }
  for (const [name, text] of await readTree(join(root, SCHEMAS))) actual.set(`${SCHEMAS}/${name}`, text);
  return findDrift(expected, actual);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rendered = await renderAll();
  await rm(join(root, SCHEMAS), { recursive: true, force: true });
  await mkdir(join(root, SCHEMAS), { recursive: true });
  for (const [path, text] of rendered) await writeFile(join(root, path), text);
}
