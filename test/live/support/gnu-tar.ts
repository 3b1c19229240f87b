import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type ByteText, toText } from '../../../src/base/byte-text.ts';
import { run } from './program.ts';

/** What GNU tar's listing says of an entry, in the archive's order. Times are whole seconds. */
export interface ListedEntry {
  /** As the archive writes it. */
  readonly name: string;
  /** Letter of the listing: `-dlhcbp` and others. */
  readonly letter: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the file; `major,minor` of a device. */
  readonly size: string;
  readonly mtime: number;
  readonly linkTarget?: string;
}

const LINE =
  /^(.)([-rwxsStT]{9})[.+*]* +(\d+)\/(\d+) +(\d+(?:,\d+)?) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? +"((?:[^"\\]|\\.)*)"(?: (?:->|link to) "((?:[^"\\]|\\.)*)")?$/;

/**
 * Lists an uncompressed tar with GNU tar.
 * @param report file to write the listing to
 */
export async function gnuTarListing(tar: string, report: string): Promise<ListedEntry[]> {
  const format = ['--verbose', '--numeric-owner', '--full-time', '--quoting-style=c', '--absolute-names'];
  await run('tar', ['--list', ...format, '--file', tar], {
    stdout: report,
    env: { TZ: 'UTC', LC_ALL: 'C' },
  });
  const entries: ListedEntry[] = [];
  for await (const line of createInterface({ input: createReadStream(report) })) entries.push(readLine(line));
  return entries;
}

function readLine(line: string): ListedEntry {
  const match = LINE.exec(line);
  if (!match) throw new Error(`GNU tar's listing has a line of another form: ${line}`);
  const [, letter = '', mode = '', uid, gid, size = '', time = '', name = '', target] = match;
  return {
    name: unquote(name),
    letter,
    mode: octal(mode),
    uid: Number(uid),
    gid: Number(gid),
    size,
    mtime: Date.parse(`${time.replace(' ', 'T')}Z`) / 1000,
    ...(target === undefined ? {} : { linkTarget: unquote(target) }),
  };
}

/** `rwsr-x--t` as octal text. */
function octal(text: string): string {
  const special = [...text].reduce(
    (bits, letter, at) => (/[sStT]/.test(letter) ? bits + (at === 2 ? 4 : at === 5 ? 2 : 1) : bits),
    0,
  );
  const digits = [0, 3, 6].map((from) =>
    [4, 2, 1].reduce((sum, bit, at) => (/[rwxst]/.test(text[from + at] ?? '') ? sum + bit : sum), 0),
  );
  return [special, ...digits].join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

function unquote(quoted: string): string {
  const bytes: ByteText = quoted.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
  return toText(bytes);
}
