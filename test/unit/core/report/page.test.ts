import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import markdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { COMMENT_LIMIT } from '../../../../src/core/report/markdown/render-markdown.ts';
import { PAGES, SOURCE } from '../../../support/page-scenarios.ts';

const FOLDER = fileURLToPath(new URL('../../../golden/page/', import.meta.url));
const renderer = markdownIt({ html: true, linkify: true });

// Rewritten by UPDATE_GOLDEN=1 alone; `npm run screenshots` shows how they look.
test.each(Object.entries(PAGES))('%s is as it was reviewed', (name, render) => {
  const path = `${FOLDER}${name}.md`;
  const page = render();
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, page);
  }
  expect(page).toBe(readFileSync(path, 'utf8'));
});

describe.each(Object.entries(PAGES))('%s', (_, render) => {
  const page = render();

  test('fits into a comment', () => {
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(COMMENT_LIMIT);
  });

  test('has tables of at most four columns, each with a header', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)?.length).toBeLessThanOrEqual(5);
    const html = renderer.render(page);
    expect(html.match(/<table>/g)?.length).toBe(html.match(/<thead>/g)?.length);
  });

  test('makes alerts at the top level alone, where GitHub knows them', () => {
    let depth = 0;
    for (const line of page.split('\n')) {
      depth += (line.match(/<details>/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
      if (line.includes('[!')) expect([depth, line]).toEqual([0, expect.stringMatching(/^> \[![A-Z]+\]$/)]);
    }
    expect(depth).toBe(0);
  });

  test('begins with a verdict at the third level, and ends with one small line', () => {
    expect(page).toMatch(/^### (✅|⚠️|❓|❌|🆕) /u);
    expect(page).toMatch(/\n<sub>.*\[report\]\(https:[^)]+\)<\/sub>\n$/);
  });

  test('leads to the run and to the source, and nowhere else', () => {
    const links = [...page.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link ?? '');
    const tree = `${SOURCE.server}/${SOURCE.repository}/`;
    expect(links.filter((link) => !link.startsWith(tree))).toEqual([]);
  });
});
