import { fromText } from '../../../base/byte-text.ts';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { VarveError } from '../../../base/errors.ts';
import type { LayerAnalysis, LayerAnalyzer } from '../analyzer.ts';
import { type AnalyzerOptions, analyzerKey } from '../analyzer-key.ts';

/** A file's content, known by what an inventory says of it. */
export interface WantedContent {
  /** Bare hexadecimal SHA-256. */
  readonly sha256: string;
  readonly size: number;
}

/** One line of the payload. */
interface ContentLine {
  readonly sha256: string;
  readonly base64: string;
}

const KIND = 'layer.contents';
const ANALYZER = 'contents@1';

/** Gives contents of files, whichever name they stand under. Its fragments are for the run alone: none is stored. */
export const contentsAnalyzer: LayerAnalyzer<never> = analyzerOf([]);

/** The analyzer that gives these contents of a layer. */
export function wantContents(contents: readonly WantedContent[]): LayerAnalyzer<never> {
  return analyzerOf(contents);
}

/** The contents in a payload of this analyzer, by their hashes. */
export function* readContents(payload: Buffer): Generator<readonly [sha256: string, content: Buffer]> {
  for (let at = 0; at < payload.length; ) {
    const end = payload.indexOf('\n', at);
    const { sha256, base64 }: ContentLine = JSON.parse(payload.toString('latin1', at, end));
    yield [sha256, Buffer.from(base64, 'base64')];
    at = end + 1;
  }
}

function analyzerOf(contents: readonly WantedContent[]): LayerAnalyzer<never> {
  const options = { contents: contents.map(({ sha256, size }) => ({ sha256, size })) };
  return {
    key: analyzerKey(KIND, ANALYZER, options),
    options,
    format: 'ndjson',
    keepDays: 0,
    findings: {},
    withOptions: (given) => analyzerOf(readOptions(given)),
    begin: () => beginCollecting(contents),
  };
}

function readOptions({ contents }: AnalyzerOptions): readonly WantedContent[] {
  if (Array.isArray(contents)) return contents;
  throw new VarveError('internal', `${ANALYZER} was not told which contents are wanted`);
}

/** The hash is known at the end of an entry, so whatever has the size of one that is still wanted is held till then. */
function beginCollecting(contents: readonly WantedContent[]): LayerAnalysis {
  const wanted = new Set(contents.map(({ sha256 }) => sha256));
  const sizes = new Set(contents.map(({ size }) => size));
  const found = new Map<string, Buffer>();
  let held: Buffer[] = [];
  return {
    enter({ type, tar }) {
      held = [];
      return type === 'file' && sizes.has(tar.size);
    },
    content(bytes, start, end) {
      held.push(Buffer.from(bytes.subarray(start, end)));
    },
    leave({ type, sha256 }) {
      if (type === 'file' && wanted.delete(sha256)) found.set(sha256, Buffer.concat(held));
      held = [];
    },
    finish(_, payload) {
      for (const [sha256, content] of found) {
        const line: ContentLine = { sha256, base64: content.toString('base64') };
        payload.write(fromText(`${canonicalJson(line)}\n`));
      }
    },
  };
}
