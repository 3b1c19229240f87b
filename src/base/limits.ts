import { type ErrorDetails, VarveError } from './errors.ts';
import { formatCount } from './human-size.ts';

/** What one read may cost at most. Every limit counts output, so a bomb is stopped whatever its ratio. */
export interface Limits {
  /** Uncompressed bytes of one layer; and of an archive that comes on standard input, from an engine or compressed. */
  readonly layerBytes: number;
  /** Entries of one layer. */
  readonly layerEntries: number;
  /** Expanded bytes of the sparse files of one layer, taken together. */
  readonly sparseBytes: number;
  /** Bytes of one extended header (PAX record, GNU long name) in a tar. */
  readonly headerBytes: number;
  /** Bytes of one JSON document: index, manifest, config. */
  readonly jsonBytes: number;
}

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

export const DEFAULT_LIMITS: Limits = Object.freeze({
  layerBytes: 64 * GiB,
  layerEntries: 10_000_000,
  sparseBytes: 64 * GiB,
  headerBytes: 4 * MiB,
  jsonBytes: 20 * MiB,
});

/** The option that raises each limit; errors name it. */
const LIMIT_FLAGS: Readonly<Record<keyof Limits, string>> = {
  layerBytes: '--max-layer-bytes',
  layerEntries: '--max-layer-entries',
  sparseBytes: '--max-sparse-bytes',
  headerBytes: '--max-header-bytes',
  jsonBytes: '--max-json-bytes',
};

/** The option that raises a limit: `--max-layer-bytes`. */
export const flagOf = (limit: keyof Limits): string => LIMIT_FLAGS[limit];

/** Something went over one of the limits. */
export class LimitError extends VarveError {
  readonly limit: keyof Limits;

  constructor(limit: keyof Limits, message: string, details: ErrorDetails) {
    super('limit-exceeded', message, details);
    this.limit = limit;
  }
}

/** The error for something that went over one of the limits. */
export function limitExceeded<const L extends keyof Limits>(
  limit: L,
  limits: Pick<Limits, L>,
  object: string,
): LimitError {
  const [noun, plural] = limit === 'layerEntries' ? ['entry', 'entries'] : ['byte', 'bytes'];
  const most = formatCount(limits[limit], noun, plural);
  const flag = LIMIT_FLAGS[limit];
  return new LimitError(limit, `${object} is over the limit of ${most}`, {
    object,
    hint: `if this is expected, raise it with ${flag} (input ${flag.slice('--'.length)})`,
  });
}
