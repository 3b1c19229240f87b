import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { isUnstated } from '../../../../src/core/rootfs/differences.ts';
import { mergeLayers, openRootfs } from '../../../../src/core/rootfs/merge-layers.ts';
import { listTree } from '../../../../src/core/rootfs/tree.ts';
import {
  device,
  dir,
  file,
  hardlink,
  inventoryOf,
  opaque,
  rawName,
  symlink,
  whiteout,
} from '../../../support/inventory-maker.ts';

type Layers = readonly (readonly InventoryEntry[])[];

const merge = (layers: Layers) => mergeLayers(layers.map((layer) => inventoryOf(layer)));

/** Every name but the root, as `path type@layer`, links with their target, implicit directories with `?`. */
function names(...layers: Layers): string[] {
  return [...listTree(merge(layers).rootfs)]
    .filter(({ path }) => path !== '.')
    .map(({ path, type, layer, linkTarget, implicit }) => {
      const target = linkTarget === undefined ? '' : `→${linkTarget}`;
      return `${path} ${type}${implicit ? '?' : ''}${target}@${layer}`;
    });
}

const findings = (...layers: Layers) =>
  merge(layers).findings.map(({ code, path, layer }) => `${code} ${path}@${layer}`);

const contentAt = (path: string, ...layers: Layers) => merge(layers).rootfs.lookup(path)?.state.sha256;

const hashOf = (content: string) => file('any', content).sha256;

