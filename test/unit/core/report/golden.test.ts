import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { type Palette, PLAIN } from '../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../src/core/report/text/render-text.ts';
import { widthOf } from '../../../../src/core/report/text/widths.ts';
import { choosePalette } from '../../../../src/entry/cli/terminal/describe-terminal.ts';
import { SCENARIOS, scenario } from '../../../support/report-scenarios.ts';

const FOLDER = fileURLToPath(new URL('../../../golden/report/', import.meta.url));

const COLORS = choosePalette({ FORCE_COLOR: '1' }, true);

const text =
  (width: number, palette: Palette = PLAIN) =>
  (name: string) =>
    renderText(scenario(name), { width, palette, all: false });

const FORMATS: Readonly<Record<string, (name: string) => string>> = {
  md: (name) => renderMarkdown(scenario(name), { whole: 'varve-report.md' }),
  '40.txt': text(40),
  '80.txt': text(80),
  '120.txt': text(120),
  '80.ansi': text(80, COLORS),
};

const cases = Object.keys(SCENARIOS).flatMap((name) =>
  Object.keys(FORMATS).map((format) => [name, format] as const),
);

// Rewritten by UPDATE_GOLDEN=1 alone; what changes is then reviewed like code.
test.each(cases)('%s.%s is as it was reviewed', (name, format) => {
  const path = `${FOLDER}${name}.${format}`;
  const rendered = FORMATS[format]?.(name) ?? '';
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, rendered);
  }
  expect(rendered).toBe(readFileSync(path, 'utf8'));
});

test.each(Object.keys(SCENARIOS))('%s says the same in color, and keeps to the width', (name) => {
  for (const width of [40, 80, 120]) {
    const plain = text(width)(name);
    expect(stripVTControlCharacters(text(width, COLORS)(name))).toBe(plain);
    for (const line of plain.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width);
  }
});
