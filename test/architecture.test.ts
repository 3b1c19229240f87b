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
const COMPOSERS = new Set([
  'entry/compose.ts',
  'entry/compose-artifacts.ts',
  'entry/compose-oci.ts',
  'entry/compose-postgres.ts',
  'entry/cache-worker.ts',
  'entry/layer-worker.ts',
]);

/** Rooms of adapters that others talk through. */
const SHARED_ROOMS = new Set(
  ['artifacts', 'engine', 'engine-storage', 'filesystem', 'postgres', 'registry'].map(
    (room) => `adapters/${room}`,
  ),
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

const floorOf = (file: string): string => file.split('/')[0] ?? '';

describe('the house', () => {
  it('has files on every floor', () => {
    expect(new Set(files.map(floorOf))).toEqual(new Set(Object.keys(ALLOWED)));
  });

  it.each([...graph])('%s imports only what its floor may', (file, imports) => {
    const floor = floorOf(file);
    const allowed = [floor, ...(ALLOWED[floor] ?? []), ...(COMPOSERS.has(file) ? ['adapters'] : [])];
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

  it('has no cycle of imports', () => {
    const done = new Set<string>();
    const path: string[] = [];
    const walk = (file: string): void => {
      const start = path.indexOf(file);
      if (start >= 0) throw new Error(`cycle: ${[...path.slice(start), file].join(' → ')}`);
      if (done.has(file)) return;
      path.push(file);
      for (const next of graph.get(file) ?? []) if (graph.has(next)) walk(next);
      path.pop();
      done.add(file);
    };
    for (const file of files) walk(file);
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
