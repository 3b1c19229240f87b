import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkTo } from '../../../../../src/core/report/markdown/source-tree.ts';
import { inline } from '../../../../../src/core/report/markdown/write.ts';
import { place } from '../../../../../src/core/report/phrase.ts';
import { hostileText } from '../../../../support/hostile-text.ts';
import { SOURCE } from '../../../../support/page-scenarios.ts';

const at = (file: string, firstLine = 14, lastLine = firstLine) => ({ file, firstLine, lastLine });

test('a place leads to its lines at the commit', () => {
  const page = `https://github.com/acme/web/blob/${SOURCE.commit}`;
  expect(linkTo(SOURCE, at('Dockerfile'))).toBe(`${page}/Dockerfile#L14`);
  expect(linkTo(SOURCE, at('docker/web.Dockerfile', 3, 5))).toBe(`${page}/docker/web.Dockerfile#L3-L5`);
  expect(inline([place('code', at('Dockerfile'))], 100, SOURCE)).toBe(
    `[\`Dockerfile:14\`](${page}/Dockerfile#L14)`,
  );
  expect(inline([place('code', at('Dockerfile'))], 100)).toBe('`Dockerfile:14`');
});

test.each([
  ...['', '/etc/passwd', '../x', 'a/../../x', 'a/./b', 'a//b', 'a/', '.', '..', 'a b', 'a)b', 'a?b', 'a#b'],
  ...['a%2e%2e/b', 'a\\b', 'a\nb', 'é', 'javascript:x', 'x'.repeat(301)],
])('a path such as %j has no page', (file) => {
  expect(linkTo(SOURCE, at(file))).toBeNull();
});

test.each([
  { server: 'javascript:alert(1)//' },
  { server: 'https://github.com/)[x](https://evil.example' },
  { repository: 'acme' },
  { repository: '../../x' },
  { commit: 'main' },
  { commit: '' },
])('of a tree that is named oddly (%j) there is no page', (odd) => {
  expect(linkTo({ ...SOURCE, ...odd }, at('Dockerfile'))).toBeNull();
});

test('whatever a build calls its file, a link leads into the tree', () => {
  fc.assert(
    fc.property(hostileText, (file) => {
      const link = linkTo(SOURCE, at(file));
      if (link === null) return;
      const { origin, pathname, hash } = new URL(link);
      expect([origin, hash]).toEqual([SOURCE.server, '#L14']);
      expect(pathname).toBe(`/acme/web/blob/${SOURCE.commit}/${file}`);
    }),
    { numRuns: 500 },
  );
});
