import { fromText } from '../../base/byte-text.ts';
import {
  type CodeFacts,
  headerTime,
  type RetimedCode,
  type WantedCode,
} from '../analysis/compiled/compiled-analyzer.ts';
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
 * Finds out which compiled Python files hold the same code on both sides, so that only the time of the source in the
 * header differs. Where both contents are available, all else is the same; where one is, it gives the hash of the other
 * once its header has the time of the other's source. Python must load the code on both sides or on neither: it skips a
 * file whose header has another time than the source.
 */
export async function proveSameCode(
  candidates: readonly FileDifference[],
  base: CodeSide,
  target: CodeSide,
): Promise<ReadonlySet<FileDifference>> {
  const proven = new Set<FileDifference>();
  if (base.readCode === undefined && target.readCode === undefined) return proven;
  const differences = candidates.slice(0, MOST_FILES);
  const [timeBefore, timeAfter] = [sourceTimes(base.layers), sourceTimes(target.layers)];
  const prove = (each: FileDifference, stated: StatedTimes | null) => {
    const [before, after] = [timeBefore(each.path), timeAfter(each.path)];
    if (stated === null || before === undefined || after === undefined) return;
    if (isTaken(stated.base, before) === isTaken(stated.target, after)) proven.add(each);
  };
  const ofTarget = await lookInto(
    target,
    differences.map(({ path, target: state }) => ({ path, state, mtime: timeBefore(path) ?? null })),
  );
  for (const each of differences) {
    const facts = factsOf(ofTarget, each.target);
    const other = findRetimed(facts, each.base);
    prove(each, facts && other && { base: other.time, target: facts.time });
  }
  const left = differences.filter((each) => !proven.has(each));
  const ofBase = await lookInto(
    base,
    left.map(({ path, base: state }) => ({ path, state, mtime: timeAfter(path) ?? null })),
  );
  for (const each of left) {
    const [facts, others] = [factsOf(ofBase, each.base), factsOf(ofTarget, each.target)];
    const other = facts?.code === others?.code ? others : findRetimed(facts, each.target);
    prove(each, facts && other && { base: facts.time, target: other.time });
  }
  return proven;
}

/** Times of sources as the headers of a compiled file state them. */
interface StatedTimes {
  readonly base: number;
  readonly target: number;
}

const isTaken = (stated: number, source: number | null): boolean =>
  source !== null && headerTime(source) === stated;

type Facts = ReadonlyMap<string, CodeFacts>;
type State = FileDifference['base'];

const factsOf = (facts: Facts, state: State): CodeFacts | null => facts.get(state?.sha256 ?? '') ?? null;

/** What of a file with other times is the other one. */
const findRetimed = (facts: CodeFacts | null, other: State): RetimedCode | null =>
  facts?.retimed.find(({ sha256 }) => sha256 === other?.sha256) ?? null;

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

/** Tells when the source of a compiled file was changed last; null where it is not there, undefined where it is not a file. */
function sourceTimes(layers: readonly LayerView[]): (path: string) => number | null | undefined {
  const rootfs = new RootfsLookup(layers);
  return (path) => {
    const [, folder, module] = COMPILED.exec(path) ?? [];
    const source = module === undefined ? null : rootfs.find(fromText(`${folder}${module}.py`));
    return source && (source.type === 'file' ? source.mtime : undefined);
  };
}
