import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  compareEntryNames,
  entryBytes,
  entryPath,
  nameHistoryPath,
  parseEntry,
  parseEntryName,
  platformSegment,
} from '../../../../src/core/history/entry-path.ts';
import { makeEntry } from '../../../support/item-makers.ts';

const entry = makeEntry({ platform: { os: 'linux', architecture: 'arm', variant: 'v7' } });
const hex = (text: string | Uint8Array) => digestOf(text).slice(7);

describe('paths of entries', () => {
  it('are exactly those of the layout', () => {
    expect(entryPath(entry)).toBe(
      `scanner/surface/history/tenants/acme/${hex('app')}/linux-arm-v7/20260301T120000000Z-${hex(entryBytes(entry))}.json`,
    );
  });

  it('refuse tenants that are paths', () => {
    expect(() => nameHistoryPath('../evil', 'app')).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });

  it('take any name', () => {
    for (const name of ['../../x', '', 'a\0b', 'é', '\ud800']) {
      expect(nameHistoryPath('acme', name)).toMatch(
        /^scanner\/surface\/history\/tenants\/acme\/[0-9a-f]{64}$/,
      );
    }
  });

  it('make one safe segment of any platform, another one for each', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('linux', 'arm64', '..', '.', '', '-', 'A', '%'),
    );
    const platform = fc.record(
      { os: part, architecture: part, variant: part },
      { requiredKeys: ['os', 'architecture'] },
    );
    fc.assert(
      fc.property(platform, platform, (a, b) => {
        expect(platformSegment(a)).toMatch(/^[a-z0-9_%A-F-][a-z0-9._%A-F-]*$/);
        const wellFormed = (each: object) =>
          JSON.stringify(each, (_, value) => value.toWellFormed?.() ?? value);
        expect(platformSegment(a) === platformSegment(b)).toBe(wellFormed(a) === wellFormed(b));
      }),
    );
  });

  it('are told from other files', () => {
    expect(parseEntryName(`20260301T120000000Z-${hex('x')}.json`)).toEqual({
      time: '20260301T120000000Z',
      digest: digestOf('x'),
    });
    for (const name of [
      '',
      'x.json',
      `20260301T120000Z-${hex('x')}.json`,
      `20260301T120000000Z-${hex('x')}`,
    ]) {
      expect(parseEntryName(name)).toBeNull();
    }
  });

  it('sort newest first, equal times by digest', () => {
    const names = [
      '20260301T120000000Z-a.json',
      '20260301T120000001Z-b.json',
      '20251231T235959999Z-d.json',
      '20260301T120000000Z-c.json',
    ];
    expect(names.toSorted(compareEntryNames)).toEqual([names[1], names[3], names[0], names[2]]);
  });
});

describe('an entry', () => {
  it('is read back as it was', () => {
    expect(parseEntry(entryBytes(entry), entryPath(entry))).toEqual(entry);
  });

  it.each<[string, string, (path: string) => string]>([
    ['in the folder of another platform', 'malformed', (path) => path.replace('linux-arm-v7', 'linux-amd64')],
    ['in the folder of another name', 'malformed', (path) => path.replace(hex('app'), hex('other'))],
    ['in the folder of another tenant', 'malformed', (path) => path.replace('acme', 'evil')],
    ['under another time', 'malformed', (path) => path.replace('120000000Z', '120000001Z')],
    ['under another digest', 'digest-mismatch', (path) => path.replace(/-[0-9a-f]{64}/, `-${hex('x')}`)],
    ['under no entry name', 'malformed', (path) => path.replace('.json', '.txt')],
  ])('is refused %s', (_, code, move) => {
    const path = move(entryPath(entry));
    expect(() => parseEntry(entryBytes(entry), path)).toThrow(
      expect.objectContaining({ code, object: path }),
    );
  });

  it.each<[string, object]>([
    ['an unknown field', { extra: 1 }],
    ['a time without milliseconds', { time: '2026-03-01T12:00:00Z' }],
    ['a time that does not exist', { time: '2026-02-29T12:00:00.000Z' }],
    ['a pull request of number 0', { pullRequest: 0 }],
    ['a tenant that is a path', { tenant: '..' }],
  ])('is refused with %s', (_, change) => {
    const bytes = canonicalBytes({ ...entry, ...change });
    const path = entryPath(entry).replace(/-[0-9a-f]{64}/, `-${hex(bytes)}`);
    expect(() => parseEntry(bytes, path)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('is refused when it is torn', () => {
    expect(() => parseEntry(entryBytes(entry).subarray(0, 50), entryPath(entry))).toThrow(
      expect.objectContaining({ code: 'digest-mismatch' }),
    );
  });
});
