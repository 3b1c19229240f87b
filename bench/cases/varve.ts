import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { benchImage } from '../image/bench-image.ts';
import { type SyntheticImage, syntheticImages, syntheticLayout } from '../image/synthetic.ts';
import { workFolder } from '../measure.ts';
import { run } from '../shell.ts';
import { type Case, type Command, cached, type Need } from './case.ts';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const built: Need = { ...cached(cli), missing: 'dist/cli.js is missing (npm run build)' };

const v1 = `oci:${benchImage.gzipV1}:v1`;
const v2 = `oci:${benchImage.gzipV2}:v2`;
const empty = join(workFolder, 'empty-store');
const afterV1 = join(workFolder, 'store-after-v1');
const afterV2 = join(workFolder, 'store-after-v2');
const changing = join(workFolder, 'changing-store');

function varve(args: readonly string[], env: Record<string, string> = {}): Command {
  return { program: process.execPath, args: [cli, ...args], env };
}

/** The step after a build: snapshot, compare with the last one in the store, keep this one there. */
function snapshot(image: string, store: string, env?: Record<string, string>): Command {
  return varve(['snapshot', image, '--name', 'bench', '--baseline', `dir:${store}`, '--format', 'json'], env);
}

/** What `snapshot --format json` prints, as far as the bench looks at it. */
interface Pointer {
  readonly layers: { readonly total: number; readonly read: number };
}

interface Comparison {
  readonly changed: boolean;
  readonly files: { readonly added: number; readonly modified: number; readonly removed: number };
}

/** A fast run that skipped its work would win every race. */
function expectLayersRead(expected: number | 'all'): (stdout: string) => void {
  return (stdout) => {
    const { layers } = JSON.parse(stdout) as Pointer;
    const wanted = expected === 'all' ? layers.total : expected;
    if (layers.read !== wanted) throw new Error(`it read ${layers.read} layers, not ${wanted}`);
  };
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

function fillStore(store: string, images: readonly string[]): void {
  rmSync(store, { recursive: true, force: true });
  for (const image of images) {
    const { program, args } = snapshot(image, store);
    run(program, args, { cwd: workFolder });
  }
}

function copyStore(from: string): void {
  rmSync(changing, { recursive: true, force: true });
  cpSync(from, changing, { recursive: true, preserveTimestamps: true });
}

function cold(id: string, what: string, path: string, image: string, env?: Record<string, string>): Case {
  return {
    id,
    what,
    group: 'varve',
    wholeImage: true,
    needs: [built, cached(path)],
    reset: () => rmSync(empty, { recursive: true, force: true }),
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
    reset: () => rmSync(empty, { recursive: true, force: true }),
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