describe('merging', () => {
  it('has a root, implicit where no layer states it', () => {
    const root = (...layers: Layers) =>
      [...listTree(merge(layers).rootfs)].filter(({ path }) => path === '.');
    const implicit = { type: 'dir', mode: '0755', uid: 0, gid: 0, size: 0, mtime: 0 };
    expect(root()).toEqual([{ path: '.', ...implicit, layer: 0, implicit: true }]);
    expect(root([], [dir('.', { mode: '0700', uid: 5 })])).toEqual([
      { path: '.', type: 'dir', mode: '0700', uid: 5, gid: 0, size: 0, mtime: 1_700_000_000, layer: 1 },
    ]);
  });

  it('says where a directory is stated again without extended attributes that a lower layer gave it', () => {
    const given = [dir('d', { xattrs: { 'user.a': 'MQ==', 'user.b': 'Mg==' } })];
    const dropped = (...layers: Layers) =>
      merge([given, ...layers]).findings.map(({ code, detail, layer }) => [code, detail, layer]);
    expect(dropped([dir('d', { xattrs: { 'user.b': 'Mw==' } })])).toEqual([
      ['attributes-dropped', '{"user.a":"MQ=="}', 1],
    ]);
    expect(dropped([whiteout('d')], [dir('d')])).toEqual([]);
    expect(dropped([], [dir('d')], [dir('d')])).toHaveLength(1);
    expect(dropped([dir('e'), file('d')])).toEqual([]);
  });

  it('says where a layer needs a directory of a lower one and leaves its rights unsaid', () => {
    const own = [dir('s', { mode: '0700' }), dir('s/t', { uid: 5 }), dir('plain'), file('s/t/old')];
    const unstated = (...layers: Layers) => {
      const { rootfs, findings } = merge([own, ...layers]);
      const paths = findings.flatMap(({ code, path }) => (code === 'directory-unstated' ? path : []));
      const views = [own, ...layers].map((layer) => inventoryOf(layer));
      for (const reader of [rootfs, openRootfs(views)])
        expect(['s', 's/t', 'plain'].map((path) => isUnstated(reader.lookup(path)))).toEqual(
          ['s', 's/t', 'plain'].map((path) => paths.includes(path)),
        );
      return paths;
    };
    expect(unstated([file('s/t/x'), file('plain/x')])).toEqual(['s/t', 's']);
    expect(unstated([whiteout('s/t/old')])).toEqual(['s/t', 's']);
    expect(unstated([opaque('s')])).toEqual(['s']);
    expect(unstated([dir('s/t'), file('s/t/x')])).toEqual(['s']);
    expect(unstated([dir('s'), dir('s/t'), file('s/t/x')], [])).toEqual([]);
    expect(unstated([whiteout('s'), file('s/t/x')])).toEqual([]);
    const again = mergeLayers(
      [own, [file('s/t/x')], [dir('s'), dir('s/t')]].map((layer) => inventoryOf(layer)),
    );
    expect(isUnstated(again.rootfs.lookup('s'))).toBe(false);
  });

  it('gives directories that no layer states 0755 0 0, and says so', () => {
    const [, a, b] = listTree(merge([[file('a/b/c')]]).rootfs);
    expect([a, b]).toEqual(
      ['a', 'a/b'].map((path) => ({
        ...{ path, type: 'dir', mode: '0755', uid: 0, gid: 0, size: 0, mtime: 0 },
        ...{ layer: 0, implicit: true },
      })),
    );
    expect(names([file('a/b/c')], [dir('a')])).toEqual(['a dir@1', 'a/b dir?@0', 'a/b/c file@0']);
    expect(names([file('a/b')], [whiteout('a/b')])).toEqual(['a dir?@0']);
  });

  it('lists names in the order of their bytes', () => {
    const paths = ['-', '.', 'a', 'a!', 'a-b', 'a/b', 'a0', 'z', 'é', '\u{ff5e}', '\u{1f600}'];
    const layer = paths.map((path) => (path === 'a' || path === '.' ? dir(path) : file(path)));
    expect([...listTree(merge([layer]).rootfs)].map(({ path }) => path)).toEqual(paths);
  });

  it('says of each name what its entry does, and nothing else', () => {
    const latin1 = { linkTarget: '\\xff', linkTargetBase64: '/w==' };
    const entries = [
      device('a', 1, 3),
      dir('b'),
      { ...file('c', 'text'), mtimeNs: 5, xattrs: { 'user.x': '' } },
      { ...symlink('d', ''), ...latin1 },
      symlink('e', 'f'),
    ];
    const [, ...tree] = listTree(merge([entries]).rootfs);
    expect(tree).toStrictEqual(entries.map((entry) => ({ ...entry, layer: 0 })));
  });

  it('keeps names apart that are not UTF-8 or look as if they were escaped', () => {
    const latin1 = { ...file('x'), ...rawName('caf\xe9/\xff') };
    const lookalike = file('caf\\xe9/\\xff', 'another');
    const tree = [...listTree(merge([[latin1, lookalike]]).rootfs)];
    expect(tree.map(({ path, pathBase64 }) => [path, pathBase64])).toEqual([
      ['.', undefined],
      ['caf\\xe9', undefined],
      ['caf\\xe9/\\xff', undefined],
      ['caf\\xe9', Buffer.from('caf\xe9', 'latin1').toString('base64')],
      ['caf\\xe9/\\xff', Buffer.from('caf\xe9/\xff', 'latin1').toString('base64')],
    ]);
  });

  it('replaces by anything but a directory over a directory', () => {
    const lower = [dir('a', { mode: '0700' }), file('a/b')];
    expect(names(lower, [dir('a', { mode: '0750' })])).toEqual(['a dir@1', 'a/b file@0']);
    expect(names(lower, [file('a')])).toEqual(['a file@1']);
    expect(names(lower, [symlink('a', 'elsewhere')])).toEqual(['a symlink→elsewhere@1']);
    expect(names(lower, [device('a', 1, 3)])).toEqual(['a char@1']);
    expect(names([file('a')], [dir('a'), file('a/b')])).toEqual(['a dir@1', 'a/b file@1']);
    expect(names(lower, [file('a')], [dir('a')])).toEqual(['a dir@2']);
    expect(merge([lower, [dir('a', { mode: '0750' })]]).rootfs.lookup('a')?.state.mode).toBe('0750');
  });

  it('replaces a directory by a symlink within one layer that goes on below the target', () => {
    const lower = [dir('lib'), file('lib/libc.so'), dir('usr'), dir('usr/lib')];
    const upper = [symlink('lib', 'usr/lib'), file('usr/lib/libc.so', 'new')];
    expect(names(lower, upper)).toEqual([
      'lib symlink→usr/lib@1',
      'usr dir@0',
      'usr/lib dir@0',
      'usr/lib/libc.so file@1',
    ]);
  });

  it('puts what a layer states below its own symlink where that leads, and says so', () => {
    const layer = [dir('a'), symlink('b', 'a'), symlink('b-c', 'a'), file('b/x'), file('bx')];
    expect(names(layer)).toEqual(['a dir@0', 'a/x file@0', 'b symlink→a@0', 'b-c symlink→a@0', 'bx file@0']);
    expect(findings(layer)).toEqual(['below-own-symlink b/x@0']);
    expect(findings([dir('a'), symlink('b', 'a')], [file('b/x')])).toEqual(['parent-replaced b/x@1']);
  });

  it('takes the last statement of a path that a layer states twice', () => {
    expect(contentAt('etc/passwd', [file('etc/passwd', 'first'), file('etc/passwd', 'last')])).toBe(
      hashOf('last'),
    );
    expect(names([dir('a'), file('a/b'), file('a')])).toEqual(['a file@0']);
    expect(names([symlink('a', 't'), dir('a'), file('a/b')])).toEqual(['a dir@0', 'a/b file@0']);
  });
});

