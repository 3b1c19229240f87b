import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../../src/core/report/markdown/render-markdown.ts';
import { PLAIN } from '../../../../src/core/report/text/palette.ts';
import { renderText } from '../../../../src/core/report/text/render-text.ts';
import { SCENARIOS, scenario } from '../../../support/report-scenarios.ts';

const FOLDER = fileURLToPath(new URL('../../../golden/report/', import.meta.url));

const text = (width: number) => (name: string) =>
  renderText(scenario(name), { width, palette: PLAIN, all: false });

const FORMATS: Readonly<Record<string, (name: string) => string>> = {
  md: (name) => renderMarkdown(scenario(name), { whole: 'varve-report.md' }),
  '80.txt': text(80),
  '140.txt': text(140),
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
