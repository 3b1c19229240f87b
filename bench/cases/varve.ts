import { benchImage } from '../image/bench-image.ts';
import { type SyntheticImage, syntheticImages, syntheticLayout } from '../image/synthetic.ts';
import { type Case, cached } from './case.ts';
import {
  afterV1,
  afterV2,
  built,
  changing,
  clearEmpty,
  copyStore,
  empty,
  expectLayersRead,
  fillStore,
  snapshot,
  varve,
} from './snapshot-runs.ts';

const v1 = `oci:${benchImage.gzipV1}:v1`;
const v2 = `oci:${benchImage.gzipV2}:v2`;
interface Comparison {
  readonly changed: boolean;
  readonly files: { readonly added: number; readonly modified: number; readonly removed: number };
}

/** The edits that version 2 of the app makes: ten files changed, three and their folder added, two dropped. */
function expectAppEdits(stdout: string): void {
  const { changed, files } = JSON.parse(stdout) as Comparison;
  const found = `${files.added} added, ${files.modified} modified, ${files.removed} removed`;
  const wanted = '4 added, 10 modified, 2 removed';
  if (!changed || found !== wanted) throw new Error(`it found ${found}, not ${wanted}`);
}

function expectText(pattern: RegExp): (stdout: string) => void {
  return (stdout) => {
    if (!pattern.test(stdout)) throw new Error(`it printed ${JSON.stringify(stdout.slice(0, 100))}`);
  };
}

function cold(id: string, what: string, path: string, image: string, env?: Record<string, string>): Case {
  return {
    id,
    what,
    group: 'varve',
    wholeImage: true,
    needs: [built, cached(path)],
    reset: clearEmpty,
    command: () => snapshot(image, empty, env),
    check: expectLayersRead('all'),
  };
}

/** Varve through its built command line, as a user runs it. */
export const varveCases: Case[] = [
  cold('varve/cold-gzip', '`varve snapshot oci:`, gzip layers, empty store', benchImage.gzipV1, v1),
  cold(
    'varve/cold-gzip-public',
    '`varve snapshot oci:`, gzip layers, empty store, public `node:zlib`',
    benchImage.gzipV1,
    v1,
    { VARVE_INFLATE: 'public' },
  ),
  cold(
    'varve/cold-zstd',
    '`varve snapshot oci:`, zstd layers, empty store',
    benchImage.zstdV1,
    `oci:${benchImage.zstdV1}:v1`,
  ),
  cold(
    'varve/cold-docker-archive',
    '`varve snapshot docker-archive:`, empty store',
    benchImage.dockerV1,
    `docker-archive:${benchImage.dockerV1}`,
  ),
  cold(
    'varve/cold-oci-archive',
    '`varve snapshot oci-archive:`, gzip layers, empty store',
    benchImage.ociArchiveV1,
    `oci-archive:${benchImage.ociArchiveV1}`,
  ),
  {
    id: 'varve/unchanged',
    what: '`varve snapshot` of v1 again, store after v1',
    group: 'varve',
    needs: [built, cached(benchImage.gzipV1)],
    prepare: () => fillStore(afterV1, [v1]),
    reset: () => copyStore(afterV1),
    command: () => snapshot(v1, changing),
    check: expectLayersRead(0),
  },
  {
    id: 'varve/one-layer-changed',
    what: '`varve snapshot` of v2, store after v1',
    group: 'varve',
    needs: [built, cached(benchImage.gzipV1), cached(benchImage.gzipV2)],
    prepare: () => fillStore(afterV1, [v1]),
    reset: () => copyStore(afterV1),
    command: () => snapshot(v2, changing),
    check: expectLayersRead(1),
  },
  {
    id: 'varve/compare-images',
    what: '`varve compare` of v1 and v2, nothing stored',
    group: 'varve',
    needs: [built, cached(benchImage.gzipV1), cached(benchImage.gzipV2)],
    command: () => varve(['compare', v1, v2, '--format', 'json']),
    check: expectAppEdits,
  },
  {
    id: 'varve/compare-stored',
    what: '`varve compare history:bench~1 history:bench`, stored snapshots',
    group: 'varve',
    needs: [built, cached(benchImage.gzipV1), cached(benchImage.gzipV2)],
    prepare: () => fillStore(afterV2, [v1, v2]),
    command: () =>
      varve(['compare', 'history:bench~1', 'history:bench', '--cas-root', afterV2, '--format', 'json']),
    check: expectAppEdits,
  },
  {
    id: 'varve/version',
    what: '`varve --version`',
    group: 'varve',
    needs: [built],
    command: () => varve(['--version']),
    check: expectText(/\d+\.\d+\.\d+/),
  },
  {
    id: 'varve/help',
    what: '`varve --help`',
    group: 'varve',
    needs: [built],
    command: () => varve(['--help']),
  },
];

function limit(image: SyntheticImage, repetitions: number): Case {
  const path = syntheticLayout(image);
  return {
    id: `limit/${image.id}`,
    what: `\`varve snapshot\` of ${image.what}, empty store`,
    group: 'limit',
    repetitions,
    needs: [built, cached(path)],
    reset: clearEmpty,
    command: () => snapshot(`oci:${path}:bench`, empty),
    check: expectLayersRead('all'),
  };
}

/** Layers at the edge of what is reasonable. */
export const limitCases: Case[] = [
  limit(syntheticImages.millionFiles, 3),
  limit(syntheticImages.emptyFiles, 3),
];
export const hugeCase: Case = limit(syntheticImages.huge, 1);
