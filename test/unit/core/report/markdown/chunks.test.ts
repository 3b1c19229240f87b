import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinChunks } from '../../../../../src/core/report/markdown/chunks.ts';

const chunk = (title: string | null, length: number) => ({
  title,
  markdown: (title ?? 'kept').padEnd(length, '.'),
});

test('what fits stays whole, in order', () => {
  expect(joinChunks([chunk(null, 6), chunk('a', 3)], 100, null)).toBe('kept..\n\na..\n');
});

test('what does not fit goes as a whole and is named, with the place where all of it is', () => {
  const chunks = [
    chunk(null, 10),
    chunk('the table', 100),
    chunk('files of layer 1', 9000),
    chunk('findings', 20),
  ];
  const document = joinChunks(chunks, 5000, 'https://github.com/acme/shop/actions/runs/1');
  expect(document).toContain('\n\nthe table...');
  expect(document).toContain('\n\nfindings...');
  expect(document).toContain(
    '> ✂️ **Cut to fit:** files of layer 1. The [report](https://github.com/acme/shop/actions/runs/1) has all of it.',
  );
});

test('many titles are counted', () => {
  const chunks = Array.from({ length: 30 }, (_, index) => chunk(`files of layer ${index}`, 3000));
  const document = joinChunks(chunks, 10_000, 'report.md');
  expect(document).toMatch(/files of layer 4 and 25 more sections\. All of it: `report\.md`\.\n$/);
});

test('neighbors of one fold share it, as far as they are there', () => {
  const [one, other] = [{ summary: '<b>one</b>' }, { summary: '<b>other</b>' }];
  const chunks = [
    { ...chunk('a', 3), within: one },
    { ...chunk('b', 9000), within: one },
    { ...chunk('c', 3), within: one },
    { ...chunk('d', 3), within: other },
    { ...chunk('e', 9000), within: { summary: 'never there' } },
    chunk(null, 5),
  ];
  const document = joinChunks(chunks, 5000, null);
  expect(document).toMatch(
    /^<details>\n<summary><b>one<\/b><\/summary>\n\na\.\.\n\nc\.\.\n\n<\/details>\n\n<details>\n<summary><b>other<\/b>/,
  );
  expect(document.match(/<details>/g)).toHaveLength(2);
  expect(document).toContain('</details>\n\nkept.\n\n> ✂️ **Cut to fit:** b, e.');
});

test('a hostile place is no link', () => {
  const document = joinChunks([chunk('a', 9000)], 5000, 'https://x/>[y](https://evil.example)');
  expect(document).toContain('`https://x/>[y](https://evil.example)`');
});

test('the limit holds in bytes, and every section is there or named or counted', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 40 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 4000, max: 40_000 }), (sizes, limit) => {
      const chunks = sizes.map((size, index) => ({
        title: `<${index}>`,
        markdown: `[${index}]${'字'.repeat(size / 3)}`,
      }));
      const document = joinChunks(chunks, limit, null);
      expect(Buffer.byteLength(document)).toBeLessThanOrEqual(limit + 1);
      const kept = sizes.filter((_, index) => document.includes(`[${index}]`)).length;
      const named = sizes.filter((_, index) => document.includes(`<${index}>`)).length;
      const counted = Number(/and ([\d,]+) more sections/.exec(document)?.[1] ?? 0);
      expect(kept + named + counted).toBe(sizes.length);
    }),
  );
});
