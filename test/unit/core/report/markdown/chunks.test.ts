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
    '> ✂️ **Cut to fit:** files of layer 1. All of it: <https://github.com/acme/shop/actions/runs/1>.',
  );
});

test('many titles are counted', () => {
  const chunks = Array.from({ length: 30 }, (_, index) => chunk(`files of layer ${index}`, 3000));
  const document = joinChunks(chunks, 10_000, 'report.md');
  expect(document).toMatch(/files of layer 7 and 22 more sections\. All of it: `report\.md`\.\n$/);
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
