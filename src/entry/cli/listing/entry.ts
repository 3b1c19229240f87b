import type { InventoryEntry } from '../../../core/analysis/files/inventory.ts';
import type { EntryType } from '../../../core/layer/layer-entry.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Paint, Palette } from '../../../core/report/text/palette.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

/** An entry of a layer, or of a merged filesystem with what `tree` adds. */
export interface ListedEntry extends InventoryEntry {
  /** Index of the layer that gave the entry its present state. */
  readonly layer?: number;
  /** Names of the inode. */
  readonly links?: number;
  /** A parent directory that no layer states. */
  readonly implicit?: boolean;
}

/** `h`, `w` and `o` stand for what no file system has: a hard link by itself, a whiteout, an opaque marker. */
const LETTERS: Readonly<Record<EntryType, string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  hardlink: 'h',
  char: 'c',
  block: 'b',
  fifo: 'p',
  whiteout: 'w',
  opaque: 'o',
};

/** Columns of the terminal below which times, and then owners and names, are left out for the path. */
const ROOMY = 80;
const NARROW = 60;

/**
 * One line of `layer ls` or `tree`, in the manner of `ls -l`, without a line break: mode, owner and group,
 * bytes of files, time in UTC, path. A merged entry begins with its layer's index and has its number of names.
 */
export function listingLine(entry: ListedEntry, { width, palette }: Terminal): string {
  const merged = entry.layer !== undefined || entry.implicit === true;
  const cells = [
    ...(merged ? [palette.muted(String(entry.layer ?? '').padStart(3))] : []),
    formatMode(entry.type, entry.mode),
    ...(merged && width >= NARROW ? [String(entry.links ?? 1).padStart(2)] : []),
    ...(width >= NARROW ? [`${entry.uid}:${entry.gid}`.padStart(9)] : []),
    sizeOrDevice(entry).padStart(width >= NARROW ? 11 : 9),
    ...(width >= ROOMY ? [palette.muted(formatTime(entry.mtime).padStart(19))] : []),
    namePaint(entry, palette)(escapeTerminal(entry.path)) + linkText(entry),
  ];
  return cells.join('  ');
}

/** The mode as `ls` writes it: `drwxr-xr-x`, `-rwsr-xr-x`. */
export function formatMode(type: EntryType, mode: string): string {
  const bits = Number.parseInt(mode, 8);
  const triple = (shift: number, special: number, letter: string): string => {
    const runs = ((bits >> shift) & 1) !== 0;
    const marked = (bits & special) !== 0;
    const last = marked ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-';
    return `${(bits >> shift) & 4 ? 'r' : '-'}${(bits >> shift) & 2 ? 'w' : '-'}${last}`;
  };
  return LETTERS[type] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}

const LAST_SECOND_OF_9999 = 253_402_300_799;

/** Seconds since 1970 as `2026-01-31 12:00:00`; outside the years 1970 to 9999 as `@seconds`. */
export function formatTime(seconds: number): string {
  if (seconds < 0 || seconds > LAST_SECOND_OF_9999) return `@${seconds}`;
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function sizeOrDevice({ type, size, device }: ListedEntry): string {
  if (device === undefined) return type === 'file' ? String(size) : '';
  return `${device.major}, ${device.minor}`;
}

function linkText({ type, linkTarget }: ListedEntry): string {
  if (linkTarget === undefined) return '';
  return `${type === 'hardlink' ? ' link to ' : ' -> '}${escapeTerminal(linkTarget)}`;
}

function namePaint({ type, mode, implicit }: ListedEntry, palette: Palette): Paint {
  if (implicit === true) return palette.muted;
  if (type === 'whiteout' || type === 'opaque') return palette.bad;
  if (type === 'dir') return palette.accent;
  const bits = Number.parseInt(mode, 8);
  if (type === 'file' && (bits & 0o6000) !== 0) return palette.bad;
  return type === 'file' && (bits & 0o111) !== 0 ? palette.good : (text) => text;
}
