import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import type { TreeEntry } from '../../src/core/rootfs/tree.ts';
import type { Finding } from '../../src/core/words/finding.ts';
import { callVarve } from '../support/call-varve.ts';
import { dir, file, hardlink, symlink, writeImage } from '../support/hostile-images.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, type MadeLayer, makeImage } from '../support/image-maker.ts';
import { paxHeader, tarEntry, tarHeader, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const store = folder('store');
const imageOf = (...layers: readonly (readonly Buffer[])[]) => writeImage(folder('image'), layers);
const imageOfLayers = (...layers: readonly MadeLayer[]) => {
  const image = makeImage(layers);
  return `oci:${writeFolder(folder('image'), layoutFiles([image.descriptor], image.blobs))}`;
};

async function varve(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await callVarve(...args, '--cas-root', store);
  expect(status).toBe(0);
  // What merging finds odd, and nothing else.
  expect(stderr).toMatch(args[0] === 'tree' ? /^(?:varve: layer \d+: [a-z-]+ {2}.*\n)*$/ : /^$/);
  return stdout;
}

async function lines<Line>(...args: readonly string[]): Promise<Line[]> {
  const output = await varve(...args, '--format', 'ndjson');
  return output === ''
    ? []
    : output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
}

/** The merged paths, each with what tells entries apart: the layer of the content, or where a link leads. */
async function treeOf(image: string): Promise<Record<string, string>> {
  const entries = await lines<TreeEntry>('tree', image);
  return Object.fromEntries(
    entries.map(({ path, type, linkTarget, layer }) => [path, linkTarget ?? `${type} ${layer}`]),
  );
}

const inventoryOf = (image: string, layer = 0) => lines<InventoryEntry>('layer', 'ls', image, String(layer));

/** What was odd in the layers of an image, as the fragments keep it. */
async function findingsOf(image: string): Promise<string[]> {
  const options = ['--name', 'x', '--baseline', 'none', '--format', 'json'];
  const { snapshotDigest } = JSON.parse(await varve('snapshot', image, ...options));
  const { layers } = JSON.parse(await varve('surface', 'get', `image.snapshot@${snapshotDigest}`));
  const found: string[] = [];
  for (const { fragments } of layers) {
    const payload = await varve('surface', 'get', `layer.files@${fragments[0].digest}`);
    const { findings }: { findings: Finding[] } = JSON.parse(payload.slice(0, payload.indexOf('\n')));
    found.push(...findings.map(({ code, path }) => `${code} ${path}`));
  }
  return found;
}

async function refusal(image: string, ...options: readonly string[]): Promise<string> {
  const fresh = folder('store');
  const args = ['snapshot', image, '--name', 'x', '--cas-root', fresh, ...options];
  const { status, stderr, stdout } = await callVarve(...args);
  expect([status, stdout, existsSync(fresh)]).toEqual([3, '', false]);
  return stderr;
}

describe('names and links that lead out', () => {
  it('1: names that climb out or are absolute are clamped once, the same for inventory and comparison', async () => {
    const image = imageOf([file('../../climbing'), file('/etc/absolute'), file('a/../../../b/climbing')]);
    expect((await inventoryOf(image)).map(({ path }) => path)).toEqual([
      'b/climbing',
      'climbing',
      'etc/absolute',
    ]);
    expect(await findingsOf(image)).toEqual(['escaping-path b/climbing', 'escaping-path climbing']);
    expect(await treeOf(image)).toEqual({ '.': 'dir 0', etc: 'dir 0', 'etc/absolute': 'file 0' });
    const plain = imageOf([file('etc/absolute', '/etc/absolute')]);
    const { stdout } = await callVarve('compare', plain, image, '--format', 'json', '--cas-root', store);
    expect(JSON.parse(stdout)).toMatchObject({
      changed: true,
      files: { entries: [] },
      sections: {
        uncompared: { items: [{ what: 'files', why: 'passed-over', findings: ['escaping-path'] }] },
      },
    });
  });

  it('2: a root that is replaced by a symlink stays a directory', async () => {
    const image = imageOf([symlink('/.', '/etc'), file('kept')], [file('written')]);
    expect(await treeOf(image)).toEqual({ '.': 'dir 0', kept: 'file 0', written: 'file 1' });
    expect(await findingsOf(image)).toEqual(['root-replaced .']);
  });

  it('3: what merging finds odd is said next to the tree, and escaped', async () => {
    const image = imageOf([file('f\x1b[2J'), file('f\x1b[2J/below'), hardlink('link', 'nothing')]);
    const { stdout, stderr } = await callVarve('tree', image, '--cas-root', store);
    expect(stdout).not.toContain('below');
    expect(stderr).toBe(
      'varve: layer 0: hard-link-unstated  link  to nothing\n' +
        'varve: layer 0: parent-not-directory  f\\x1b[2J/below\n' +
        'varve: layer 0: broken-hard-link  link  to nothing\n',
    );
  });

  it('3: writing through a symlink that leads out ends at the root, in memory', async () => {
    const image = imageOf(
      [dir('a'), symlink('a/evil', '../../..'), file('a/evil/one')],
      [symlink('up', '..'), file('up/two'), file('up/etc/three'), file('a/evil/four')],
    );
    expect(await treeOf(image)).toMatchObject({
      one: 'file 0',
      two: 'file 1',
      'etc/three': 'file 1',
      'a/evil/four': 'file 1',
    });
    const outside = dirname(image.slice('oci:'.length));
    for (const name of ['one', 'two', 'three', 'etc']) {
      expect([existsSync(join(outside, name)), existsSync(name)]).toEqual([false, false]);
    }
  });

  it('4: absolute targets of symlinks are data', async () => {
    const image = imageOf([
      symlink('passwd', '/etc/passwd'),
      symlink('root', '/'),
      symlink('nothing', '/nothing/at/all'),
    ]);
    const targets = { nothing: '/nothing/at/all', passwd: '/etc/passwd', root: '/' };
    expect(await treeOf(image)).toEqual({ '.': 'dir 0', ...targets });
  });

  it('5: a hard link through a chain of symlinks that climbs out finds nothing outside', async () => {
    const image = imageOf([
      ...['a', 'a/b', 'a/b/c'].map(dir),
      symlink('a/b/c/up', '../..'),
      symlink('a/b/escape', 'c/up/../..'),
      hardlink('exfil', 'a/b/escape/../secret'),
      hardlink('host', '../../../../../../etc/passwd'),
      hardlink('absolute', '/etc/passwd'),
    ]);
    const tree = await treeOf(image);
    expect(Object.keys(tree)).toEqual(['.', 'a', 'a/b', 'a/b/c', 'a/b/c/up', 'a/b/escape']);
    expect(await findingsOf(image)).toContain('escaping-link host');
  });

  it('6: what is said of a link changes nothing of what it leads to', async () => {
    const image = imageOf([file('secret'), symlink('link', 'secret'), hardlink('hard', 'link', 0o4777)]);
    const entries = await lines<TreeEntry>('tree', image);
    const modes = Object.fromEntries(entries.map(({ path, mode }) => [path, mode]));
    expect(modes).toMatchObject({ secret: '0644', link: '0777', hard: '0777' });
    expect(entries.find(({ path }) => path === 'hard')).toMatchObject({ type: 'symlink', links: 2 });
  });

  it('14: links in circles end', async () => {
    const image = imageOf(
      [symlink('a', 'b'), symlink('b', 'a'), symlink('self', 'self'), hardlink('c', 'd'), hardlink('d', 'c')],
      [symlink('self', 'self'), file('self/below'), hardlink('e', 'a/below'), file('honest')],
    );
    expect(await treeOf(image)).toEqual({ '.': 'dir 0', a: 'b', b: 'a', honest: 'file 1', self: 'self' });
  });
});

describe('whiteouts', () => {
  it.each(['.wh.', '.wh..', '.wh...', 'etc/.wh..', 'etc/.wh...'])(
    '8: %s hides nothing and is reported',
    async (name) => {
      const image = imageOf([dir('etc'), file('etc/passwd')], [file(name, '')]);
      expect(await treeOf(image)).toEqual({ '.': 'dir 0', etc: 'dir 0', 'etc/passwd': 'file 0' });
      expect(await findingsOf(image)).toEqual([`bad-whiteout ${name}`]);
    },
  );

  it('9: they hide lower layers only, wherever they stand', async () => {
    const image = imageOf(
      [dir('d'), file('d/old'), file('f')],
      [dir('d'), file('d/new'), file('d/.wh..wh..opq', ''), file('f', 'anew'), file('.wh.f', '')],
    );
    expect(await treeOf(image)).toEqual({ '.': 'dir 0', d: 'dir 1', 'd/new': 'file 1', f: 'file 1' });
  });

  it('10: a directory over a symlink to one is opaque for itself alone', async () => {
    const image = imageOf(
      [dir('target'), file('target/keep'), symlink('link', '/target')],
      [dir('link'), file('link/.wh..wh..opq', ''), file('link/new')],
    );
    expect(await treeOf(image)).toEqual({
      '.': 'dir 0',
      link: 'dir 1',
      'link/new': 'file 1',
      target: 'dir 0',
      'target/keep': 'file 0',
    });
  });

  it('11: one below another is no error, in either order', async () => {
    const below = [dir('d'), file('d/f')];
    for (const whiteouts of [
      ['.wh.d', 'd/.wh.f'],
      ['d/.wh.f', '.wh.d'],
    ]) {
      const image = imageOf(
        below,
        whiteouts.map((name) => file(name, '')),
      );
      expect(await treeOf(image)).toEqual({ '.': 'dir 0' });
    }
  });
});

describe('what a tar says twice, or in two ways', () => {
  it('12: of a path stated several times the last counts, and it is reported', async () => {
    const image = imageOf([file('etc/passwd', 'a'), file('./etc/passwd', 'bb'), file('etc//passwd', 'ccc')]);
    expect((await inventoryOf(image)).map(({ size }) => size)).toEqual([1, 2, 3]);
    expect(await lines('tree', image, 'etc/passwd')).toMatchObject([{ size: 3 }]);
    expect(await findingsOf(image)).toEqual(['duplicate-entry etc/passwd']);
  });

  it('13: a name in an extended header of 2 MiB is the name', async () => {
    const header = paxHeader([
      ['comment', 'x'.repeat(2 * 1024 * 1024)],
      ['path', 'evil/hidden'],
    ]);
    const image = imageOf([header, file('benign.txt')]);
    expect((await inventoryOf(image)).map(({ path }) => path)).toEqual(['evil/hidden']);
    expect(await refusal(image, '--max-header-bytes', '1MiB')).toMatch(
      /limit-exceeded: .*\n.*--max-header-bytes/,
    );
  });
});

describe('sizes', () => {
  const MiB = 1024 * 1024;
  const zeros = tarOf(tarEntry({ name: 'zeros' }, Buffer.alloc(96 * MiB)));

  it.each(['gzip', 'zstd'] as const)(
    '15: a bomb of %s ends at the limit of output, not of its ratio',
    async (compression) => {
      const bomb = imageOfLayers(layerOf(zeros, compression));
      expect(await refusal(bomb, '--max-layer-bytes', '64MiB')).toMatch(
        /limit-exceeded: .*\n.*--max-layer-bytes/,
      );
      expect(await inventoryOf(bomb)).toMatchObject([{ path: 'zeros', size: 96 * MiB }]);
    },
  );

  it('15: many entries, and sparse files of nothing, end at their limits', async () => {
    const many = imageOf(Array.from({ length: 1001 }, (_, i) => file(`f${i}`, '')));
    expect(await refusal(many, '--max-layer-entries', '1000')).toMatch(
      /limit-exceeded: .*\n.*--max-layer-entries/,
    );
    const hole = imageOf([
      paxHeader([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.name', 'hole'],
        ['GNU.sparse.realsize', String(2 ** 40)],
      ]),
      tarEntry({ name: 'x' }, Buffer.from(`1\n${2 ** 40}\n0\n`.padEnd(512, '\0'))),
    ]);
    expect(await refusal(hole)).toMatch(/limit-exceeded: .*\n.*--max-sparse-bytes/);
  });

  it.each([2 ** 62, -1, 2 ** 33])('16: a size of %d in a tar is not believed', async (size) => {
    const image = imageOf([tarHeader({ name: 'f', size }), Buffer.alloc(512, 'x'), dir('d')]);
    expect(await refusal(image)).toMatch(/^varve: (malformed|truncated|limit-exceeded): layer 0/);
  });

  it('the store is where everything went, and nothing else', () => {
    expect(readdirSync(store).sort()).toEqual(['scanner']);
  });
});
