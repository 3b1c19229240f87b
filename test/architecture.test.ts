import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** What each floor of the house may import; a floor may always import itself. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  core: ['base'],
  flows: ['core', 'base'],
  adapters: ['core', 'base'],
  entry: ['flows', 'core', 'base'],
};

/** The only entries that may import adapters: they put the parts together. */
const isComposer = (file: string): boolean =>
  file.startsWith('entry/compose/') ||
  file.startsWith('entry/stores/') ||
  ['entry/cache-process.ts', 'entry/layer-worker.ts'].includes(file);

/** Rooms of adapters that others talk through. */
const SHARED_ROOMS = new Set(
  ['engine', 'engine-storage', 'filesystem', 'http', 'registry'].map((room) => `adapters/${room}`),
);

/** What core and flows must not reach for: they are given what they need. */
const OUTSIDE = /^node:(fs|net|http|https|tls|child_process|worker_threads|os|process)(\/|$)/;

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const graph = new Map(files.map((file) => [file, readImports(file)]));

function readImports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? relative(src, resolve(src, dirname(file), specifier)) : specifier,
  );
}

/** Whether a file is a command: what several of them need stands next to them. */
const isCommand = (file: string): boolean =>
  file.startsWith('entry/cli/commands/') &&
  /^export const run\b/m.test(readFileSync(join(src, file), 'utf8'));

/** For each folder: which of the folders in it import which. */
function siblingImports(): Map<string, Map<string, Set<string>>> {
  const siblings = new Map<string, Map<string, Set<string>>>();
  for (const [file, imports] of graph) {
    for (const to of imports.filter((each) => graph.has(each))) {
      const [from, target] = [dirname(file).split('/'), dirname(to).split('/')];
      const apart = from.findIndex((part, depth) => part !== target[depth]);
      if (apart < 0 || target[apart] === undefined) continue;
      const within = siblings.get(from.slice(0, apart).join('/')) ?? new Map<string, Set<string>>();
      const name = String(from[apart]);
      within.set(name, (within.get(name) ?? new Set()).add(target[apart]));
      siblings.set(from.slice(0, apart).join('/'), within);
    }
  }
  return siblings;
}

/** Circles in a graph of names, each as `a → b → a`. */
function findCircles(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) circles.push([...path.slice(start), name].join(' → '));
    if (start >= 0 || done.has(name)) return;
    for (const next of imports.get(name) ?? []) walk(next, [...path, name]);
    done.add(name);
  };
  for (const name of imports.keys()) walk(name, []);
  return circles;
}

const floorOf = (file: string): string => file.split('/')[0] ?? '';

describe('the house', () => {
  it('has files on every floor', () => {
    expect(new Set(files.map(floorOf))).toEqual(new Set(Object.keys(ALLOWED)));
  });

  it.each([...graph])('%s imports only what its floor may', (file, imports) => {
    const floor = floorOf(file);
    const allowed = [floor, ...(ALLOWED[floor] ?? []), ...(isComposer(file) ? ['adapters'] : [])];
    const local = imports.filter((specifier) => specifier.endsWith('.ts'));
    expect(local.filter((specifier) => !allowed.includes(floorOf(specifier)))).toEqual([]);
  });

  it('keeps adapters apart from each other, what several of them talk through excepted', () => {
    const room = (file: string): string => file.split('/').slice(0, 2).join('/');
    const crossing = [...graph].flatMap(([file, imports]) =>
      imports
        .filter((to) => file.startsWith('adapters/') && to.startsWith('adapters/') && room(to) !== room(file))
        .filter((to) => !SHARED_ROOMS.has(room(to)))
        .map((to) => `${file} → ${to}`),
    );
    expect(crossing).toEqual([]);
  });

  it('keeps the rooms of core in the order that the documentation gives them', () => {
    const text = readFileSync(join(root, 'docs/design/architecture.md'), 'utf8');
    const [, sentence = ''] = /^The rooms of core stand in one order.*?: (.*?)\. /m.exec(text) ?? [];
    const order = [...sentence.matchAll(/`(\w+)`/g)].map(([, room]) => room);
    const imports = siblingImports().get('core') ?? new Map<string, Set<string>>();
    expect(new Set(order)).toEqual(
      new Set([...imports.keys(), ...[...imports.values()].flatMap((to) => [...to])]),
    );
    const backwards = [...imports].flatMap(([from, to]) =>
      [...to].filter((each) => order.indexOf(each) < order.indexOf(from)).map((each) => `${from} → ${each}`),
    );
    expect(backwards).toEqual([]);
  });

  it('keeps faces apart from each other, and lets nothing but their own entries import them', () => {
    const text = readFileSync(join(root, 'docs/design/architecture.md'), 'utf8');
    const [, named = ''] = /faces\["(.*?)"\]/.exec(text) ?? [];
    const folders = named.split(' · ').map((face) => `entry/${face}/`);
    const faceOf = (file: string): string | undefined => folders.find((folder) => file.startsWith(folder));
    expect(new Set(files.map(faceOf).filter((face) => face !== undefined))).toEqual(new Set(folders));
    const isCrossing = (file: string, to: string): boolean =>
      (faceOf(to) !== undefined && faceOf(to) !== faceOf(file) && dirname(file) !== 'entry') ||
      (isCommand(file) && isCommand(to));
    const crossing = [...graph].flatMap(([file, imports]) =>
      imports.filter((to) => isCrossing(file, to)).map((to) => `${file} → ${to}`),
    );
    expect(crossing).toEqual([]);
  });

  it('has no circle among the folders that stand side by side', () => {
    const circles = [...siblingImports()].flatMap(([folder, imports]) =>
      findCircles(imports).map((circle) => `${folder}: ${circle}`),
    );
    expect(circles).toEqual([]);
  });

  it('has no cycle of imports', () => {
    const files = new Map(
      [...graph].map(([file, imports]) => [file, new Set(imports.filter((to) => graph.has(to)))]),
    );
    expect(findCircles(files)).toEqual([]);
  });

  it('gives core and flows no way to the outside', () => {
    const reaching = [...graph]
      .filter(([file]) => ['core', 'flows'].includes(floorOf(file)))
      .flatMap(([file, imports]) => imports.filter((to) => OUTSIDE.test(to)).map((to) => `${file} → ${to}`));
    expect(reaching).toEqual([]);
  });

  it('lets core and flows read neither clock nor environment', () => {
    const reading = files
      .filter((file) => ['core', 'flows', 'base'].includes(floorOf(file)))
      .filter((file) =>
        /\bprocess\.env\b|\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(join(src, file), 'utf8')),
      );
    expect(reading).toEqual([]);
  });
});
