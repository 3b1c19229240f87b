import { formatCount, formatSize } from '../../../base/human-size.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Palette } from '../../../core/report/text/palette.ts';

/** What `artifact` commands say: the digest of the manifest, and a line a file. */
export function artifactLines(
  { digest, files }: { readonly digest: string; readonly files: readonly ArtifactFile[] },
  palette: Palette,
): string[] {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return [
    `${palette.strong(digest)}  ${formatCount(files.length, 'file')}, ${formatSize(bytes)}`,
    ...files.map(({ path, size }) => `${formatSize(size).padStart(8)}  ${escapeTerminal(path)}`),
  ];
}
