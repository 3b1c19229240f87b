import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeInvalid,
  fromBase64,
  fromText,
  isUtf8Text,
  toBase64,
  toText,
} from '../../../src/base/byte-text.ts';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

describe('bytes that are not UTF-8', () => {
  test.each([
    ['plain', 'plain'],
    ['\xc3\xa4', '\xc3\xa4'],
    ['a\xffb', 'a\\xffb'],
    ['\x80', '\\x80'],
    ['\xc3', '\\xc3'],
    ['\xc3\xa4\xc3', '\xc3\xa4\\xc3'],
    ['\xc0\xaf', '\\xc0\\xaf'],
    ['\xe0\x80\x80', '\\xe0\\x80\\x80'],
    ['\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['\xf0\x9f\x98', '\\xf0\\x9f\\x98'],
    ['\xf0\x9f\x98\x80', '\xf0\x9f\x98\x80'],
    ['\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80'],
    ['\xf8\x88', '\\xf8\\x88'],
    ['back\\slash', 'back\\slash'],
  ])('%j is shown as %j', (bytes, shown) => {
    expect(escapeInvalid(bytes)).toBe(shown);
  });

  test('are escaped one by one, and only they', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
        const bytes = Buffer.from(array).toString('latin1');
        const shown = escapeInvalid(bytes);
        expect(isUtf8(bytesOf(shown))).toBe(true);
        expect(isUtf8Text(bytes)).toBe(isUtf8(array));
        expect(shown === bytes).toBe(isUtf8(array));
        // A lenient decoder keeps what is valid and puts one mark in the place of each run that is not.
        const lenient = Buffer.from(array).toString('utf8').replaceAll('\ufffd', '');
        expect(toText(bytes).replaceAll(/\\x[89a-f][0-9a-f]/g, '')).toBe(
          lenient.replaceAll(/\\x[89a-f][0-9a-f]/g, ''),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

test('text and base64 go there and back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      (text) => {
        expect(toText(fromText(text))).toBe(text);
        expect(fromText(text)).toBe(Buffer.from(text).toString('latin1'));
        expect(fromBase64(toBase64(fromText(text)))).toBe(fromText(text));
      },
    ),
  );
});
