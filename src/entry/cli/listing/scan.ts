import { formatCount, formatSize } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { ScannedRoot } from '../../../flows/sbom/scan-build.ts';

/** What a scan found, a line for each root filesystem: the log of a build shows it. @param file what was written. */
export function scanLine(file: string, { files, contentBytes, digest }: ScannedRoot): string {
  return `${escapeTerminal(file)}: ${formatCount(files, 'file')}, ${formatSize(contentBytes)}, listed in ${digest}`;
}
