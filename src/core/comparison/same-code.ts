import { fromText } from '../../base/byte-text.ts';
import type { CodeFacts, WantedCode } from '../analysis/compiled/compiled-analyzer.ts';
import { RootfsLookup } from '../rootfs/rootfs-lookup.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import type { FileDifference } from './comparison.ts';
import type { SnapshotView } from './snapshot-view.ts';

/** A side of a comparison whose compiled files may be looked into. */
export interface CodeSide extends Pick<SnapshotView, 'readCode'> {
  readonly layers: readonly LayerView[];
}

/** More compiled files than this are not looked into, and count. */
const MOST_FILES = 20_000;

/** A compiled file on one side, and when the source of the other side's was changed last. */
interface CompiledFile {
  readonly path: string;
  readonly state: FileDifference['base'];
  readonly mtime: number | null;
}

/**
 * Finds out which compiled Python files hold the same code on both sides, so that only what the header says of the
 * source differs. Where both contents are available, what follows the headers is the same; where one is, it gives the hash
 * of the other once its header has the time of the other's source.
 */
export async function proveSameCode(
  candidates: readonly FileDifference[],
  base: CodeSide,
  target: CodeSide,
): Promise<ReadonlySet<FileDifference>> {
  const proven = new Set<FileDifference>();
  if (base.readCode === undefined && target.readCode === undefined) return proven;
  const differences = candidates.slice(0, MOST_FILES);
  const timeBefore = sourceTimes(base.layers);
  const ofTarget = await lookInto(
    target,
    differences.map(({ path, target: state }) => ({ path, state, mtime: timeBefore(path) })),
  );
  for (const each of differences) if (isRetimed(ofTarget, each.target, each.base)) proven.add(each);
  const left = differences.filter((each) => !proven.has(each));
  const timeAfter = sourceTimes(target.layers);
  const ofBase = await lookInto(
    base,
    left.map(({ path, base: state }) => ({ path, state, mtime: timeAfter(path) })),
  );
  for (const each of left) {
    const code = factsOf(ofBase, each.base)?.code;
    const isSame = code !== undefined && code === factsOf(ofTarget, each.target)?.code;
    if (isSame || isRetimed(ofBase, each.base, each.target)) proven.add(each);
  }
  return proven;
}

type Facts = ReadonlyMap<string, CodeFacts>;
type State = FileDifference['base'];

const factsOf = (facts: Facts, state: State): CodeFacts | undefined => facts.get(state?.sha256 ?? '');

/** Whether a file, given the time of the other's source, is the other. */
function isRetimed(facts: Facts, one: State, other: State): boolean {
  return other?.sha256 !== undefined && factsOf(facts, one)?.retimed.includes(other.sha256) === true;
}

async function lookInto({ readCode, layers }: CodeSide, files: readonly CompiledFile[]): Promise<Facts> {
  if (readCode === undefined || files.length === 0) return new Map();
  const byLayer = new Map<number, WantedCode[]>();
  for (const { path, state, mtime } of files) {
    const { sha256, size } = state ?? {};
    const layer = layers.findLastIndex((each) => each.find(fromText(path))?.sha256 === sha256);
    if (sha256 === undefined || size === undefined || layer === -1) continue;
    const wanted = { sha256, size, mtimes: mtime === null ? [] : [mtime] };
    const together = byLayer.get(layer);
    if (together === undefined) byLayer.set(layer, [wanted]);
    else together.push(wanted);
  }
  return readCode(byLayer);
}

/** `a/__pycache__/b.cpython-313.pyc`, or `….opt-1.pyc`, is compiled from `a/b.py`. */
const COMPILED = /^(.*?)__pycache__\/([^/.]+)\.[^/]*$/s;

/** Tells when the source of a compiled file was changed last; null where it is not there. */
function sourceTimes(layers: readonly LayerView[]): (path: string) => number | null {
  const rootfs = new RootfsLookup(layers);
  return (path) => {
    const [, folder, module] = COMPILED.exec(path) ?? [];
    const source = module === undefined ? null : rootfs.find(fromText(`${folder}${module}.py`));
    return source?.type === 'file' ? source.mtime : null;
  };
}