describe('whiteouts', () => {
  const lower = [dir('d'), file('d/f'), file('d/g'), dir('d/e'), file('d/e/h')];

  it('hide what lower layers have, wherever they stand in the tar', () => {
    expect(names(lower, [whiteout('d/e')])).toEqual(['d dir@0', 'd/f file@0', 'd/g file@0']);
    expect(names(lower, [file('d/f', 'new'), whiteout('d/f')])).toContain('d/f file@1');
    expect(names(lower, [file('d/f', 'new'), whiteout('d')])).toEqual(['d dir?@1', 'd/f file@1']);
    expect(names(lower, [dir('d'), file('d/new'), opaque('d')])).toEqual(['d dir@1', 'd/new file@1']);
    expect(
      names([file('-x'), dir('-d'), file('-d/f')], [file('-d/g'), whiteout('-d'), whiteout('-x')]),
    ).toEqual(['-d dir?@1', '-d/g file@1']);
  });

  it('do nothing where nothing is', () => {
    expect(names(lower, [whiteout('x'), whiteout('x/y/z'), opaque('q')])).toEqual(names(lower));
    expect(names([opaque('d'), dir('d'), file('d/f')])).toEqual(['d dir@0', 'd/f file@0']);
  });

  it('may be nested', () => {
    expect(names(lower, [whiteout('d'), whiteout('d/f'), opaque('d/e')])).toEqual([]);
  });

  it('do not reach what a later layer puts back', () => {
    expect(names(lower, [whiteout('d')], [file('d/f')])).toEqual(['d dir?@2', 'd/f file@2']);
    expect(names(lower, [opaque('d')], [dir('d/e')])).toEqual(['d dir@0', 'd/e dir@2']);
  });

  it('spare what their own layer put there, by whatever name', () => {
    const b = [dir('b'), file('b/f')];
    const through = [symlink('a', 'b'), file('a/x')];
    expect(names(b, [...through, whiteout('b')])).toEqual(['a symlink→b@1', 'b dir?@1', 'b/x file@1']);
    expect(names(b, [...through, opaque('b')])).toEqual(['a symlink→b@1', 'b dir@0', 'b/x file@1']);
  });

  it('speak of what lower layers had below what their own layer states as a symlink: nothing is left of it', () => {
    const folders = [dir('a'), file('a/f'), dir('b'), file('b/f'), file('b/g')];
    const left = ['a symlink→/b@1', 'b dir@0', 'b/f file@0', 'b/g file@0'];
    for (const marker of [whiteout('a/f'), opaque('a'), opaque('a/deeper'), whiteout('a/f/deeper')]) {
      expect(names(folders, [symlink('a', '/b'), marker])).toEqual(left);
      expect(findings(folders, [symlink('a', '/b'), marker])).toEqual([
        expect.stringMatching(/^whiteout-below-own-symlink a\//),
      ]);
    }
  });

  it('below a file of a lower layer make a directory of it', () => {
    expect(names(lower, [whiteout('d/f/deep'), opaque('d/g')])).toEqual(
      expect.arrayContaining(['d/f dir?@1', 'd/g dir?@1']),
    );
    expect(findings(lower, [opaque('d/f')])).toEqual(['parent-replaced d/f/.wh..wh..opq@1']);
    expect(findings([file('f'), whiteout('f/x')])).toEqual(['parent-not-directory f/.wh.x@0']);
  });

  it('empty the whole image when opaque at the root', () => {
    expect(names(lower, [opaque('.'), file('new')])).toEqual(['new file@1']);
  });

  it('hide what a directory was before, not its attributes, when opaque', () => {
    const rootfs = merge([[dir('d', { mode: '0700' }), file('d/f')], [opaque('d')]]).rootfs;
    expect(rootfs.lookup('d')?.state.mode).toBe('0700');
    expect(rootfs.lookup('d/f')).toBeNull();
  });

  it('leave the target of a lower symlink alone when the layer makes a directory of it', () => {
    const target = [symlink('link', '/target'), dir('target'), file('target/keep')];
    expect(names(target, [dir('link'), opaque('link')])).toEqual([
      'link dir@1',
      'target dir@0',
      'target/keep file@0',
    ]);
    for (const marker of [opaque('link'), whiteout('link/keep')]) {
      expect(names(target, [marker])).toEqual(['link dir?@1', 'target dir@0', 'target/keep file@0']);
      expect(findings(target, [marker])).toEqual([expect.stringMatching(/^parent-replaced link\/.*@1/)]);
    }
    expect(names(target, [whiteout('link'), file('link/new')])).toEqual([
      'link dir?@1',
      'link/new file@1',
      'target dir@0',
      'target/keep file@0',
    ]);
  });

  it('have no effect when they are bad, nor has the bookkeeping of AUFS', () => {
    const bad = ['.wh.', 'd/.wh.', 'd/.wh..', 'd/.wh...', '.wh..wh.plnk/1.2', '.wh..wh.aufs'];
    expect(
      names(
        lower,
        bad.map((path) => file(path)),
      ),
    ).toEqual(names(lower));
  });

  it('are only what is called so', () => {
    const upper = [file('usr/bin/which'), dir('wheel'), file('wheel/x.wh.y'), whiteout('d/.wh..opqX')];
    expect(names([...upper, ...lower])).toContain('usr/bin/which file@0');
    expect(names(lower, upper)).toEqual(
      expect.arrayContaining(['wheel/x.wh.y file@1', 'd/f file@0', 'd/e/h file@0', 'wheel dir@1']),
    );
  });
});

describe('parents', () => {
  it('are followed through symlinks of their own layer inside the root, the last component never', () => {
    const lower = [dir('usr'), dir('usr/lib')];
    const links = [symlink('lib', 'usr/lib'), symlink('abs', '/usr/lib')];
    expect(names(lower, [...links, file('lib/x'), file('abs/y')]).slice(-2)).toEqual([
      'usr/lib/x file@1',
      'usr/lib/y file@1',
    ]);
    expect(names([...lower, ...links], [file('lib')])).toContain('lib file@1');
  });

  it('that are symlinks of a lower layer make way for directories, stated or not', () => {
    const lower = [dir('usr'), dir('usr/lib'), symlink('lib', 'usr/lib')];
    const left = ['usr dir@0', 'usr/lib dir@0'];
    expect(names(lower, [dir('lib'), file('lib/x')])).toEqual(['lib dir@1', 'lib/x file@1', ...left]);
    expect(names(lower, [file('lib/x')])).toEqual(['lib dir?@1', 'lib/x file@1', ...left]);
    expect(names(lower, [symlink('own', 'lib'), file('own/x')])).toEqual([
      'lib dir?@1',
      'lib/x file@1',
      'own symlink→lib@1',
      ...left,
    ]);
  });

  it('are followed through symlinks of their layer that lead on through others, in whatever order of paths', () => {
    const merged = [
      symlink('sbin', 'usr/sbin'),
      dir('usr/bin'),
      symlink('usr/sbin', 'bin'),
      file('sbin/tool'),
    ];
    expect(names(merged)).toEqual([
      'sbin symlink→usr/sbin@0',
      'usr dir?@0',
      'usr/bin dir@0',
      'usr/bin/tool file@0',
      'usr/sbin symlink→bin@0',
    ]);
    expect(findings(merged)).toEqual(['below-own-symlink sbin/tool@0']);
    const one = [symlink('a', 'b'), symlink('a/l', '../c'), file('b/l/x')];
    expect(names(one)).toContain('c/x file@0');
    const other = [symlink('b', 'a'), symlink('b/l', '../c'), file('a/l/x')];
    expect(names(other)).toContain('c/x file@0');
    const chain = [symlink('a', 'b'), symlink('a/l', '../c'), symlink('b/l/m', '../d'), file('c/m/x')];
    expect(names(chain)).toContain('d/x file@0');
  });

  it('that symlinks make one place show what the last path states, and say so', () => {
    const both = [symlink('a', 'b'), file('a/x', 'lost'), dir('b'), file('b/x', 'kept')];
    expect(contentAt('b/x', both)).toBe(hashOf('kept'));
    expect(findings(both)).toEqual(['below-own-symlink a/x@0', 'replaced-by-own b/x@0']);
    const directory = [symlink('a', 'b'), file('a/x/y'), file('b/x', 'kept')];
    expect(findings(directory)).toContain('replaced-by-own b/x@0');
    const link = [symlink('a', 'b'), hardlink('a/x', 't'), file('b/x'), file('t')];
    expect(findings(link)).toContain('replaced-by-own b/x@0');
    const folder = [dir('a'), dir('a/l'), file('a/l/x')];
    expect(findings(folder, [symlink('b', 'a'), symlink('b/l', '../c'), whiteout('a/l/x')])).toContain(
      'whiteout-below-own-symlink a/l/.wh.x@1',
    );
    expect(findings([symlink('a', 'b'), dir('b'), file('b/y'), file('a/x')])).toEqual([
      'below-own-symlink a/x@0',
    ]);
  });

  it('are made where a symlink leads to nothing', () => {
    expect(names([symlink('a', 'x/y'), file('a/f')])).toEqual([
      'a symlink→x/y@0',
      'x dir?@0',
      'x/y dir?@0',
      'x/y/f file@0',
    ]);
  });

  it('never lead out of the root', () => {
    expect(names([symlink('evil', '..'), file('evil/x')])).toEqual(['evil symlink→..@0', 'x file@0']);
    expect(names([symlink('evil', '/../../etc'), file('evil/passwd')])).toEqual(
      expect.arrayContaining(['etc dir?@0', 'etc/passwd file@0']),
    );
    expect(names([dir('a'), symlink('a/up', '../../..'), file('a/up/x')])).toContain('x file@0');
  });

  it('that go in circles make the entry ineffective', () => {
    const loop = [symlink('a', 'b'), symlink('b', 'a'), symlink('self', 'self'), file('ok')];
    const entries = [file('b/x'), dir('self/y'), hardlink('h', 'b/x')];
    expect(names([...loop, ...entries])).toEqual(names(loop));
    expect(findings([...loop, ...entries])).toEqual([
      'unreachable-path b/x@0',
      'unreachable-path self/y@0',
      'broken-hard-link h@0',
    ]);
    expect(names(loop, [hardlink('h', 'b/x')])).toEqual(names(loop));
  });

  it('may pass 255 symlinks and no more', () => {
    const link = (at: number) => `l${String(at).padStart(3, '0')}`;
    const chain = (length: number) => [
      dir('end'),
      ...Array.from({ length }, (_, at) => symlink(link(at + 1), at === 0 ? 'end' : link(at))),
    ];
    expect(names([...chain(255), file('l255/x')])).toContain('end/x file@0');
    expect(names([...chain(256), file('l256/x')])).not.toContain('end/x file@0');
    expect(names([...chain(256), file('l255/x'), file('l256/y')])).toContain('end/x file@0');
    expect(findings([...chain(256), file('l256/x')])).toEqual(['unreachable-path l256/x@0']);
  });

  it('deeper than a kernel can go make the entry ineffective', () => {
    const deep = Array.from({ length: 1500 }, () => 'd').join('/');
    const below = [symlink('s', deep), file(`s/${deep}/x`), file(`s/ok`), file(`${'e/'.repeat(2048)}x`)];
    const { rootfs, findings: found } = merge([[file(`${deep}/f`), ...below]]);
    expect(rootfs.lookup(`${deep}/ok`)).not.toBeNull();
    expect(found.map(({ code }) => code)).toEqual([
      'unreachable-path',
      'unreachable-path',
      'below-own-symlink',
    ]);
    expect(rootfs.lookup('e')).toBeNull();
  });

  it('longer than a kernel takes lead nowhere, be they paths or targets', () => {
    const loop = 'l'.repeat(200);
    const through = (times: number) => [symlink(loop, '.'), file(`${`${loop}/`.repeat(times)}f`)];
    expect(names(through(15))).toContain('f file@0');
    expect(names(through(25))).not.toContain('f file@0');
    const far = (length: number) => [symlink('s', `${'./'.repeat(length)}d`), file('s/x')];
    expect(names(far(2000))).toContain('d/x file@0');
    expect(findings(far(2100))).toEqual(['unreachable-path s/x@0']);
  });

  it('that are files of the same layer make the entry ineffective', () => {
    expect(names([file('a'), file('a/b'), file('a/b/c')])).toEqual(['a file@0']);
    expect(findings([file('a'), file('a/b')])).toEqual(['parent-not-directory a/b@0']);
  });

  it('that are files of a lower layer make way, as engines with overlay filesystems have it', () => {
    expect(names([file('a')], [file('a/b')])).toEqual(['a dir?@1', 'a/b file@1']);
    expect(findings([file('a')], [file('a/b')])).toEqual(['parent-replaced a/b@1']);
  });
});

describe('hard links', () => {
  it('are names of one inode, in whatever order the names sort', () => {
    const tree = [
      ...listTree(
        merge([[hardlink('a', 'm'), file('m', 'text', { mode: '0600' }), hardlink('z', 'a')]]).rootfs,
      ),
    ];
    const inode = { type: 'file', mode: '0600', size: 4, sha256: hashOf('text'), links: 3 };
    expect(tree.slice(1)).toEqual(['a', 'm', 'z'].map((path) => expect.objectContaining({ path, ...inode })));
    expect(tree.map(({ path, links }) => [path, links])).toContainEqual(['.', undefined]);
  });

  it('keep the old content when one name is written later', () => {
    const lower = [file('a', 'old'), hardlink('b', 'a'), hardlink('c', 'a')];
    for (const name of ['a', 'b', 'c']) {
      const upper = [file(name, 'new')];
      const tree = [...listTree(merge([lower, upper]).rootfs)].slice(1);
      expect(tree.map(({ path, sha256, links }) => [path, sha256, links])).toEqual(
        ['a', 'b', 'c'].map((path) =>
          path === name ? [path, hashOf('new'), undefined] : [path, hashOf('old'), 2],
        ),
      );
    }
  });

  it('reach into lower layers, but first look into their own', () => {
    expect(contentAt('b', [file('a', 'lower')], [hardlink('b', 'a')])).toBe(hashOf('lower'));
    expect(contentAt('b', [file('a', 'lower')], [file('a', 'own'), hardlink('b', 'a')])).toBe(hashOf('own'));
    const tree = [...listTree(merge([[file('a'), hardlink('b', 'a')], [hardlink('c', 'b')]]).rootfs)];
    expect(tree.map(({ path, layer, links }) => [path, layer, links]).slice(1)).toEqual([
      ['a', 0, 3],
      ['b', 0, 3],
      ['c', 1, 3],
    ]);
  });

  it('find their targets where paths lead once all else of the layer is in place', () => {
    const elsewhere = [dir('q'), file('q/y', 'elsewhere')];
    // Each upper layer changes where `0` leads.
    const linked = (lower: readonly InventoryEntry[], upper: readonly InventoryEntry[]) =>
      contentAt('h', [...elsewhere, ...lower], [...upper, hardlink('h', '0/y')]);
    const toDirectory = [symlink('0', 'z'), dir('z'), file('z/y', 'gone')];
    expect(linked(toDirectory, [symlink('z', 'q')])).toBe(hashOf('elsewhere'));
    expect(linked([symlink('0', 'z')], [symlink('z', 'q')])).toBe(hashOf('elsewhere'));
    const toSymlink = [symlink('0', 'a'), symlink('a', 'q')];
    expect(linked(toSymlink, [dir('a'), file('a/y', 'own')])).toBe(hashOf('own'));
    expect(linked(toSymlink, [file('a/y', 'own')])).toBe(hashOf('own'));
    const throughDirectory = [symlink('0', 'z/s'), dir('z'), symlink('z/s', '/q')];
    expect(linked(throughDirectory, [])).toBe(hashOf('elsewhere'));
    expect(linked(throughDirectory, [file('z')])).toBeUndefined();
    expect(linked(throughDirectory, [opaque('z')])).toBeUndefined();
  });

  it('are followed once, however long a chain they make', () => {
    const name = (at: number) => `h${String(at).padStart(6, '0')}`;
    const chain = Array.from({ length: 50_000 }, (_, at) => hardlink(name(at), name(at + 1)));
    const ended = [...chain, file(name(50_000), 'end')];
    expect(contentAt(name(0), ended)).toBe(hashOf('end'));
    expect(openRootfs([inventoryOf(ended)]).lookup(name(1))?.state.sha256).toBe(hashOf('end'));
    expect(names([...chain, hardlink(name(50_000), name(0))])).toEqual([]);
  });

  it('find their targets through symlinks inside the root, and stay inside', () => {
    const lower = [dir('usr'), file('usr/f', 'text'), symlink('link', '/usr'), symlink('up', '..')];
    expect(contentAt('b', lower, [hardlink('b', 'link/f')])).toBe(hashOf('text'));
    expect(contentAt('b', lower, [hardlink('b', 'up/usr/f')])).toBe(hashOf('text'));
  });

  it('to a symlink or a device are further names of it', () => {
    const layer = [symlink('s', 'target'), device('d', 8, 1), hardlink('s2', 's'), hardlink('d2', 'd')];
    expect(names(layer)).toEqual(['d char@0', 'd2 char@0', 's symlink→target@0', 's2 symlink→target@0']);
  });

  it('to nothing, to a directory, to themselves or in a circle have no effect', () => {
    const lower = [dir('dir'), file('kept')];
    const broken = [
      hardlink('kept', 'missing'),
      hardlink('x', 'dir'),
      hardlink('self', 'self'),
      hardlink('one', 'two'),
      hardlink('two', 'one'),
      hardlink('deep/down', 'missing'),
    ];
    expect(names(lower, broken)).toEqual(names(lower));
    expect(findings(lower, broken).sort()).toEqual(
      broken.map(({ path }) => `broken-hard-link ${path}@1`).sort(),
    );
  });

  it('do not reach what the same layer hides', () => {
    expect(names([file('a')], [whiteout('a'), hardlink('b', 'a')])).toEqual([]);
    expect(findings([file('a')], [whiteout('a'), hardlink('b', 'a')])).toEqual(['broken-hard-link b@1']);
  });

  it('lead nowhere through a chain of symlinks that climbs out', () => {
    const layer = [symlink('a/b/c/up', '../..'), symlink('a/b/escape', 'c/up/../..'), file('secret')];
    expect(names([...layer, hardlink('exfil', 'a/b/secret')])).not.toContain('exfil file@0');
    expect(contentAt('exfil', [...layer, hardlink('exfil', 'a/b/escape/secret')])).toBe(hashOf('secret'));
  });

  it('never change what they name', () => {
    const layers = [
      [symlink('s', 't'), file('t', 't', { mode: '0600' })],
      [hardlink('h', 's', { mode: '0777' })],
    ];
    expect(merge(layers).rootfs.lookup('t')?.state.mode).toBe('0600');
    expect(names(...layers)).toContain('h symlink→t@1');
  });
});

describe('entries that point out of the root', () => {
  const escaping = (path: string, code = 'escaping-path') => [{ code, path }];

  it('have no effect', () => {
    const layer = inventoryOf([file('x'), file('y')], { findings: escaping('x') });
    expect([...listTree(mergeLayers([layer]).rootfs)].map(({ path }) => path)).toEqual(['.', 'y']);
    const link = inventoryOf([file('x'), hardlink('y', 'x')], { findings: escaping('y', 'escaping-link') });
    expect([...listTree(mergeLayers([link]).rootfs)].map(({ path }) => path)).toEqual(['.', 'x']);
  });

  it('do not take the effect from an honest entry of the same path', () => {
    const layer = inventoryOf([file('x', 'evil'), file('x', 'honest')], { findings: escaping('x') });
    expect(mergeLayers([layer]).rootfs.lookup('x')?.state.sha256).toBe(hashOf('honest'));
  });

  it('hide nothing, unless an honest whiteout of the same path does', () => {
    const lower = inventoryOf([file('x')]);
    const upper = (count: number) =>
      inventoryOf(new Array(count).fill(whiteout('x')), { findings: escaping('.wh.x') });
    expect(mergeLayers([lower, upper(1)]).rootfs.lookup('x')).not.toBeNull();
    expect(mergeLayers([lower, upper(2)]).rootfs.lookup('x')).toBeNull();
  });

  it('nor does a root that is no directory', () => {
    expect(names([symlink('.', '/')], [file('a')])).toEqual(['a file@1']);
  });
});

it('refuses entries whose directories would fill the memory', () => {
  const deep = (count: number) =>
    Array.from({ length: count }, (_, at) => file(`${at}/${'d/'.repeat(2000)}f`));
  expect(names(deep(3))).toHaveLength(3 * 2002);
  expect(() => merge([deep(600)])).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
});
