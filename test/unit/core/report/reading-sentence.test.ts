import { expect, it } from 'vitest';
import { readingSentence } from '../../../../src/core/report/reading-sentence.ts';

it.each([
  [{ reused: 0, read: 0, bytesRead: 0, from: [] }, 'there was no layer to read'],
  [{ reused: 1, read: 0, bytesRead: 0, from: [] }, 'the layer was known, nothing read'],
  [{ reused: 7, read: 0, bytesRead: 0, from: [] }, 'all 7 layers known, none read'],
  [{ reused: 0, read: 1, bytesRead: 90, from: [] }, '1 layer read (90 B), 0 reused'],
  [
    { reused: 4, read: 3, bytesRead: 82_100_000, from: ['an export of the engine'] },
    '3 layers read (82.1 MB) from an export of the engine, 4 reused',
  ],
])('%j is told as %s', (reading, sentence) => {
  expect(readingSentence(reading)).toBe(sentence);
});
