import { toText } from '../../base/byte-text.ts';
import type { Limits } from '../../base/limits.ts';
import type { TarEntry, TarHandler } from '../../base/tar/tar-entry.ts';
import { TarScanner } from '../../base/tar/tar-scanner.ts';
import type { LayerAnalysis, LayerAnalyzer, LayerFacts } from '../analysis/analyzer.ts';
import { type Fragment, makeFragment } from '../analysis/fragment.ts';
import { PayloadWriter } from '../analysis/payload-writer.ts';
import { normalizePath } from '../layer/entry-path.ts';
import { FindingLog } from '../layer/finding-log.ts';
import { describeEntry, type MutableLayerEntry } from '../layer/layer-entry.ts';
import { type LayerFindingLog, openLayerLog } from '../layer/layer-findings.ts';
import type { Finding } from '../words/finding.ts';
import { ContentHash } from './content-hash.ts';

export interface LayerScanOptions {
  /** The layer's name in errors. */
  readonly object: string;
  readonly limits: Limits;
  readonly analyzers: readonly LayerAnalyzer[];
}

/** What git, and Python's tarfile, call global headers: nothing else is called so. */
const HARMLESS_NAMES = new Set(['pax_global_header', '@PaxHeader']);

/** Reads a layer's tar as it is pushed, and lets every analyzer see each entry and, where it wants, its content. */
export class LayerScan {
  readonly #scanner: TarScanner;
  readonly #findings: LayerFindingLog;
  readonly #running: readonly RunningAnalysis[];

  constructor({ object, limits, analyzers }: LayerScanOptions) {
    const layerFindings = openLayerLog(object);
    this.#findings = layerFindings;
    this.#running = analyzers.map((analyzer) => {
      const findings = new FindingLog<string>({ object, companion: layerFindings });
      const analysis = analyzer.begin({ object, limits, layerFindings, findings });
      return { analyzer, analysis, findings, reading: false };
    });
    const handler = new EntryHandler(this.#findings, this.#running);
    this.#scanner = new TarScanner({ handler, limits, object });
  }

  /** @throws VarveError `malformed`, `unsupported`, `limit-exceeded`. */
  push(bytes: Buffer): void {
    this.#scanner.push(bytes);
  }

  /** @throws VarveError `truncated`. */
  end(): void {
    this.#scanner.end();
    const { globalKeywords, globalNames, trailingData, endsInHeader } = this.#scanner;
    if (globalKeywords.length > 0) {
      this.#findings.add('pax-global-header', undefined, globalKeywords.map(toText).sort().join(' '));
    }
    for (const name of globalNames) {
      const path = normalizePath(name);
      if (!HARMLESS_NAMES.has(path)) this.#findings.add('pax-global-name', path);
    }
    if (endsInHeader) this.#findings.add('stray-header');
    if (trailingData > 0) this.#findings.add('trailing-data', undefined, `${trailingData} bytes`);
  }

  /** What the layer itself has shown that is odd. */
  findings(): Finding[] {
    return this.#findings.list();
  }

  /** What each analyzer made of the layer, once it ended. */
  fragments(layer: LayerFacts): Fragment[] {
    return this.#running.map(({ analyzer, analysis, findings }) => {
      const payload = new PayloadWriter();
      try {
        analysis.finish(layer, payload);
        return makeFragment(analyzer, payload.end(), findings.list());
      } finally {
        payload.close();
      }
    });
  }
}

interface RunningAnalysis {
  readonly analyzer: LayerAnalyzer;
  readonly analysis: LayerAnalysis;
  readonly findings: FindingLog<string>;
  /** Whether it wants the content of the present entry. */
  reading: boolean;
}

/** Puts tar entries into the words of layers, hashes files, and passes both on. */
class EntryHandler implements TarHandler {
  readonly #findings: LayerFindingLog;
  readonly #running: readonly RunningAnalysis[];
  readonly #hash = new ContentHash();
  #entry: MutableLayerEntry | null = null;

  constructor(findings: LayerFindingLog, running: readonly RunningAnalysis[]) {
    this.#findings = findings;
    this.#running = running;
  }

  enter(tar: TarEntry): void {
    this.#entry ??= { tar, path: '', type: 'file', linkTarget: '', sha256: '' };
    describeEntry(tar, this.#entry, this.#findings);
    this.#hash.begin(tar.size);
    for (const running of this.#running) running.reading = running.analysis.enter?.(this.#entry) ?? false;
  }

  content(bytes: Buffer, start: number, end: number): void {
    this.#hash.push(bytes, start, end);
    for (const { analysis, reading } of this.#running) if (reading) analysis.content?.(bytes, start, end);
  }

  leave(): void {
    const entry = this.#entry as MutableLayerEntry;
    if (entry.type === 'file') entry.sha256 = this.#hash.end();
    for (const { analysis } of this.#running) analysis.leave?.(entry);
  }
}
