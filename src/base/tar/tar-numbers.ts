import { TarFault } from './tar-entry.ts';

const SPACE = 0x20;
const ZERO = 0x30;

/**
 * Reads a number of a header block: octal text, or base-256 where the first bit is set.
 * @see https://www.gnu.org/software/tar/manual/html_node/Extensions.html
 */
export function readNumber(block: Buffer, at: number, length: number, field: string): number {
  return (block[at] ?? 0) >= 0x80
    ? readBase256(block, at, length, field)
    : readOctal(block, at, length, field);
}

function readOctal(block: Buffer, at: number, length: number, field: string): number {
  const end = at + length;
  let value = 0;
  let i = at;
  for (; i < end && (block[i] === SPACE || block[i] === 0); i++);
  for (; i < end; i++) {
    const digit = (block[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  const spaces = i;
  for (; i < end && block[i] === SPACE; i++);
  // What follows a NUL does not count, unless a space stands before it.
  const isOver = i === end || (block[i] === 0 && (i === spaces || isBlank(block, i, end)));
  if (!isOver) throw new TarFault(`${field} is not an octal number`);
  return value;
}

function isBlank(block: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (block[i] !== SPACE && block[i] !== 0) return false;
  return true;
}

/** Two's complement, big-endian; the first bit only marks the form. */
function readBase256(block: Buffer, at: number, length: number, field: string): number {
  const first = block[at] ?? 0;
  const negative = (first & 0x40) !== 0;
  let value = negative ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let i = at + 1; i < at + length; i++) {
    value = value * 256 + (block[i] ?? 0);
    if (!Number.isSafeInteger(value)) throw new TarFault(`${field} is out of range`);
  }
  return value;
}

const DECIMAL = /^-?[0-9]+$/;

/** Reads a whole number of an extended header. */
export function readDecimal(text: string, field: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new TarFault(`${field} is not a whole number in range`);
  return value;
}

const TIME = /^(-?)([0-9]+)(?:\.([0-9]*))?$/;

/** Reads the time of an extended header: seconds with a fraction, finer than nanoseconds cut off. */
export function readTime(text: string): { readonly seconds: number; readonly nanoseconds: number } {
  const match = TIME.exec(text);
  const whole = Number(match?.[2] ?? Number.NaN);
  if (!Number.isSafeInteger(whole)) throw new TarFault('mtime is not a time in range');
  const fraction = Number((match?.[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match?.[1] !== '-') return { seconds: whole, nanoseconds: fraction };
  return fraction === 0
    ? { seconds: 0 - whole, nanoseconds: 0 }
    : { seconds: -whole - 1, nanoseconds: 1e9 - fraction };
}
