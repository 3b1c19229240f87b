import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocs } from '../support/read-docs.ts';

const ROOT = join(import.meta.dirname, '../..');
const docs = readDocs();

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));

describe('the documents', () => {
  it('link to what there is', () => {
    const broken = [...docs].flatMap(([path, text]) =>
      [...text.matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
        ([link, target = '', anchor]) => {
          const file = target === '' ? path : join(dirname(path), target);
          if (!existsSync(join(ROOT, file))) return [`${path}: ${link}`];
          if (anchor === undefined || !file.endsWith('.md')) return [];
          return anchorsOf(readFileSync(join(ROOT, file), 'utf8')).has(anchor) ? [] : [`${path}: ${link}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it('are all linked from the README, or from one that is', () => {
    const linked = new Set(['README.md']);
    for (const path of linked) {
      for (const [, target = ''] of (docs.get(path) ?? '').matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)) {
        const file = join(dirname(path), target);
        if (docs.has(file)) linked.add(file);
      }
    }
    expect([...docs.keys()].filter((path) => !linked.has(path) && path !== 'CHANGELOG.md')).toEqual([]);
  });

  it('begin with a README that fits on a few screens', () => {
    expect(docs.get('README.md')?.split('\n').length).toBeLessThan(200);
  });
});
