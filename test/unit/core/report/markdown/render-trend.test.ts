import { describe, expect, test } from 'vitest';
import { renderTrend, type TrendPoint } from '../../../../../src/core/report/markdown/render-trend.ts';

const point = (day: number, megabytes: number, compressed: boolean, commit: string | null): TrendPoint => ({
  commit,
  time: `2026-11-0${day}T12:34:56.000Z`,
  size: { compressedSize: compressed ? megabytes * 1e6 : null, uncompressedSize: megabytes * 3e6 },
});
const sha = (digit: string): string => digit.repeat(40);

describe('the trend of sizes', () => {
  test('is a chart, and a table for those who do not see it', () => {
    const points = [point(1, 50, true, sha('a')), point(2, 50, true, sha('b')), point(3, 52.5, true, null)];
    expect(renderTrend(points, 'linux/arm64')).toBe(`#### Size of linux/arm64 over the last 3 snapshots

\`\`\`mermaid
xychart-beta
  title "Size, MB compressed"
  x-axis ["aaaaaaa", "bbbbbbb", "(3)"]
  y-axis "MB"
  line [50.0, 50.0, 52.5]
\`\`\`

<details>
<summary>In figures</summary>

| Commit | Taken (UTC) | Size | Change |
|:--|:--|--:|--:|
| \`aaaaaaa\` | 2026-11-01 12:34 | 50.0 MB |  |
| \`bbbbbbb\` | 2026-11-02 12:34 | 50.0 MB |  |
| \`(3)\` | 2026-11-03 12:34 | 52.5 MB | +2.50 MB |

</details>`);
  });

  test('never mixes measures, nor says what a commit is not', () => {
    const mixed = [
      point(1, 50, true, 'x"]\n```'),
      point(2, 50, false, sha('b')),
      point(3, 52, true, sha('c')),
    ];
    const text = renderTrend(mixed, null);
    expect(text).toContain('title "Size, MB uncompressed"');
    expect(text).toContain('line [150.0, 150.0, 156.0]');
    expect(text).toContain('x-axis ["(1)", "bbbbbbb", "ccccccc"]');
  });

  test('needs three points', () => {
    expect(renderTrend([point(1, 1, true, null), point(2, 1, true, null)], null)).toBeNull();
  });
});
