import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import markdownIt from 'markdown-it';

export type Scheme = 'light' | 'dark';

const require = createRequire(import.meta.url);
const ALERT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]$/;
/** What GitHub's highlighter calls the lines of a `diff` block. */
const DIFF_CLASSES: Readonly<Record<string, string>> = { '+': 'pl-mi1', '-': 'pl-md', '!': 'pl-mc' };

/** Markdown as GitHub renders it: tables, folds, alerts at the top level, colors of diffs. */
function renderMarkdown(markdown: string): string {
  const renderer = markdownIt({
    html: true,
    highlight: (text: string, language: string): string => (language === 'diff' ? colorDiff(text) : ''),
  });
  renderer.core.ruler.push('alerts', ({ tokens }) => {
    for (const [place, token] of tokens.entries()) {
      const [paragraph, text] = tokens.slice(place + 1);
      const [first, ...others] = text?.children ?? [];
      const kind = ALERT.exec(first?.content ?? '')?.[1]?.toLowerCase();
      if (token.type !== 'blockquote_open' || token.level > 0 || kind === undefined) continue;
      const close = tokens.find(
        (each, at) => at > place && each.type === 'blockquote_close' && each.level === 0,
      );
      for (const each of [token, close]) if (each !== undefined) each.tag = 'div';
      token.attrSet('class', `markdown-alert markdown-alert-${kind}`);
      if (paragraph === undefined || text === undefined || first === undefined) continue;
      paragraph.attrSet('class', 'markdown-alert-title');
      first.content = kind.charAt(0).toUpperCase() + kind.slice(1);
      // What follows on the next line is a paragraph of its own.
      const [breaks, ...rest] = others;
      if (breaks === undefined || rest.length === 0) continue;
      breaks.type = 'html_inline';
      breaks.content = '</p><p>';
    }
  });
  return renderer.render(markdown);
}

/** Drawings in place of emoji, for which a machine may have no font in color. */
const DRAWINGS: Readonly<Record<string, string>> = {
  '✅': '<rect x="1" y="1" width="18" height="18" rx="4" fill="#4c9f38"/><path d="M5 10l4 4 7-8" stroke="#fff" stroke-width="2.6" fill="none"/>',
  '⚠️': '<path d="M10 1l9 17H1z" fill="#f5b400"/><path d="M10 7v6M10 14.5v2" stroke="#222" stroke-width="2"/>',
  '❓': '<path d="M6 7q0-4 4-4t4 4q0 2-4 4v2M10 15.5v2.5" stroke="#d1242f" stroke-width="3" fill="none"/>',
  '❌': '<path d="M3 3l14 14M17 3L3 17" stroke="#d1242f" stroke-width="4"/>',
  '🆕': '<rect x="0" y="3" width="20" height="14" rx="3" fill="#0969da"/><text x="10" y="13" font-size="7" font-weight="700" font-family="sans-serif" text-anchor="middle" fill="#fff">NEW</text>',
};

const drawSigns = (html: string): string =>
  html.replaceAll(
    new RegExp(Object.keys(DRAWINGS).join('|'), 'gu'),
    (sign) =>
      `<svg width="1.1em" height="1.1em" viewBox="0 0 20 20" style="vertical-align: -0.15em">${DRAWINGS[sign]}</svg>`,
  );

const escapeHtml = (text: string): string => text.replaceAll(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);

function colorDiff(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const color = DIFF_CLASSES[line.charAt(0)];
      return color === undefined ? escapeHtml(line) : `<span class="${color}">${escapeHtml(line)}</span>`;
    })
    .join('\n');
}

const FRAMES: Readonly<Record<Scheme, string>> = {
  light: '--page: #ffffff; --line: #d1d9e0; --head: #f6f8fa; --words: #59636e;',
  dark: '--page: #0d1117; --line: #3d444d; --head: #151b23; --words: #9198a1;',
};

/** A page that shows Markdown in a comment, as it looks on GitHub. */
export function commentPage(markdown: string, scheme: Scheme): string {
  const styles = readFileSync(require.resolve(`github-markdown-css/github-markdown-${scheme}.css`), 'utf8');
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>${styles}
:root { ${FRAMES[scheme]} }
body { margin: 0; padding: 16px; background: var(--page); }
.comment { max-width: 860px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.head { padding: 8px 16px; background: var(--head); border-bottom: 1px solid var(--line);
  font: 14px/1.5 -apple-system, "Noto Sans", Helvetica, Arial, sans-serif; color: var(--words); }
.markdown-body { padding: 16px; font-size: 14px; }
</style></head><body><div class="comment"><div class="head"><b>github-actions</b> bot commented</div>
<div class="markdown-body">${drawSigns(renderMarkdown(markdown))}</div></div></body></html>`;
}
