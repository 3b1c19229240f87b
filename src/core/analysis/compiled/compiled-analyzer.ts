import { createHash, type Hash } from 'node:crypto';
import { fromText } from '../../../base/byte-text.ts';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { VarveError } from '../../../base/errors.ts';
import type { LayerAnalysis, LayerAnalyzer } from '../analyzer.ts';
import { type AnalyzerOptions, analyzerKey } from '../analyzer-key.ts';

/** A file of compiled Python, known by what an inventory says of it. */
export interface WantedCode {
  /** Bare hexadecimal SHA-256. */
  readonly sha256: string;
  readonly size: number;
  /** Times of sources that its header is tried with, as headers state them. */
  readonly mtimes: readonly number[];
}

/** What the content of such a file shows. */
export interface CodeFacts {
  /** SHA-256 of all but the time. */
  readonly code: string;
  /** When the source was changed last, in seconds since 1970, as the header states it. */
  readonly time: number;
  /** The same file, had its source one of the times that were tried. */
  readonly retimed: readonly RetimedCode[];
}

export interface RetimedCode {
  /** As the header states it. */
  readonly time: number;
  readonly sha256: string;
}

/** One line of the payload. */
interface CodeLine extends CodeFacts {
  readonly sha256: string;
}

const KIND = 'layer.compiled';
const ANALYZER = 'compiled@1';

/**
 * Magic, flags, time and size of the source, four bytes each; a set flag says that a hash of the source stands in place
 * of the last two, which no rebuild changes by itself. Before Python 3.7 the flags were not there. Neither of these ever
 * proves to be the same.
 * @see https://peps.python.org/pep-0552/
 */
const HEADER = 16;
const [FLAGS_AT, TIME_AT] = [4, 8];

/** Files of one size are tried with each other's times: more than this are made to keep somebody busy. */
const MOST_TIMES = 64;

/** Looks into compiled Python files. Its fragments serve the run alone: none is stored. */
export const compiledAnalyzer: LayerAnalyzer<never> = analyzerOf([]);

/** The analyzer for these files of a layer. */
export const wantCode = (files: readonly WantedCode[]): LayerAnalyzer<never> => analyzerOf(files);

/** Reads a payload of this analyzer: the facts by the hashes of the files. */
export function* readCode(payload: Buffer): Generator<readonly [sha256: string, facts: CodeFacts]> {
  for (const text of payload.toString('latin1').split('\n').slice(0, -1)) {
    const { sha256, ...facts }: CodeLine = JSON.parse(text);
    yield [sha256, facts];
  }
}

function analyzerOf(files: readonly WantedCode[]): LayerAnalyzer<never> {
  const options = { files: files.map(({ sha256, size, mtimes }) => ({ sha256, size, mtimes })) };
  return {
    key: analyzerKey(KIND, ANALYZER, options),
    options,
    format: 'ndjson',
    keepDays: 0,
    findings: {},
    withOptions: (given) => analyzerOf(readOptions(given)),
    begin: () => beginHashing(files),
  };
}

function readOptions({ files }: AnalyzerOptions): readonly WantedCode[] {
  if (Array.isArray(files)) return files;
  throw new VarveError('internal', `${ANALYZER} was not told which files are wanted`);
}

/** The hash of a file is known at its end, so all files of a wanted size are looked into. */
function beginHashing(files: readonly WantedCode[]): LayerAnalysis {
  const wanted = new Set(files.map(({ sha256 }) => sha256));
  const mtimes = new Map<number, Set<number>>();
  for (const file of files) {
    const tried = mtimes.get(file.size) ?? new Set();
    mtimes.set(file.size, tried);
    for (const mtime of file.mtimes) if (tried.size < MOST_TIMES) tried.add(mtime);
  }
  const found = new Map<string, CodeFacts>();
  let hashing: CodeHashing | null = null;
  return {
    enter({ type, tar }) {
      const tried = type === 'file' ? mtimes.get(tar.size) : undefined;
      hashing = tried === undefined ? null : new CodeHashing([...tried]);
      return hashing !== null;
    },
    content(bytes, start, end) {
      hashing?.push(bytes.subarray(start, end));
    },
    leave({ sha256 }) {
      const facts = wanted.has(sha256) ? hashing?.end() : null;
      if (facts) found.set(sha256, facts);
      hashing = null;
    },
    finish(_, payload) {
      for (const [sha256, facts] of found) {
        const line: CodeLine = { sha256, ...facts };
        payload.write(fromText(`${canonicalJson(line)}\n`));
      }
    },
  };
}

/** Hashes one file in several ways as its bytes come. */
class CodeHashing {
  readonly #mtimes: readonly number[];
  readonly #header = Buffer.alloc(HEADER);
  #filled = 0;
  readonly #code = createHash('sha256');
  #retimed: readonly { readonly time: number; readonly hash: Hash }[] = [];

  constructor(mtimes: readonly number[]) {
    this.#mtimes = mtimes;
  }

  push(bytes: Buffer): void {
    const missing = HEADER - this.#filled;
    const rest = bytes.subarray(Math.min(missing, bytes.length));
    if (missing > 0) {
      this.#filled += bytes.copy(this.#header, this.#filled, 0, missing);
      if (this.#filled === HEADER) {
        this.#code.update(this.#headerAt(0));
        this.#retimed = this.#mtimes.map((time) => ({
          ...{ time, hash: createHash('sha256').update(this.#headerAt(time)) },
        }));
      }
    }
    this.#code.update(rest);
    for (const { hash } of this.#retimed) hash.update(rest);
  }

  /** Null for what is too short to be a compiled file, or states no time. */
  end(): CodeFacts | null {
    if (this.#filled < HEADER || this.#header.readUInt32LE(FLAGS_AT) !== 0) return null;
    return {
      time: this.#header.readUInt32LE(TIME_AT),
      code: this.#code.digest('hex'),
      retimed: this.#retimed.map(({ time, hash }) => ({ time, sha256: hash.digest('hex') })),
    };
  }

  #headerAt(time: number): Buffer {
    const header = Buffer.from(this.#header);
    header.writeUInt32LE(time, TIME_AT);
    return header;
  }
}
