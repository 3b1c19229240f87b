import fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { ATTENTION_KINDS } from '../../../../../src/core/attention/attention.ts';
import { makeReport } from '../../../../../src/core/report/make-report.ts';
import { renderImages } from '../../../../../src/core/report/markdown/render-images.ts';
import {
  COMMENT_LIMIT,
  renderMarkdown,
  renderSection,
} from '../../../../../src/core/report/markdown/render-markdown.ts';
import type { ReportedImage } from '../../../../../src/core/report/report.ts';
import { hostileText } from '../../../../support/hostile-text.ts';
import { RUN_URL, SOURCE } from '../../../../support/page-scenarios.ts';
import { addedFile, makeComparison, makeImage, withAttention } from '../../../../support/report-makers.ts';
import { HOSTILE_TEXTS, hostileImage, SCENARIOS, scenario } from '../../../../support/report-scenarios.ts';

const renderer = markdownIt({ html: true, linkify: true });
/** Everything fits, so that documents can be compared. */
const ROOMY = { limit: 10_000_000 };

/** The document as a reader's eye parts it: rows, folds, headings, blocks; without the texts in them. */
function structure(markdown: string): string[] {
  return renderer.parse(markdown, {}).map(({ type, tag, content }) => {
    if (type !== 'html_block') return `${type} ${tag}`;
    return [type, ...content.matchAll(/<(?!!)\/?\w+/g)].join(' ').replaceAll(/ <\/?code/g, '');
  });
}

/** Inline elements that are neither text, code nor what the report itself uses. */
function foreignInline(markdown: string): string[] {
  const own = /^(<\/?(code|sub)>|<br>|<!-- -->)$/;
  const kinds = ['text', 'text_special', 'code_inline', 'strong_open', 'strong_close', 'softbreak'];
  return renderer
    .parse(markdown, {})
    .flatMap(({ children }) => children ?? [])
    .filter(({ type, content }) => !kinds.includes(type) && !(type === 'html_inline' && own.test(content)))
    .map(({ type, content }) => `${type} ${content}`);
}

const linksIn = (markdown: string): string[] =>
  renderer
    .parse(markdown, {})
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => (token.type === 'link_open' ? String(token.attrGet('href')) : []));

const tagsIn = (markdown: string, tag: string): number =>
  renderer.render(markdown).match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;

/** An image that has something of all that a page can show, every text of it passed through `text`. */
function completeImage(text: (place: number) => string): ReportedImage {
  const image = hostileImage((_, place) => text(place));
  const items = ATTENTION_KINDS.map((kind, place) => ({
    ...{ kind, path: text(910 + place), layer: place, other: text(930 + place), count: 2, bytes: 7 },
  }));
  const base = (place: number, layers: number) => ({ name: text(place), digest: text(place + 1), layers });
  return {
    ...image,
    change: image.change && { ...image.change, comparison: withAttention(image.change.comparison, ...items) },
    baseImage: { before: base(900, 1), after: base(902, 2) },
  };
}

const withTexts = (text: (place: number) => string): string =>
  renderMarkdown(makeReport([hostileImage((_, place) => text(place))]), ROOMY);

