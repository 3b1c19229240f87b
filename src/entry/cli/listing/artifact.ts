import { formatCount, formatSize } from '../../../base/human-size.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Palette } from '../../../core/report/text/palette.ts';

/** What `artifact` commands say: the digest of the manifest, and each file on a line of its own. */
export function artifactLines(
  { digest, files }: { readonly digest: string; readonly files: readonly ArtifactFile[] },
  palette: Palette,
): string[] {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return [
    palette.strong(digest),
    `${formatSize(bytes).padStart(8)}  ${formatCount(files.length, 'file')}`,
    ...files.map(({ path, size }) => `${formatSize(size).padStart(8)}  ${escapeTerminal(path)}`),
  ];
}
