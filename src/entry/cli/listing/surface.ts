import { hexOf } from '../../../base/digest.ts';
import { formatCount, formatSize } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Palette } from '../../../core/report/text/palette.ts';
import { cutEnd } from '../../../core/report/text/widths.ts';
import type { ItemManifest } from '../../../core/surface/manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** Columns of the terminal that a line with times takes, and one without them; of usual kinds. */
const ROOMY = 135;
const ENOUGH = 100;
const SHORT_DIGEST = 12;

/**
 * One line of `surface list`, without a line break: size, when it was made, until when it is kept, and
 * `KIND@DIGEST` last, as `surface get` takes it. Where the columns are few the times go first, then the end of the
 * digest.
 */
export function itemLine(
  { kind, digest, createdAt, expiresAt, storage }: ItemManifest,
  { width, palette }: Terminal,
): string {
  const until = expiresAt === null ? 'kept' : `until ${expiresAt.slice(0, 10)}`;
  const times = [createdAt.slice(0, 16).replace('T', ' '), until.padEnd(16)];
  const shown = width >= ENOUGH ? digest : hexOf(digest).slice(0, SHORT_DIGEST);
  const size = formatSize(storage.sizeBytes).padStart(8);
  const room = Math.max(1, width - size.length - 2 - shown.length - 1);
  return [
    size,
    ...(width >= ROOMY ? times.map(palette.muted) : []),
    `${palette.accent(cutEnd(escapeTerminal(kind), room))}@${shown}`,
  ].join('  ');
}

/** One line of `surface verify` for a damaged object. */
export function damageLine({ object, problem }: Damage, palette: Palette): string {
  return `${palette.bad('✗')} ${escapeTerminal(object)}: ${escapeTerminal(problem)}`;
}

/**
 * The last line of `surface verify` of the store at a place.
 * @param image what the records were compared with; null where that was nothing.
 */
export function verifySummary(
  damaged: number,
  place: string,
  image: string | null,
  palette: Palette,
): string {
  const where = `in ${escapeTerminal(place)}`;
  const same = image === null ? '' : `, and all of it is as ${escapeTerminal(image)} has it`;
  if (damaged === 0) return `${palette.good('✓')} nothing is damaged ${where}${same}`;
  const verb = damaged === 1 ? 'is' : 'are';
  const wrong = image === null ? 'damaged' : `damaged, or not as ${escapeTerminal(image)} has it,`;
  return palette.strong(`${formatCount(damaged, 'object')} ${verb} ${wrong} ${where}`);
}
