import { formatCount } from '../../../base/human-size.ts';
import type { AttentionLine } from '../../../core/report/attention.ts';
import { capitalize } from '../../../core/report/name-layer.ts';
import { plainText } from '../../../core/report/plain-text.ts';
import { wrap } from '../../../core/report/text/widths.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** Of one kind with one remedy so many are shown, and the others counted. */
const MOST_OF_KIND = 10;

/** What somebody should look at, each with what to do about it below. */
export function renderAttention(attention: readonly AttentionLine[], { width, palette }: Terminal): string {
  if (attention.length === 0) return `${palette.good('nothing to look at')}\n`;
  const groups = Map.groupBy(attention, ({ kind, remedy }) => `${kind}: ${plainText(remedy)}`);
  const blocks = [...groups.values()].map((lines) => {
    const shown = lines.slice(0, MOST_OF_KIND);
    const left = lines.length - shown.length;
    const [first] = shown;
    return [
      ...shown.flatMap(({ sentence }) => indented('! ', plainText(capitalize(sentence)), width)),
      ...(left === 0 ? [] : [`  and ${formatCount(left, 'more', 'more')}, listed with --json`]),
      ...(first === undefined ? [] : indented('  → ', plainText(first.remedy), width).map(palette.accent)),
    ];
  });
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function indented(mark: string, text: string, width: number): string[] {
  const lines = wrap(text, width - mark.length);
  return lines.map((line, place) => `${place === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}
