const VALUE = '(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>[^\\s";,]*))';
const PARAMETER = `\\s*;\\s*(?<name>[^\\s=;,<>"]+)(?:\\s*=\\s*${VALUE})?`;
const LINK = new RegExp(`\\s*<(?<target>[^>]*)>(?<parameters>(?:${unnamed(PARAMETER)})*)\\s*(?:,|$)`, 'y');
const LONGEST_HEADER = 16 * 1024;

/**
 * Where the next page is, as the values of `Link` say; null when this is the last.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function findNextPage(values: readonly string[]): string | null {
  for (const value of values) {
    const text = value.slice(0, LONGEST_HEADER);
    LINK.lastIndex = 0;
    for (;;) {
      const groups = LINK.exec(text)?.groups;
      if (groups === undefined) break;
      if (isNext(groups.parameters ?? '')) return groups.target ?? null;
    }
  }
  return null;
}

function isNext(parameters: string): boolean {
  for (const { groups } of parameters.matchAll(new RegExp(PARAMETER, 'g'))) {
    const { name = '', quoted, plain } = groups ?? {};
    if (name.toLowerCase() !== 'rel') continue;
    const relations = (quoted ?? plain ?? '').toLowerCase().split(/\s+/);
    // Of several only the first counts.
    return relations.includes('next');
  }
  return false;
}

function unnamed(pattern: string): string {
  return pattern.replaceAll(/\?<\w+>/g, '?:');
}
