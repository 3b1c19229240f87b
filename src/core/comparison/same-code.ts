import { type ByteText, fromText } from '../../base/byte-text.ts';
import type { CodeFacts, RetimedCode, WantedCode } from '../analysis/compiled/compiled-analyzer.ts';
import { pathBytes } from '../layer/entry-path.ts';
import type { FileState } from '../rootfs/file-state.ts';
import { targetOf } from '../rootfs/path-resolver.ts';
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

/** A compiled file on one side, and the time that the source on the other side would give its header. */
interface CompiledFile {
  readonly path: string;
  readonly state: FileDifference['base'];
  readonly time: number | null;
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
    if ((stated.base === before) === (stated.target === after)) proven.add(each);
  };
  const ofTarget = await lookInto(
    target,
    differences.map(({ path, target: state }) => ({ path, state, time: timeBefore(path) ?? null })),
  );
  for (const each of differences) {
    const facts = factsOf(ofTarget, each.target);
    const other = findRetimed(facts, each.base);
    prove(each, facts && other && { base: other.time, target: facts.time });
  }
  const left = differences.filter((each) => !proven.has(each));
  const ofBase = await lookInto(
    base,
    left.map(({ path, base: state }) => ({ path, state, time: timeAfter(path) ?? null })),
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

type Facts = ReadonlyMap<string, CodeFacts>;
type State = FileDifference['base'];

const factsOf = (facts: Facts, state: State): CodeFacts | null => facts.get(state?.sha256 ?? '') ?? null;

/** What of a file with other times is the other one. */
const findRetimed = (facts: CodeFacts | null, other: State): RetimedCode | null =>
  facts?.retimed.find(({ sha256 }) => sha256 === other?.sha256) ?? null;

async function lookInto({ readCode, layers }: CodeSide, files: readonly CompiledFile[]): Promise<Facts> {
  if (readCode === undefined || files.length === 0) return new Map();
  const byLayer = new Map<number, WantedCode[]>();
  for (const { path, state, time } of files) {
    const { sha256, size } = state ?? {};
    const layer = layers.findLastIndex((each) => each.find(fromText(path))?.sha256 === sha256);
    if (sha256 === undefined || size === undefined || layer === -1) continue;
    const wanted = { sha256, size, mtimes: time === null ? [] : [time] };
    const together = byLayer.get(layer);
    if (together === undefined) byLayer.set(layer, [wanted]);
    else together.push(wanted);
  }
  return readCode(byLayer);
}

/**
 * `a/__pycache__/b.c.cpython-313.pyc`, or `….opt-1.pyc`, is compiled from `a/b.c.py`.
 * @see https://peps.python.org/pep-0488/
 */
const COMPILED = /^(.*\/)?__pycache__\/([^/]+)\.(?!opt-)[a-z][\w-]*\d\w*(?:\.opt-\w+)?\.pyc$/s;

/**
 * Gives the time that the header of a compiled file must state for Python to load it: null where the source is not
 * there, undefined where it is not certain.
 */
function sourceTimes(layers: readonly LayerView[]): (path: string) => number | null | undefined {
  const names = new LinkNames(layers);
  if (names.leadToCode) return () => undefined;
  const rootfs = new RootfsLookup(layers);
  return (path) => {
    const [, folder = '', module] = COMPILED.exec(path) ?? [];
    if (module === undefined) return undefined;
    const source = rootfs.locate(fromText(`${folder}${module}.py`));
    if (source === null) return null;
    return source.state.type === 'file' && !names.linked.has(nameOf(source.path))
      ? headerTime(source.state)
      : undefined;
  };
}

/** File systems that count seconds in 32 bits set a later time to another one. */
const LATEST = 2 ** 31 - 1;

/** The time of a source as Python writes it: a float, truncated. Engines set one before 1970 to another one. */
function headerTime({ mtime, mtimeNs = 0 }: FileState): number | undefined {
  return mtime < 0 || mtime > LATEST ? undefined : Math.trunc(mtime + mtimeNs * 1e-9);
}

/** The last names of what links of some layers lead from and to. */
class LinkNames {
  /** Those of files that have several names: each name states a time, and engines keep that of the last. */
  readonly linked = new Set<ByteText>();
  /** Whether Python may come to a compiled file from another folder than its own, and look for the source there. */
  readonly leadToCode: boolean = false;

  constructor(layers: readonly LayerView[]) {
    for (const layer of layers) {
      for (const entry of layer.entries()) {
        if (entry.type !== 'symlink' && entry.type !== 'hardlink') continue;
        const name = nameOf(pathBytes(entry));
        const target = nameOf(targetOf(entry));
        if (entry.type === 'hardlink') this.linked.add(name).add(target);
        // A hard link to a symlink is one too.
        const isSymlink = entry.type === 'symlink' || !isCode(target);
        if (isSymlink && isCode(name)) this.leadToCode = true;
      }
    }
  }
}

const isCode = (name: ByteText): boolean => name === '__pycache__' || name.endsWith('.pyc');

const nameOf = (path: ByteText): ByteText => path.slice(path.lastIndexOf('/') + 1);
