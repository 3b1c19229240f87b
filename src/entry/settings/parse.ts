import { toVarveError, VarveError } from '../../base/errors.ts';
import { withoutSecretParts } from '../../core/image/docker-name.ts';

export { parseTenant } from '../../core/words/names.ts';

/** Turns a setting's text into its value; throws `bad-option` with what would be right. */
export type Parse<T> = (text: string) => T;

const wrong = (text: string, problem: string, hint: string): VarveError =>
  new VarveError('bad-option', `${JSON.stringify(text.slice(0, 200))} is ${problem}`, { hint });

/** The value of a text that a user gave under a label, such as `--limit`. @throws VarveError `bad-option`. */
export function parseLabeled<T>(label: string, text: string, parse: Parse<T>): T {
  try {
    return parse(text);
  } catch (fault) {
    const { message, hint } = toVarveError(fault);
    throw new VarveError('bad-option', `${label}: ${message}`, {
      object: label,
      ...(hint !== undefined && { hint }),
    });
  }
}

export const parseText: Parse<string> = (text) => {
  const trimmed = text.trim();
  if (trimmed === '')
    throw new VarveError('bad-option', 'it is empty', { hint: 'give it a value, or leave it out' });
  return trimmed;
};

/** A name that is kept and shown. */
export const parseName: Parse<string> = (text) => {
  const name = refuseLogin(parseText(text));
  if (/\p{C}/u.test(name))
    throw wrong(text, 'not one line of text', 'leave out line breaks and control characters');
  // So a place in the history of a name is written.
  if (/~\d*$/.test(name))
    throw wrong(text, 'not a name', 'leave out the ~ at its end: history:NAME~1 is a place in a history');
  return name;
};

/** What is kept and shown may hold no password, as a URL does that was meant for something else. */
function refuseLogin(text: string): string {
  const shown = withoutSecretParts(text);
  if (/\?[^\s=/]+=/.test(text)) {
    throw new VarveError('bad-option', `${JSON.stringify(shown.slice(0, 200))} has the query of a URL`, {
      hint: 'it would be kept and shown: leave out what stands after the ?',
    });
  }
  if (shown === text || !/^[^/]*(?:\/\/|:)[^/]*@/.test(text)) return text;
  throw new VarveError('bad-option', `${JSON.stringify(shown.slice(0, 200))} has a user before its host`, {
    hint: 'it would be kept and shown: leave out what stands before the @',
  });
}

/** One word of another system's, such as a commit or branch: no space, nothing that a terminal would obey. */
export const parseWord: Parse<string> = (text) => {
  const word = text.trim();
  if (/^[^\s\p{C}]{1,250}$/u.test(word)) return refuseLogin(word);
  throw wrong(text, 'not one word', 'write at most 250 characters without a space');
};

/** The hash of a commit, or its beginning: what names a branch or tag is not kept, since it moves on. */
export const parseCommit: Parse<string> = (text) => {
  const commit = text.trim().toLowerCase();
  if (/^[0-9a-f]{7,64}$/.test(commit)) return commit;
  throw wrong(
    text,
    'not a commit',
    'write its 7 to 64 hexadecimal digits, as git rev-parse HEAD prints them',
  );
};

/** Lines without the empty ones and without comments (`#`). */
export const parseLines: Parse<readonly string[]> = (text) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

export const parseBoolean: Parse<boolean> = (text) => {
  const value = text.trim().toLowerCase();
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw wrong(text, 'neither true nor false', 'write true or false');
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** A count of bytes, plain or with a unit: `1048576`, `64GiB`, `1.5 GB`. Bytes themselves are whole. */
export const parseSize: Parse<number> = (text) => {
  const match = /^(\d+)(\.\d+)?\s*([kmgt]i?b)?$/i.exec(text.trim());
  const [, whole = '', fraction = '', unit = ''] = match ?? [];
  const size = Math.round(Number(whole + fraction) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  const splitsBytes = fraction !== '' && unit === '';
  if (match === null || splitsBytes || !Number.isSafeInteger(size) || size < 1)
    throw wrong(text, 'not a size', 'write a size such as 500000, 64GiB or 1.5GB');
  return size;
};

/** A whole number in decimal digits, which may be parted by `_`. */
export const parseCount: Parse<number> = (text) => {
  const digits = text.trim();
  const count = /^\d+(?:_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(count) || count < 1)
    throw wrong(text, 'not a whole number above 0', 'write digits alone, such as 10');
  return count;
};

const DURATIONS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3600_000,
  d: 24 * 3600_000,
  w: 7 * 24 * 3600_000,
};

/** A time span with its unit, in milliseconds: `90s`, `30m`, `12h`, `30d`, `2w`. */
export const parseDuration: Parse<number> = (text) => {
  const [, digits = '', unit = ''] = /^(\d{1,9})\s*([smhdw])$/i.exec(text.trim()) ?? [];
  const duration = Number(digits) * (DURATIONS[unit.toLowerCase()] ?? Number.NaN);
  if (digits === '' || !Number.isSafeInteger(duration))
    throw wrong(text, 'not a time span', 'write a number and s, m, h, d or w, such as 12h or 30d');
  return duration;
};
