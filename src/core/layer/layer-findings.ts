import { type ByteText, toText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import type { Finding } from '../words/finding.ts';

/** Every oddity that reading a layer reports, with one sentence for the documentation. */
export const LAYER_FINDINGS = {
  'escaping-path': 'A name climbs above the root with `..`: it stands clamped at the root and has no effect.',
  'escaping-link': 'The target of a hard link climbs above the root with `..`: the entry has no effect.',
  'root-replaced': 'The root is stated as something other than a directory: the entry has no effect.',
  'duplicate-entry':
    'A path is stated more than once: the last statement counts, those before it have no effect.',
  'bad-whiteout': 'A whiteout names nothing, `.` or `..`: it has no effect.',
  'whiteout-content': 'A whiteout carries content, which no engine shows.',
  'aufs-metadata': 'Bookkeeping of AUFS (`.wh..wh.*` at the root): it has no effect.',
  'unknown-entry-type': 'A tar entry is of a type that POSIX does not know: it is read as a file.',
  'pax-global-header':
    'A global extended header changes entries: it is obeyed here, while container engines ignore it.',
  'trailing-data': 'Data follows the end of the archive: no engine shows it.',
  'findings-omitted': 'There are more findings of one kind than are listed.',
} as const;

export type LayerFindingCode = keyof typeof LAYER_FINDINGS;

/** How many findings of one code are listed, and how many bytes of paths in all. */
const LISTED = 1000;
const LISTED_BYTES = 16 * 1024 * 1024;

/** Codes whose entries have no effect, so that each one must be listed. */
const COMPLETE: ReadonlySet<LayerFindingCode> = new Set(['escaping-path', 'escaping-link']);

/** Gathers the findings of one layer, and not without bounds. */
export class FindingLog {
  readonly #object: string;
  readonly #findings: Finding[] = [];
  readonly #omitted = new Map<LayerFindingCode, number>();
  readonly #counts = new Map<LayerFindingCode, number>();
  #bytes = 0;

  constructor(object: string) {
    this.#object = object;
  }

  /** @throws VarveError `malformed` when there are too many of a code that must be listed completely. */
  add(code: LayerFindingCode, path?: ByteText, detail?: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    this.#bytes += path?.length ?? 0;
    if (count <= LISTED && this.#bytes <= LISTED_BYTES) {
      this.#findings.push({
        code,
        ...(path === undefined ? {} : { path: toText(path) }),
        ...(detail === undefined ? {} : { detail }),
      });
    } else if (COMPLETE.has(code)) {
      throw new VarveError('malformed', `${this.#object}: too many entries escape the root`, {
        object: this.#object,
      });
    } else {
      this.#omitted.set(code, (this.#omitted.get(code) ?? 0) + 1);
    }
  }

  /** All findings in a stable order. */
  list(): Finding[] {
    const omitted = [...this.#omitted].map(([code, count]) => ({
      code: 'findings-omitted',
      detail: `${count} more of ${code}`,
    }));
    return [...this.#findings, ...omitted].sort(byCodeAndPath);
  }
}

function byCodeAndPath(a: Finding, b: Finding): number {
  return (
    compare(a.code, b.code) || compare(a.path ?? '', b.path ?? '') || compare(a.detail ?? '', b.detail ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
