/**
 * `npm run screenshots [-- FOLDER]`: pictures of what pull requests show, as they look on GitHub, wide and on a telephone,
 * light and dark. Needs Debian's chromium. Without FOLDER they go to a folder for temporary files; `--readme` writes
 * those of the README.
 */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PAGES } from '../test/support/page-scenarios.ts';
import { Browser } from './screenshots/browser.ts';
import { commentPage, type Scheme } from './screenshots/github-page.ts';

const WIDTHS = [1280, 390] as const;
const SCHEMES: readonly Scheme[] = ['light', 'dark'];
/** The pages in the README, in the width that it has there. */
const README = { pages: ['one-layer', 'attention'], width: 760, scale: 1.1 } as const;

const { values, positionals } = parseArgs({
  options: { readme: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = await mkdtemp(join(tmpdir(), 'varve-screenshots-'));
const folder = values.readme ? join(root, 'docs/images') : (positionals[0] ?? join(scratch, 'pictures'));
await mkdir(folder, { recursive: true });

await using browser = await Browser.start(join(scratch, 'profile'));
for (const [name, render] of Object.entries(PAGES)) {
  if (values.readme && !README.pages.some((page) => page === name)) continue;
  for (const scheme of SCHEMES) {
    const page = join(scratch, `${name}.${scheme}.html`);
    await writeFile(page, commentPage(render(), scheme));
    const url = pathToFileURL(page).href;
    const shots = values.readme
      ? [{ path: `${name}-${scheme}.png`, width: README.width, scale: README.scale }]
      : WIDTHS.map((width) => ({ path: `${name}.${width}.${scheme}.png`, width, scale: 1 }));
    for (const { path, width, scale } of shots) {
      await writeFile(join(folder, path), await browser.capture({ url, width, scale }));
    }
  }
}
console.log(folder);
