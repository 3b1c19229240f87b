import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayName, shorten, visible } from '../../../../src/core/report/visible.ts';
import { hostileText } from '../../../support/hostile-text.ts';

test.each([
  ['plain text, 漢字 and é', 'plain text, 漢字 and é'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u001b[31m', '\\x1b[31m'],
  ['\u009b', '\\x9b'],
  ['a\u202eb', 'a\\u{202e}b'],
  ['\ufff9\u0600', '\\u{fff9}\\u{600}'],
  ['\ufeff\u200b', '\\u{feff}\\u{200b}'],
  ['\u00a0\u3000\u2800\u3164', '\\xa0\\u{3000}\\u{2800}\\u{3164}'],
  ['\ud83d', '\\u{d83d}'],
  ['🙂', '🙂'],
  ['\u{e0041}', '\\u{e0041}'],
  [`e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}\\u{301}\\u{301}`],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('what is visible is one well-formed line without controls, and stays as it is', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = visible(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(shown.isWellFormed()).toBe(true);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test('the middle goes, start and end stay', () => {
  expect(shorten('usr/share/doc/very/long/file.txt', 20)).toBe('usr/share/doc…le.txt');
  expect(shorten('short', 5)).toBe('short');
});

test('shortening never splits a surrogate pair nor passes the length', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 4, max: 30 }),
      (text, max) => {
        const short = shorten(text.toWellFormed(), max);
        expect(short.isWellFormed()).toBe(true);
        expect(short.length).toBeLessThanOrEqual(max);
      },
    ),
  );
});

test('a name of megabytes is cut at both ends', () => {
  const name = displayName(`head/${'\u0000/'.repeat(2_000_000)}/tail`, 40);
  expect(name).toMatch(/^head\/.*….*\/tail$/);
  expect(name.length).toBeLessThanOrEqual(40);
});
