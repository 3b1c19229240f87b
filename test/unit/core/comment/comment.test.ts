import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commentMarker,
  composeComment,
  holdsAll,
  isOlder,
  mergeSections,
  parseComment,
  roomFor,
  type Section,
} from '../../../../src/core/comment/comment.ts';
import { renderSection } from '../../../../src/core/report/markdown/render-markdown.ts';
import { SCENARIOS, scenario } from '../../../support/report-scenarios.ts';

const HEAD = 'a'.repeat(40);
const KEY = 'varve';
const ROOMY = { key: KEY, head: HEAD, limit: 60_000 };

const anySection = fc.record({
  subject: fc.record({
    workflow: fc.string({ unit: 'binary', maxLength: 20 }),
    image: fc.constantFrom('api', 'web', '-->', 'x\n<!-- varve:end -->'),
    platform: fc.option(fc.constantFrom('linux/amd64', 'linux/arm64')),
  }),
  run: fc.record({ id: fc.nat(3), attempt: fc.nat(3), head: fc.constantFrom(HEAD, 'b'.repeat(40)) }),
  markdown: fc.lorem().map((text) => `### ${text}`),
});

const sectionOf = (image: string, markdown: string, id = 1): Section => ({
  subject: { workflow: 'ci', image, platform: null },
  run: { id, attempt: 1, head: HEAD },
  markdown,
});

describe('a comment', () => {
  test('is read back as it was written, in one order', () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 6 }), (sections) => {
        const merged = mergeSections(sections);
        const body = composeComment(merged, ROOMY);
        const read = parseComment(body, KEY) ?? [];
        expect(read).toHaveLength(merged.length);
        expect(new Set(read.map((each) => JSON.stringify(each)))).toEqual(
          new Set(merged.map((each) => JSON.stringify(each))),
        );
        expect(composeComment(read, ROOMY)).toBe(body);
        expect(composeComment(merged.toReversed(), ROOMY)).toBe(body);
      }),
    );
  });

  test('merges to the same whatever the order in which jobs wrote', () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 8 }), (sections) => {
        const merged = mergeSections(sections);
        expect(holdsAll(merged, sections)).toBe(true);
        expect(mergeSections([...merged, ...merged])).toEqual(merged);
        const runs = (all: readonly Section[]) =>
          new Set(all.map(({ subject, run: { id, attempt } }) => JSON.stringify([subject, id, attempt])));
        expect(runs(mergeSections(sections.toReversed()))).toEqual(runs(merged));
      }),
    );
  });

  test('holds every report as it is, hostile ones too', () => {
    for (const name of Object.keys(SCENARIOS)) {
      const section = sectionOf(name, renderSection(scenario(name), { limit: 50_000 }).trimEnd());
      expect(parseComment(composeComment([section], ROOMY), KEY)).toEqual([section]);
    }
  });

  test.each([
    ['another text', 'hello'],
    ['a quotation', `> ${commentMarker(KEY)}\n`],
    ['another key', `${commentMarker('other')}\n`],
    ['text before the marker', `\n${commentMarker(KEY)}\n`],
    ['a longer key', `${commentMarker(`${KEY}-2`)}\n`],
  ])('is not %s', (_, body) => {
    expect(parseComment(body, KEY)).toBeNull();
  });

  test('finds a section again whose names are as long as a stranger likes', () => {
    for (const unit of ['x', '-->', '\u0000', '😀']) {
      const long = { ...sectionOf(unit.repeat(50_000), 'A'), markdown: '### A' };
      const other = { ...sectionOf(`${unit.repeat(50_000)}2`, 'B'), markdown: '### B' };
      const subject = { ...long.subject, workflow: unit.repeat(300), platform: unit.repeat(200) };
      const body = composeComment([long, other, { ...long, subject }], ROOMY);
      const read = parseComment(body, KEY) ?? [];
      expect(read).toHaveLength(3);
      expect(holdsAll(read, [long, other, { ...long, subject }])).toBe(true);
      expect(composeComment(read, ROOMY)).toBe(body);
    }
  });

  test('loses a section whose state is damaged, and keeps the others', () => {
    const body = composeComment([sectionOf('api', 'A'), sectionOf('web', 'B')], ROOMY);
    for (const state of [
      'AAAA',
      Buffer.from('{}').toString('base64url'),
      Buffer.from('[['.repeat(900)).toString('base64url'),
    ]) {
      const damaged = body.replace(/varve:section [\w-]+/, `varve:section ${state}`);
      expect(parseComment(damaged, KEY)).toEqual([sectionOf('web', 'B')]);
    }
  });

  test('stays within its limit, however many images there are', () => {
    for (const count of [1, 10, 300]) {
      const sections = Array.from({ length: count }, (_, index) =>
        sectionOf(`image-${index}`, `### image ${index}\n\n${'é'.repeat(10_000)}`),
      );
      const body = composeComment(sections, ROOMY);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(ROOMY.limit);
      expect(parseComment(body, KEY)?.length).toBeGreaterThan(Math.min(count, 100) - 1);
    }
  });

  test('says of a section that is cut short who reported it, or what it was compared with', () => {
    const long = (closing: string) => `### image\n\n${'x\n'.repeat(40_000)}\n${closing}`;
    const cut = '### image\n\nThe rest does not fit here: it is in the summary of the run.';
    for (const [closing, kept] of [
      ["Reported by the pull request's own run.", "\n\nReported by the pull request's own run."],
      ['<sub>Compared with `1`</sub>', '\n\n<sub>Compared with `1`</sub>'],
      ['</details>', ''],
      ['```', ''],
    ] as const) {
      const body = composeComment([sectionOf('image', long(closing))], ROOMY);
      const [section] = parseComment(body, KEY) ?? [];
      expect(section?.markdown).toBe(cut + kept);
      const again = composeComment([{ ...sectionOf('image', section?.markdown ?? '') }], ROOMY);
      expect(again).toBe(body);
    }
  });

  test('gives a section what others leave, and a share at least', () => {
    expect(roomFor([], 60_000)).toBeGreaterThan(55_000);
    expect(roomFor([sectionOf('a', 'x'.repeat(70_000))], 60_000)).toBe(20_000);
  });

  test('knows which run is older', () => {
    const run = (id: number, attempt: number) => ({ id, attempt, head: HEAD });
    expect(isOlder(run(1, 9), run(2, 1))).toBe(true);
    expect(isOlder(run(2, 1), run(2, 2))).toBe(true);
    expect(isOlder(run(2, 2), run(2, 2))).toBe(false);
    expect(isOlder(run(3, 1), run(2, 2))).toBe(false);
  });
});
