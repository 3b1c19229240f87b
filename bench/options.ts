import { parseArgs } from 'node:util';

export interface Options {
  /** Three repetitions and no peers. */
  readonly quick: boolean;
  /** Takes the layer of 6.4 GB in. */
  readonly huge: boolean;
  /** Renders the result into docs/design/performance.md. */
  readonly write: boolean;
  /** Builds the images and installs the peers, measures nothing. */
  readonly prepare: boolean;
  readonly list: boolean;
  readonly repetitions: number;
  /** Takes the cases and targets whose id matches, with what they need. */
  readonly only?: RegExp;
}

export const USAGE = `npm run bench -- [options]

  --quick            three repetitions, no peers
  --only PATTERN     cases and targets whose id matches this regular expression
  --repetitions N    how often each case runs (5)
  --huge             also the layer of 6.4 GB (3 GB in the cache)
  --write            render the result into docs/design/performance.md (whole runs only)
  --prepare          build the images and install the peers, measure nothing
  --list             list cases and targets

The cache is $VARVE_BENCH_CACHE, by default ~/.cache/varve-bench.
Building the images needs root and the Debian packages
  buildah skopeo mmdebstrap docker.io isal zstd time
and for the peers
  umoci podman diffoscope-minimal python3
The exit status is 1 when a target is missed or a case fails.
`;

/** Reads the command line; undefined when help was asked for. Throws on what it does not know. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      huge: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      prepare: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      repetitions: { type: 'string' },
      only: { type: 'string' },
    },
  });
  if (values.help) return undefined;
  const { repetitions: count, only, help: _, ...flags } = values;
  const repetitions = Number(count ?? (flags.quick ? 3 : 5));
  if (!Number.isInteger(repetitions) || repetitions < 1)
    throw new Error('--repetitions takes a whole number from 1');
  if (flags.write && (flags.quick || only !== undefined || repetitions < 5)) {
    throw new Error('--write takes a whole run: no --quick, no --only, at least 5 repetitions');
  }
  return { ...flags, repetitions, ...(only !== undefined && { only: new RegExp(only) }) };
}
