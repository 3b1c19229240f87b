import { describe, expect, it } from 'vitest';
import { inline } from '../../../../src/core/report/markdown/write.ts';
import type { SizeFacts } from '../../../../src/core/report/measure.ts';
import { join } from '../../../../src/core/report/phrase.ts';
import { plainText } from '../../../../src/core/report/plain-text.ts';
import { tellAttached, tellReading, tellSizes } from '../../../../src/core/report/sentences.ts';
import { makeAttachment } from '../../../support/report-makers.ts';

it.each([
  [{ reused: 0, read: 0, bytesRead: 0, from: [] }, 'there was no layer to read'],
  [{ reused: 1, read: 0, bytesRead: 0, from: [] }, 'the layer was known and not read again'],
  [{ reused: 7, read: 0, bytesRead: 0, from: [] }, 'all 7 layers were known and not read again'],
  [{ reused: 0, read: 1, bytesRead: 90, from: [] }, '1 layer read (90 B)'],
  [
    { reused: 4, read: 3, bytesRead: 82_100_000, from: ['an export of the engine'] },
    '3 layers read (82.1 MB) from an export of the engine, 4 known and not read again',
  ],
])('%j is told as %s', (reading, sentence) => {
  expect(plainText(tellReading(reading))).toBe(sentence);
});

describe('sizes', () => {
  const onPage = (facts: SizeFacts): string => inline(join(tellSizes(facts), ' · '), 100);
  const grown = (uncompressed: number, uncompressedDelta: number | null): SizeFacts => ({
    ...{ uncompressed, uncompressedDelta, compressed: null, compressedDelta: null, pull: null },
  });

  it('tell what was added, and on pages its share where that says something', () => {
    const told = (size: number, delta: number | null) => onPage(grown(size, delta));
    expect(told(1_010_000, 10_000)).toBe('**1.01 MB** uncompressed (+10.0 kB, +1.0 %)');
    expect(told(500_000, -500_000)).toBe('**500 kB** uncompressed (−500 kB, −50 %)');
    expect(told(1_000_512, 512)).toBe('**1.00 MB** uncompressed (+512 B)');
    expect(told(1000, 1000)).toBe('**1.00 kB** uncompressed (+1.00 kB)');
    expect(told(1000, 0)).toBe('**1.00 kB** uncompressed');
    expect(told(1000, null)).toBe('**1.00 kB** uncompressed');
    expect(tellSizes(grown(1_010_000, 10_000)).map((size) => plainText(size))).toEqual([
      '1.01 MB uncompressed (+10.0 kB)',
    ]);
  });

  it('have all that is known', () => {
    const facts = { uncompressed: 10, uncompressedDelta: 0, compressed: 5, compressedDelta: -5, pull: 3 };
    expect(onPage(facts)).toBe(
      '**5 B** compressed (−5 B, −50 %) · **3 B** to pull on top of the baseline · **10 B** uncompressed',
    );
  });
});

describe('attachments', () => {
  const attached = (...types: string[]): string =>
    plainText(tellAttached([makeAttachment('attestation', types), makeAttachment('attestation', types)]));

  it('are named by what they state, each once', () => {
    expect(attached('https://slsa.dev/provenance/v1', 'https://spdx.dev/Document', 'x:y')).toBe(
      'attached: SLSA provenance v1, SPDX SBOM, x:y',
    );
    expect(plainText(tellAttached([makeAttachment('artifact', [], 'application/vnd.x')]))).toBe(
      'attached: application/vnd.x',
    );
  });

  it('are counted where there are many', () => {
    const many = Array.from({ length: 1009 }, (_, index) => `type-${index}`);
    expect(attached(...many)).toMatch(/, type-7 and 1,001 more$/);
  });
});
