import { describe, expect, test } from 'vitest';
import type { Content } from '../../../../src/core/report/content.ts';
import { headlinePhrase } from '../../../../src/core/report/headline.ts';
import { makeReport } from '../../../../src/core/report/make-report.ts';
import {
  name,
  type Phrase,
  type PhraseWriter,
  phrase,
  writePhrase,
} from '../../../../src/core/report/phrase.ts';
import type { Report } from '../../../../src/core/report/report.ts';
import { sectionsOfImage, sectionsOfRun } from '../../../../src/core/report/sections.ts';
import { visible } from '../../../../src/core/report/visible.ts';
import { HOSTILE_TEXTS, hostileImage, SCENARIOS } from '../../../support/report-scenarios.ts';

// The least that another face needs: it knows the marks of phrases and the kinds of content, and nothing of a report.

const escapeHtml = (text: string): string =>
  visible(text).replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const element = (tag: string) => (text: string) => `<${tag}>${escapeHtml(text)}</${tag}>`;

const HTML: PhraseWriter = {
  medium: 'page',
  words: escapeHtml,
  code: element('code'),
  name: element('code'),
  strong: element('b'),
  faint: element('i'),
  bar: (share) => `<meter>${share}</meter>`,
};

const html = (words: Phrase): string => writePhrase(words, HTML);
const all = (tag: string, texts: readonly string[]): string =>
  texts.map((text) => `<${tag}>${text}</${tag}>`).join('');

function renderContent(content: Content): string {
  switch (content.kind) {
    case 'remarks':
      return all('p', content.remarks.map(html));
    case 'facts':
      return `<ul>${all('li', content.facts.map(html))}</ul>`;
    case 'table': {
      const { columns, rows } = content.table;
      const head = all(
        'th',
        columns.map(({ title }) => html(title)),
      );
      const body = rows.map((row) =>
        all(
          'td',
          row.map(({ text, aside, below }) => [text, aside, below].map(html).join(' ')),
        ),
      );
      return `<table>${all('tr', [head, ...body])}</table>`;
    }
    case 'list':
      return content.groups
        .map(({ title, count, first }) => {
          const lines = first(count)
            .flat()
            .map(({ lead, name, remark }) => `${escapeHtml(lead)} ${html(name)} ${html(remark)}`);
          return `<details><summary>${html(title)}</summary>${all('p', lines)}</details>`;
        })
        .join('');
  }
}

function renderHtml(report: Report): string {
  const options = { medium: 'page', whole: false } as const;
  const render = (sections: readonly { readonly content: Content }[]): string =>
    sections.map(({ content }) => renderContent(content)).join('');
  return [
    `<h1>${html(headlinePhrase(report))}</h1>`,
    render(sectionsOfRun(report, options)),
    ...report.images.flatMap((image) => [
      `<h2>${html(phrase`${name(image.platform)} ${image.outcome.sentence}`)}</h2>`,
      render(sectionsOfImage(image, options)),
    ]),
  ].join('');
}

const withoutCode = (text: string): string => text.replaceAll(/<code>[^<]*<\/code>/g, '');

const OWN_TAG = /<\/?(?:h1|h2|p|ul|li|table|tr|th|td|b|i|code|meter|details|summary)>/g;

describe('a report as HTML', () => {
  test.each(Object.entries(SCENARIOS))('%s: no text opens an element', (_, make) => {
    const rest = renderHtml(make()).replaceAll(OWN_TAG, '');
    expect(rest).not.toMatch(/[<>"']/);
    expect(rest.replaceAll(/&#\d+;/g, '')).not.toContain('&');
  });

  test.each(Object.entries(SCENARIOS))('%s: sentences have no Markdown of their own', (scenario, make) => {
    // The notes of a hostile run are words, whatever stands in them.
    const report = make();
    const images = report.images.map((image) => (scenario === 'hostile' ? { ...image, notes: [] } : image));
    expect(withoutCode(renderHtml({ ...report, images }))).not.toMatch(/[`*_|\\]|\]\(|&nbsp;/);
  });

  test('what comes from an image stands in code, all of it', () => {
    const images = [0, 1].map(() => ({ ...hostileImage((_, place) => `IMAGE${place}`), notes: [] }));
    const [one, two] = images;
    if (one === undefined || two === undefined) throw new Error('there are two');
    const platform = { os: 'IMAGE', architecture: 'IMAGE' };
    const rendered = renderHtml(
      makeReport([one, two], {
        gone: [platform],
        absent: ['IMAGE'],
        failures: [{ platform, problem: 'damaged' }],
        notes: [],
      }),
    );
    expect(withoutCode(rendered)).not.toContain('IMAGE');
    expect(rendered.match(/IMAGE/g)?.length).toBeGreaterThan(20 * HOSTILE_TEXTS.length);
  });
});
