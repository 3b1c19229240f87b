import { formatCount, formatSize } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Palette } from '../../../core/report/text/palette.ts';
import type { ItemManifest } from '../../../core/surface/manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** Columns of the terminal below which times are left out, so that what `surface get` takes fits into a line. */
const ROOMY = 120;

/**
 * One line of `surface list`, without a line break: size, when it was made, until when it is kept, and
 * `KIND@DIGEST` whole and last, as `surface get` takes it.
 */
export function itemLine(
  { kind, digest, createdAt, expiresAt, storage }: ItemManifest,
  { width, palette }: Terminal,
): string {
  const until = expiresAt === null ? 'kept' : `until ${expiresAt.slice(0, 10)}`;
  const times = [createdAt.slice(0, 16).replace('T', ' '), until.padEnd(16)];
  return [
    formatSize(storage.sizeBytes).padStart(8),
    ...(width >= ROOMY ? times.map(palette.muted) : []),
    `${palette.accent(escapeTerminal(kind))}@${digest}`,
  ].join('  ');
}

/** One line of `surface verify` for a damaged object. */
export function damageLine({ object, problem }: Damage, palette: Palette): string {
  return `${palette.bad('✗')} ${escapeTerminal(object)}: ${escapeTerminal(problem)}`;
}

/** The last line of `surface verify` of the store at a place. */
export function verifySummary(damaged: number, place: string, palette: Palette): string {
  const where = `in ${escapeTerminal(place)}`;
  if (damaged === 0) return `${palette.good('✓')} nothing is damaged ${where}`;
  return palette.strong(`${formatCount(damaged, 'object')} ${damaged === 1 ? 'is' : 'are'} damaged ${where}`);
}