describe('hostile names', () => {
  test('leave the structure as harmless ones do', () => {
    const harmless = withTexts((place) => `name ${place}`);
    const hostile = renderMarkdown(makeReport([hostileImage((text) => text)]), ROOMY);
    expect(structure(hostile)).toEqual(structure(harmless));
    for (const tag of ['tr', 'td', 'details', 'summary', 'pre', 'h3', 'blockquote', 'p']) {
      expect([tag, tagsIn(hostile, tag)]).toEqual([tag, tagsIn(harmless, tag)]);
      expect([tag, tagsIn(harmless, tag)]).not.toEqual([tag, 0]);
    }
  });

  test('mixed at random leave it so too, and bring in no link, image, emphasis or element', () => {
    const harmless = structure(withTexts((place) => `name ${place}`));
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 7, maxLength: 7 }), (texts) => {
        // Different at each place, as the harmless ones are: an edited step is one that differs.
        const markdown = withTexts((place) => `${texts[place % texts.length]}${place}`);
        expect(structure(markdown)).toEqual(harmless);
        expect(foreignInline(markdown)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('of several platforms, and what these failed with, leave it so', () => {
    const several = (text: (place: number) => string): string => {
      const platform = (place: number) => ({ os: 'linux', architecture: text(place) });
      const [one, two, ...three] = [0, 1, 2].map((place) => ({
        ...hostileImage((_, within) => text(100 * place + within)),
        listedAs: platform(place),
      }));
      if (one === undefined || two === undefined) throw new Error('there are three');
      const quiet = { ...makeImage(makeComparison([])), listedAs: platform(3) };
      const failures = [4, 5].map((place) => ({ platform: platform(place), problem: text(place) }));
      const remarks = { gone: [platform(6)], absent: [`linux/${text(7)}`], failures, notes: [text(8)] };
      return renderMarkdown(makeReport([one, two, ...three, quiet], remarks), ROOMY);
    };
    const harmless = several((place) => `name ${place}`);
    const hostile = several((place) => `${HOSTILE_TEXTS[place % HOSTILE_TEXTS.length]}${place}`);
    expect(structure(hostile)).toEqual(structure(harmless));
    expect(foreignInline(hostile)).toEqual(foreignInline(harmless));
    expect(tagsIn(hostile, 'details')).toBe(tagsIn(harmless, 'details'));
  });

  test('on a page that links to the source and has all kinds of sections leave it so, and lead nowhere else', () => {
    const page = (text: (place: number) => string): string =>
      renderSection(makeReport([completeImage(text)]), { ...ROOMY, source: SOURCE, whole: RUN_URL });
    const harmless = page((place) => `name ${place}`);
    expect(harmless).toMatch(/\[!WARNING\].*\*\*Upstream\*\*.*\*\*Yours\*\*/s);
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 7, maxLength: 7 }), (texts) => {
        const markdown = page((place) => `${texts[place % texts.length]}${place}`);
        expect(structure(markdown)).toEqual(structure(harmless));
        expect(foreignInline(markdown).filter((each) => !each.startsWith('link_'))).toEqual([]);
        for (const link of linksIn(markdown)) expect(link).toMatch(/^https:\/\/github\.com\/acme\/web\//);
      }),
      { numRuns: 30 },
    );
  });

  test('of many images leave the page so', () => {
    const page = (text: (place: number) => string): string => {
      const comparison = makeComparison(
        [{ status: 'added', step: text(800), size: 5000 }],
        [addedFile(text(801), 0)],
      );
      const items = ATTENTION_KINDS.map((kind, place) => ({ kind, path: text(910 + place), layer: 0 }));
      const loud = withAttention(comparison, ...items);
      const named = (place: number) =>
        makeReport([{ ...makeImage(place === 1 ? loud : comparison), name: text(place) }]);
      return renderImages(
        [1, 2, 3].map((each) => named(each)),
        { limit: ROOMY.limit, whole: RUN_URL, source: SOURCE },
      );
    };
    const harmless = structure(page((place) => `name ${place}`));
    for (const hostile of HOSTILE_TEXTS)
      expect(structure(page((place) => `${hostile}${place}`))).toEqual(harmless);
  });

  test('bring in no character that hides or turns text, and no lone surrogate', () => {
    const markdown = renderMarkdown(makeReport([hostileImage((text) => text)]), ROOMY);
    expect(markdown.replaceAll(/\n|\ufe0f/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(markdown.isWellFormed()).toBe(true);
  });
});

describe('length', () => {
  test('a report on thousands of files fits into a comment and says what was cut', () => {
    const markdown = renderMarkdown(scenario('huge'), { whole: 'report.md' });
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown).toContain('**Cut to fit:** files of layer ');
    expect(markdown).toContain('All of it: `report.md`.');
    expect(tagsIn(markdown, 'details')).toBe(markdown.match(/<\/details>/g)?.length);
  });

  test('where there is room every file is named', () => {
    const files = Array.from({ length: 4321 }, (_, index) => addedFile(`<${index}>`, 0));
    const report = makeReport([
      makeImage(makeComparison([{ status: 'added', step: 'COPY . /', size: 9 }], files)),
    ]);
    const names = (limit: number): number => renderMarkdown(report, { limit }).match(/<\d+>/g)?.length ?? 0;
    expect(names(Number.POSITIVE_INFINITY)).toBe(4321);
    expect(names(COMMENT_LIMIT)).toBe(10);
    expect(renderMarkdown(report)).toContain('       ±0 B  ./  4,321 added\n\n  first 10 of 4,321:\n+ ');
  });

  test('twelve images with ten thousand changed files each, and everything that needs attention, fit too', () => {
    const files = Array.from({ length: 10_000 }, (_, index) =>
      addedFile(`${'folder/'.repeat(20)}file-${index}`, index % 300, {
        mode: index % 7 === 0 ? '4755' : '0644',
      }),
    );
    const rows = Array.from({ length: 300 }, (_, index) => ({
      ...{ status: 'rebuilt' as const, cause: 'content' as const, step: `RUN ${index}`, size: index },
    }));
    const image = makeImage(makeComparison(rows, files));
    const reports = Array.from({ length: 12 }, (_, index) =>
      makeReport([{ ...image, name: `acme/${index}` }]),
    );
    const pages = [
      renderImages(reports, { limit: COMMENT_LIMIT, whole: RUN_URL }),
      ...reports.slice(0, 1).map((report) => renderSection(report, { whole: RUN_URL, source: SOURCE })),
    ];
    for (const page of pages) {
      expect(Buffer.byteLength(page)).toBeLessThanOrEqual(COMMENT_LIMIT);
      expect(tagsIn(page, 'details')).toBe(page.match(/<\/details>/g)?.length);
      expect(page).toMatch(/ more\n/);
    }
  });

  test('the longest hostile texts of all that needs attention fit too, in one image and in twelve', () => {
    const long = HOSTILE_TEXTS.map((text) => text.repeat(5)).join('');
    const report = makeReport([completeImage(() => long)]);
    const options = { limit: COMMENT_LIMIT, whole: RUN_URL, source: SOURCE };
    for (const page of [renderSection(report, options), renderImages(Array(12).fill(report), options)]) {
      expect(Buffer.byteLength(page)).toBeLessThanOrEqual(COMMENT_LIMIT);
      expect(page).toContain('[!WARNING]');
    }
  });

  test('the longest hostile texts everywhere fit too', () => {
    const long = HOSTILE_TEXTS.map((text) => text.repeat(5)).join('');
    const report = makeReport([hostileImage(() => long), hostileImage(() => long)]);
    expect(Buffer.byteLength(renderMarkdown(report))).toBeLessThanOrEqual(COMMENT_LIMIT);
  });

  test('ten thousand layers fit too', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      status: 'added' as const,
      step: `RUN ${index}`,
      size: index,
    }));
    const markdown = renderMarkdown(makeReport([makeImage(makeComparison(rows, [addedFile('a', 0)]))]));
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown).toContain('and 9850 more');
  });
});

describe('content', () => {
  test('values of variables that are not known to be harmless are nowhere', () => {
    const markdown = renderMarkdown(scenario('changed'), ROOMY);
    expect(markdown).not.toContain('hunter');
    expect(markdown).toContain('! ENV NPM_TOKEN  value not shown');
    expect(markdown).toContain('! ENV NODE_VERSION  22.11.0 → 22.12.0');
  });

  test('nothing changed is a title, a fold and a foot line', () => {
    const blocks = structure(renderMarkdown(scenario('unchanged')));
    expect(blocks.filter((block) => /table|h3|fence/.test(block))).toEqual([
      'heading_open h3',
      'heading_close h3',
    ]);
  });

  test('the same report is the same bytes', () => {
    for (const make of Object.values(SCENARIOS)) expect(renderMarkdown(make())).toBe(renderMarkdown(make()));
  });
});
