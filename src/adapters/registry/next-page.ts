const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const LINK =
  /\s*<(?<target>[^>]*)>(?<parameters>(?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]*))?)*)\s*(?:,|$)/y;
const RELATION = new RegExp(`;\\s*rel\\s*=\\s*(?:"(?<quoted>[^"]*)"|(?<plain>${TOKEN}))`, 'i');
const LONGEST_HEADER = 16 * 1024;

/**
 * Where the next page is, as the values of `Link` say; null when this is the last.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function findNextPage(values: readonly string[]): string | null {
  for (const value of values) {
    LINK.lastIndex = 0;
    for (let text = value.slice(0, LONGEST_HEADER); ; ) {
      const groups = LINK.exec(text)?.groups;
      if (groups === undefined) break;
      const { quoted, plain } = RELATION.exec(groups.parameters ?? '')?.groups ?? {};
      const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/);
      if (relations.includes('next')) return groups.target ?? null;
    }
  }
  return null;
}
