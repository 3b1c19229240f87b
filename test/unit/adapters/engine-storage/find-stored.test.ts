import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findStoredLayers } from '../../../../src/adapters/engine-storage/find-stored.ts';
import { type Digest, digestOf, hexOf } from '../../../../src/base/digest.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const DIFF_IDS = ['one', 'two', 'three'].map((name) => digestOf(name));
const [ONE, TWO, THREE] = DIFF_IDS as [Digest, Digest, Digest];
/** By the rule, written out. */
const CHAIN = [ONE, digestOf(`${ONE} ${TWO}`), digestOf(`${digestOf(`${ONE} ${TWO}`)} ${THREE}`)] as const;

/** Root may look anywhere: where tests run as root, it steps down for a while. */
function asOrdinaryUser<T>(action: () => T): T {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

describe.each([
  ['overlay2', (id: string) => `overlay2/${id}/diff`],
  ['fuse-overlayfs', (id: string) => `fuse-overlayfs/${id}/diff`],
  ['vfs', (id: string) => `vfs/dir/${id}`],
])("Docker's layers with %s", (driver, filesOf) => {
  let root = '';
  const layer = (index: number): string =>
    join(root, 'image', driver, 'layerdb/sha256', hexOf(CHAIN[index] as Digest));
  const find = (diffIds: readonly Digest[] = DIFF_IDS) => findStoredLayers({ driver, root }, diffIds);

  beforeEach(() => {
    root = newPath('docker');
    for (const [index, diffId] of DIFF_IDS.entries()) {
      write(join(layer(index), 'diff'), diffId);
      write(join(layer(index), 'cache-id'), `${index}cache\n`);
      write(join(layer(index), 'size'), String(100 + index));
      write(join(layer(index), 'tar-split.json.gz'), '');
      mkdirSync(join(root, filesOf(`${index}cache`)), { recursive: true });
    }
  });

  test('are found by chain ID', () => {
    expect([...find()]).toEqual(
      DIFF_IDS.map((diffId, index) => [
        diffId,
        {
          kind: 'tar-split',
          metadata: join(layer(index), 'tar-split.json.gz'),
          root: join(root, filesOf(`${index}cache`)),
          length: 100 + index,
        },
      ]),
    );
  });

  test('are those of this image only', () => {
    expect([...find([TWO, ONE]).keys()]).toEqual([]);
    expect([...find([ONE, THREE]).keys()]).toEqual([ONE]);
    expect([...find([]).keys()]).toEqual([]);
    expect(findStoredLayers({ driver: 'overlayfs', root }, DIFF_IDS).size).toBe(0);
    expect(findStoredLayers({ driver: 'toString', root }, DIFF_IDS).size).toBe(0);
  });

  test.each<[string, () => void]>([
    ['its notes are absent', () => rmSync(join(layer(1), 'tar-split.json.gz'))],
    [
      'its notes are a link',
      () => {
        rmSync(join(layer(1), 'tar-split.json.gz'));
        symlinkSync(join(layer(0), 'tar-split.json.gz'), join(layer(1), 'tar-split.json.gz'));
      },
    ],
    ['its files are absent', () => rmSync(join(root, filesOf('1cache')), { recursive: true })],
    [
      'its files are a link',
      () => {
        rmSync(join(root, filesOf('1cache')), { recursive: true });
        symlinkSync(root, join(root, filesOf('1cache')));
      },
    ],
    ['it is of another diffID', () => write(join(layer(1), 'diff'), THREE)],
    ['it has no id', () => rmSync(join(layer(1), 'cache-id'))],
    ['its id leads elsewhere', () => write(join(layer(1), 'cache-id'), '../overlay2/0cache')],
    ['its id is not one', () => write(join(layer(1), 'cache-id'), '')],
    ['its id is endless', () => write(join(layer(1), 'cache-id'), 'a'.repeat(2000))],
    ['its size is not one', () => write(join(layer(1), 'size'), 'many')],
    ['its size is negative', () => write(join(layer(1), 'size'), '-1')],
    [
      'its size is a folder',
      () => {
        rmSync(join(layer(1), 'size'));
        mkdirSync(join(layer(1), 'size'));
      },
    ],
  ])('are left out, one by one, where %s', (_, damage) => {
    damage();
    expect([...find().keys()]).toEqual([ONE, THREE]);
  });

  test('are absent for a user who may not read them', () => {
    const image = join(root, 'image');
    chmodSync(image, 0);
    try {
      expect(asOrdinaryUser(find).size).toBe(0);
    } finally {
      chmodSync(image, 0o755);
    }
  });
});

describe("Podman's layers", () => {
  let root = '';
  const find = (driver = 'overlay') => findStoredLayers({ driver, root }, DIFF_IDS);
  const item = (id: string, diffId: string, size: unknown = 7) => ({
    id,
    'diff-digest': diffId,
    'diff-size': size,
  });

  function keep(items: unknown, driver = 'overlay'): void {
    write(
      join(root, `${driver}-layers/layers.json`),
      typeof items === 'string' ? items : JSON.stringify(items),
    );
  }

  beforeEach(() => {
    root = newPath('containers');
    for (const id of ['a1', 'b2', 'c3']) {
      for (const driver of ['overlay', 'vfs']) write(join(root, `${driver}-layers/${id}.tar-split.gz`), '');
      mkdirSync(join(root, `overlay/${id}/diff`), { recursive: true });
      mkdirSync(join(root, `vfs/dir/${id}`), { recursive: true });
    }
  });

  test('are found by diffID', () => {
    keep([item('a1', ONE), { id: 'container' }, item('b2', digestOf('another')), item('c3', THREE, 9)]);
    expect([...find()]).toEqual([
      [
        ONE,
        {
          kind: 'tar-split',
          metadata: join(root, 'overlay-layers/a1.tar-split.gz'),
          root: join(root, 'overlay/a1/diff'),
          length: 7,
        },
      ],
      [
        THREE,
        {
          kind: 'tar-split',
          metadata: join(root, 'overlay-layers/c3.tar-split.gz'),
          root: join(root, 'overlay/c3/diff'),
          length: 9,
        },
      ],
    ]);
  });

  test('are found with vfs', () => {
    keep([item('b2', TWO)], 'vfs');
    expect(find('vfs').get(TWO)).toMatchObject({ root: join(root, 'vfs/dir/b2') });
  });

  test('of which one has no files are found in another of the same diffID', () => {
    keep([item('d4', ONE), item('a1', ONE), item('b2', ONE)]);
    expect(find().get(ONE)).toMatchObject({ root: join(root, 'overlay/a1/diff') });
  });

  test.each<[string, unknown]>([
    ['no list', {}],
    ['no JSON', '['],
    ['nothing', ''],
    ['other things', [null, 7, 'x', [], {}]],
    ['an id that leads elsewhere', [item('../overlay/a1', ONE), item('', ONE), item('.', ONE)]],
    ['a size that is not one', [item('a1', ONE, '7'), item('a1', ONE, -1), item('a1', ONE, 1.5)]],
    ['an id that is not a text', [{ ...item('a1', ONE), id: 7 }]],
  ])('are none where the list has %s', (_, items) => {
    keep(items);
    expect(find().size).toBe(0);
  });
});

test('nothing is found where there is no storage', () => {
  expect(findStoredLayers({ driver: 'overlay2', root: newPath('nowhere') }, DIFF_IDS).size).toBe(0);
});
