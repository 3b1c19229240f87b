import { fromBase64, toBase64 } from '../../../base/byte-text.ts';
import { canonicalJson } from '../../../base/canonical-json.ts';

const CONTROL = /[\x00-\x1f]/;
const INTEGER = /(?:0|-?[1-9][0-9]{0,15})(?![0-9])/y;

/**
 * Reads canonical JSON whose form is known, piece by piece. Every method throws SyntaxError where the text is another.
 */
export class LineCursor {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** Goes over a text if it stands here. */
  skips(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Goes over a text that must stand here. */
  expect(text: string): void {
    if (!this.skips(text)) throw this.#unexpected();
  }

  integer(): number {
    INTEGER.lastIndex = this.#at;
    const digits = INTEGER.exec(this.#line)?.[0];
    const value = Number(digits);
    if (digits === undefined || !Number.isSafeInteger(value)) throw this.#unexpected();
    this.#at += digits.length;
    return value;
  }

  /** A JSON string. */
  text(): string {
    const start = this.#at;
    this.expect('"');
    let end = this.#line.indexOf('"', this.#at);
    let plain = this.#line.slice(this.#at, end);
    if (plain.includes('\\')) {
      end = this.#closingQuote();
      const quoted = this.#line.slice(start, end + 1);
      plain = String(JSON.parse(quoted));
      if (!plain.isWellFormed() || JSON.stringify(plain) !== quoted) throw this.#unexpected();
    } else if (end === -1 || CONTROL.test(plain)) {
      throw this.#unexpected();
    }
    this.#at = end + 1;
    return plain;
  }

  /** A JSON string that is base64. */
  base64(): string {
    const text = this.text();
    if (!isBase64(text)) throw this.#unexpected();
    return text;
  }

  /** An object of base64 texts that stands just before the end of the line; it must not be empty. */
  lastObject(ending: string): Readonly<Record<string, string>> {
    const end = this.#line.length - ending.length;
    const json = this.#line.slice(this.#at, end);
    const value: unknown = JSON.parse(json);
    if (!isBase64Object(value) || canonicalJson(value) !== json) throw this.#unexpected();
    this.#at = end;
    return value;
  }

  /** The line must be at its end. */
  end(): void {
    if (this.#at !== this.#line.length) throw this.#unexpected();
  }

  #closingQuote(): number {
    let at = this.#at;
    for (; this.#line[at] !== '"'; at += this.#line[at] === '\\' ? 2 : 1) {
      if (at >= this.#line.length) throw this.#unexpected();
    }
    return at;
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(`something else was expected at ${this.#at}`);
  }
}

function isBase64(text: string): boolean {
  return toBase64(fromBase64(text)) === text;
}

function isBase64Object(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = Object.entries(value);
  return (
    members.length > 0 &&
    members.every(([name, text]) => name.isWellFormed() && typeof text === 'string' && isBase64(text))
  );
}
