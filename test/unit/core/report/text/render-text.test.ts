import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeReport } from '../../../../../src/core/report/make-report.ts';
import type { Report } from '../../../../../src/core/report/report.ts';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../../src/core/report/text/render-text.ts';
import { widthOf } from '../../../../../src/core/report/text/widths.ts';
import { hostileText } from '../../../../support/hostile-text.ts';
import { addedFile, makeComparison, makeImage } from '../../../../support/report-makers.ts';
import { hostileImage, SCENARIOS, scenario } from '../../../../support/report-scenarios.ts';

const render = (report: Report, width = 100, all = false): string =>
  renderText(report, { width, palette: PLAIN, all });

/** Nothing that a terminal or a CI log would obey, in any line. */
function expectHarmless(text: string): void {
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toMatch(/##\w*\[/);
  for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
}

describe('hostile names', () => {
  test('cannot command the terminal nor the log reader', () => {
    for (const all of [false, true]) expectHarmless(render(scenario('hostile'), 100, all));
  });

  test('mixed at random cannot either, at any width', () => {
    const texts = fc.array(hostileText, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 40, max: 200 }), (names, width) => {
        const image = hostileImage((_, place) => names[place % names.length] ?? '');
        expectHarmless(render(makeReport([image]), width));
      }),
      { numRuns: 60 },
    );
  });
});

test.each([64, 80, 100, 140, 200])('no line of any report is wider than %d columns', (width) => {
  for (const [name, make] of Object.entries(SCENARIOS)) {
    const wide = render(make(), width)
      .split('\n')
      .filter((line) => widthOf(line) > width && !line.startsWith('snapshot '));
    expect([name, wide]).toEqual([name, []]);
  }
});

describe('how much is listed', () => {
  const files = Array.from({ length: 332 }, (_, index) => addedFile(`f${index}`, 0, { size: 332 - index }));
  const report = makeReport([
    makeImage(makeComparison([{ status: 'added', step: 'COPY . /', size: 9 }], files)),
  ]);

  test('up to twenty files of a layer, of more their sum by directory and the ten that matter most', () => {
    const text = render(report);
    expect(text.match(/^ {4}\+ /gm)?.length).toBe(10);
    expect(text).toContain(
      '\n       +55.3 kB  ./  332 added\n    first 10 of 332 (--all shows each)\n    +    +332 B  f0\n',
    );
    const few = makeReport([
      makeImage(makeComparison([{ status: 'added', step: 'A', size: 9 }], files.slice(0, 20))),
    ]);
    expect(render(few).match(/^ {4}\+ /gm)?.length).toBe(20);
  });

  test('all of them when asked', () => {
    const text = render(report, 100, true);
    expect(text.match(/^ {4}\+ /gm)?.length).toBe(332);
    expect(text).not.toContain('--all');
  });

  test('unchanged layers are one line, and all when asked', () => {
    expect(render(scenario('changed'))).toContain('0–3  unchanged');
    expect(render(scenario('changed'), 100, true)).not.toContain('4 unchanged');
    expect(render(scenario('unchanged'), 100, true).match(/ unchanged /g)?.length).toBe(4);
  });
});

describe('color', () => {
  const mark = (letter: string) => (text: string) => `<${letter}>${text}</>`;
  const palette = {
    strong: mark('s'),
    muted: mark('m'),
    good: mark('g'),
    bad: mark('b'),
    warning: mark('w'),
    accent: mark('a'),
  };

  test('only adds: without it the text is the same', () => {
    for (const make of Object.values(SCENARIOS)) {
      if (make === SCENARIOS.hostile) continue;
      const painted = renderText(make(), { width: 90, palette, all: false });
      expect(painted.replaceAll(/<\w>|<\/>/g, '')).toBe(render(make(), 90));
    }
  });

  test('tells status words and signs apart', () => {
    const painted = renderText(scenario('changed'), { width: 140, palette, all: false });
    for (const word of [
      '<w>rebuilt</>',
      '<g>added</>',
      '<b>removed</>',
      '<a>moved</>',
      '<g>+</>',
      '<w>~</>',
      '<b>-</>',
    ]) {
      expect(painted).toContain(word);
    }
    expect(painted).toContain('<b>  setuid root</>');
  });
});

test('secret values are nowhere', () => {
  expect(render(scenario('changed'), 200, true)).not.toContain('hunter');
});
