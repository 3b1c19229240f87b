import { type ByteText, toText } from '../../base/byte-text.ts';
import type { Finding } from '../words/finding.ts';
import { malformed } from '../words/stored-json.ts';

/** The code under which a log says that it does not list all. */
export const OMITTED = 'findings-omitted';

/** How many findings of one code are listed, and how many bytes of paths in all. */
const LISTED = 1000;
const LISTED_BYTES = 16 * 1024 * 1024;

/** What others see of a log. */
export type ReadableFindings = Pick<FindingLog<never>, 'list' | 'bytes'>;

export interface FindingLogOptions<Code extends string> {
  /** The layer or image in errors. */
  readonly object: string;
  /** Codes that must be listed completely, each with the problem of whatever has too many of them. */
  readonly complete?: ReadonlyMap<Code, string>;
  /** The log that this one is listed with: both together have the room of one. */
  readonly companion?: ReadableFindings;
}

/** Gathers findings of some codes, and not without bounds. */
export class FindingLog<Code extends string> {
  readonly #options: FindingLogOptions<Code>;
  readonly #findings: Finding[] = [];
  readonly #omitted = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  #bytes = 0;

  constructor(options: FindingLogOptions<Code>) {
    this.#options = options;
  }

  /** Bytes of the paths that were added. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws VarveError `malformed` when there are too many of a code that must be listed completely. */
  add(code: Code, path?: ByteText, detail?: string): void {
    const { object, complete, companion } = this.#options;
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    this.#bytes += path?.length ?? 0;
    const problem = complete?.get(code);
    if (count <= LISTED && this.#bytes + (companion?.bytes ?? 0) <= LISTED_BYTES) {
      this.#findings.push({
        code,
        ...(path === undefined ? {} : { path: toText(path) }),
        ...(detail === undefined ? {} : { detail }),
      });
    } else if (problem !== undefined) {
      throw malformed(object, problem);
    } else {
      this.#omitted.set(code, (this.#omitted.get(code) ?? 0) + 1);
    }
  }

  /** All findings in a stable order. */
  list(): Finding[] {
    const omitted = [...this.#omitted].map(([code, count]) => ({
      code: OMITTED,
      detail: `${count} more of ${code}`,
    }));
    return mergeFindings([this.#findings, omitted]);
  }
}

/** The findings of several lists in the order that a log gives them. */
export function mergeFindings(lists: readonly (readonly Finding[])[]): Finding[] {
  return lists.flat().sort(byCodeAndPath);
}

function byCodeAndPath(a: Finding, b: Finding): number {
  return (
    compare(a.code, b.code) || compare(a.path ?? '', b.path ?? '') || compare(a.detail ?? '', b.detail ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
