import fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { defuseCommands } from '../../../../../src/core/report/escape-terminal.ts';
import { code, fence, htmlCode, paragraph, plain } from '../../../../../src/core/report/markdown/escape.ts';
import { inline } from '../../../../../src/core/report/markdown/write.ts';
import { readQuotes } from '../../../../../src/core/report/phrase.ts';
import { visible } from '../../../../../src/core/report/visible.ts';
import { hostileText } from '../../../../support/hostile-text.ts';

/** A sentence as notes are written. */
const prose = (text: string): string => inline(readQuotes(text), 100_000);

const renderer = markdownIt({ html: true, linkify: true });

/** What a reader sees of HTML that holds nothing but text in the elements named. */
function textWithin(html: string, ...tags: string[]): string | null {
  const open = tags.map((tag) => `<${tag}>`).join('');
  const close = tags
    .map((tag) => `</${tag}>`)
    .reverse()
    .join('');
  if (!html.startsWith(open) || !html.endsWith(close)) return null;
  const inner = html.slice(open.length, html.length - close.length).replaceAll('<!-- -->', '');
  return inner.includes('<') || inner.includes('>') ? null : decode(inner);
}

function decode(html: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return html.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, number?: string, name = '') =>
    number === undefined ? (named[name] ?? '?') : String.fromCodePoint(Number(number)),
  );
}

describe('code', () => {
  test('is a plain code span where that is safe', () => {
    expect(code('RUN npm ci')).toBe('`RUN npm ci`');
    expect(code('a | b')).toBe('<code>a &#124; b</code>');
    expect(code('`')).toBe('<code>&#96;</code>');
    // GitHub links mail addresses in elements, even where `@` is an entity.
    expect(code('a|me@evil.example')).toBe('<code>a&#124;me&#64;<!-- -->evil&#46;example</code>');
  });

  test('shows exactly the visible text, in a paragraph and in a cell', () => {
    fc.assert(
      fc.property(
        hostileText.filter((text) => visible(text).trim() === visible(text) && text !== ''),
        (text) => {
          expect(textWithin(renderer.renderInline(code(text)), 'code')).toBe(visible(text));
          const html = renderer.render(`| a | b |\n|--|--|\n| ${code(text)} | ${code(text)} |\n`);
          const cells = [...html.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell = '']) =>
            textWithin(cell, 'code'),
          );
          expect(cells).toEqual([visible(text), visible(text)]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('code in HTML shows exactly the visible text', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const html = renderer.render(`<details>\n<summary>${htmlCode(text)}</summary>\n\nbody\n\n</details>\n`);
      const summary = /^<details>\n<summary>(.*)<\/summary>\n<p>body<\/p>\n<\/details>\n$/.exec(html)?.[1];
      expect(textWithin(summary ?? '', 'code')).toBe(visible(text));
    }),
    { numRuns: 500 },
  );
});

describe('a sentence', () => {
  test('quotes become code and the rest stays readable', () => {
    expect(prose('step 4 `RUN a` shipped 12.3 MB')).toBe('step 4 `RUN a` shipped 12.3 MB');
    expect(prose('a snake_case word, 1 `odd')).toBe('a snake_case word, 1 &#96;odd');
    expect(renderer.renderInline(prose('-__a__- and é__b__é'))).toBe('-__a__- and é__b__é');
  });

  test('mentions, references and addresses mean nothing', () => {
    expect(prose('@octocat #12 GH-3')).toBe('&#64;&#8203;octocat &#35;&#8203;12 GH&#45;&#8203;3');
    expect(prose('https://a.b www.1 :tada:')).toBe('https&#58;&#8203;//a&#46;b www&#46;1 &#58;tada:');
  });

  test('nothing in it is more than text and code', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const tokens = renderer.parseInline(prose(text), {}).flatMap(({ children }) => children ?? []);
        const foreign = tokens.filter(
          ({ type, content }) =>
            !['text', 'text_special', 'code_inline'].includes(type) &&
            !(type === 'html_inline' && ['<code>', '</code>', '<!-- -->'].includes(content)),
        );
        expect(foreign).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('on the line after another one it goes on with its paragraph', () => {
    fc.assert(
      fc.property(
        fc.oneof(hostileText, fc.constantFrom('===', '= =', '---', ':-', '     x', '1. x', '1) x', '+ x')),
        (text) => {
          const html = renderer.render(`> [!NOTE]\n> ${paragraph(prose(visible(text)))}`);
          expect(html.match(/<[a-z]\w*/g)?.filter((tag) => tag !== '<code')).toEqual(['<blockquote', '<p']);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('at the start of a line it is one paragraph', () => {
    fc.assert(
      fc.property(
        hostileText.filter((text) => visible(text).trim() !== ''),
        (text) => {
          const blocks = renderer.parse(paragraph(prose(visible(text).trim())), {}).map(({ type }) => type);
          expect(blocks).toEqual(['paragraph_open', 'inline', 'paragraph_close']);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a fence shows its lines and nothing gets out of it', () => {
  fc.assert(
    fc.property(fc.array(hostileText, { maxLength: 5 }), (lines) => {
      const tokens = renderer.parse(`${fence('diff', lines)}\n\nafter\n`, {});
      expect(tokens.map(({ type }) => type)).toEqual([
        'fence',
        'paragraph_open',
        'inline',
        'paragraph_close',
      ]);
      expect(tokens[0]?.content).toBe(lines.map((line) => `${defuseCommands(visible(line))}\n`).join(''));
    }),
    { numRuns: 500 },
  );
});

test('nothing of it is a command to the log of a workflow', () => {
  const commands = [
    '##[set-output name=a]b',
    'x ##[add-mask]y',
    '##vso[task.setvariable]z',
    '::stop-commands::t',
  ];
  for (const text of commands) {
    for (const written of [code(text), htmlCode(text), plain(text), fence('diff', [`+ ${text}`])])
      expect(written).not.toMatch(/##\w*\[|^\s*::/m);
  }
});
