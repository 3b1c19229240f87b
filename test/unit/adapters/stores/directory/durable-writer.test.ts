import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FileTree } from '../../../../../src/adapters/filesystem/file-tree.ts';
import { DurableWriter } from '../../../../../src/adapters/stores/directory/durable-writer.ts';
import {
  type FileOperations,
  nodeFileOperations,
} from '../../../../../src/adapters/stores/directory/file-operations.ts';
import type { NewObject } from '../../../../../src/adapters/stores/object-tree.ts';
import { systemFault, watchedOperations } from '../../../../support/faulty-operations.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const file = (path: string, text: string, existing: NewObject['existing'] = 'replace'): NewObject => ({
  path,
  bytes: Buffer.from(text),
  existing,
});

function open(operations: FileOperations = nodeFileOperations, root = newFolder('root')) {
  const tree = new FileTree(root);
  return { root, tree, writer: new DurableWriter(tree, 'staging', operations) };
}

/** Lets a minute go by for something. */
function age(path: string): void {
  const before = Date.now() / 1000 - 60;
  try {
    lutimesSync(path, before, before);
  } catch {
    // It is gone, and needs no more time.
  }
}

const textAt = (tree: FileTree, path: string) => tree.read(path, 1000)?.toString() ?? null;

describe('committing', () => {
  it('writes all files and leaves no temporary one', async () => {
    const { tree, writer } = open();
    await writer.commit([[file('a/b/c', '1'), file('a/d', '2')], [file('e', '3')]]);
    expect([textAt(tree, 'a/b/c'), textAt(tree, 'a/d'), textAt(tree, 'e')]).toEqual(['1', '2', '3']);
    expect(tree.list('staging')).toEqual([]);
  });

  it('replaces or keeps what has the name', async () => {
    const { tree, writer } = open();
    await writer.commit([[file('a', 'old'), file('b', 'old')]]);
    await writer.commit([[file('a', 'new', 'keep'), file('b', 'new', 'replace')]]);
    expect([textAt(tree, 'a'), textAt(tree, 'b')]).toEqual(['old', 'new']);
    expect(tree.list('staging')).toEqual([]);
  });

  it('keeps what has the name also where there are no hard links', async () => {
    const link = async () => Promise.reject(systemFault('EPERM'));
    const { tree, writer } = open({ ...nodeFileOperations, link });
    await writer.commit([[file('a', 'old', 'keep')]]);
    await writer.commit([[file('a', 'new', 'keep')]]);
    expect(textAt(tree, 'a')).toBe('old');
    expect(tree.list('staging')).toEqual([]);
  });

  it('has all bytes on the disk before the first name, and each group named and synced before the next', async () => {
    const steps: [operation: string, path: string][] = [];
    const root = newFolder('root');
    const operations = watchedOperations((operation, path) => {
      steps.push([operation, relative(root, path)]);
    });
    const synced: boolean[] = [];
    const { writer } = open(
      {
        ...operations,
        writeNew: (path, bytes, sync) => {
          synced.push(sync);
          return operations.writeNew(path, bytes, sync);
        },
      },
      root,
    );
    await writer.commit([[file('p/x/1', '1'), file('p/2', '2')], [file('m/3', '3', 'keep')]]);
    const at = (operation: string, path?: string) =>
      steps.findIndex(([each, on]) => each === operation && on === (path ?? on));
    const lastWrite = steps.findLastIndex(([operation]) => operation === 'writeNew');
    expect(synced).toEqual([true, true, true]);
    expect(lastWrite).toBeLessThan(at('rename'));
    for (const directory of ['p/x', 'p', '']) {
      expect(at('syncDirectory', directory)).toBeGreaterThan(at('rename', 'p/2'));
      expect(at('syncDirectory', directory)).toBeLessThan(at('link', 'm/3'));
    }
    expect(at('syncDirectory', 'm')).toBeGreaterThan(at('link', 'm/3'));
  });

  it('syncs the root itself, and the folder above a new root', async () => {
    const folder = newFolder('above');
    mkdirSync(folder);
    const synced: string[] = [];
    const operations = watchedOperations((operation, path) => {
      if (operation === 'syncDirectory') synced.push(path);
    });
    const { root, writer } = open(operations, join(folder, 'new/root'));
    await writer.commit([[file('a', '1')]]);
    expect(synced).toEqual(expect.arrayContaining([root, join(folder, 'new'), folder]));
  });
});

describe('a fault', () => {
  const groups = [[file('p/1', '1'), file('p/2', '2')], [file('m/3', '3', 'keep')]];

  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO'])(
    '%s of any step is told as such, and tears nothing',
    async (code) => {
      let steps = 0;
      await open(watchedOperations(() => void steps++)).writer.commit(groups);
      for (let failing = 0; failing < steps; failing++) {
        const { tree, writer } = open(
          watchedOperations((operation, _, step) => {
            if (step === failing && operation !== 'remove') throw systemFault(code);
          }),
        );
        const fault = await writer.commit(groups).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (fault !== null) {
          expect(fault).toMatchObject({ code: 'store-unwritable', message: expect.stringContaining(code) });
        }
        const [one, two, three] = ['p/1', 'p/2', 'm/3'].map((path) => textAt(tree, path));
        expect(['1', null]).toContain(one);
        expect(['2', null]).toContain(two);
        expect(['3', null]).toContain(three);
        if (three !== null) expect([one, two]).toEqual(['1', '2']);
        if (fault === null) expect([one, two, three]).toEqual(['1', '2', '3']);
        expect(tree.list('staging')).toEqual([]);
      }
      expect(steps).toBeGreaterThan(10);
    },
  );

  it.each([
    ['ENOSPC', 'disk is full'],
    ['EROFS', 'read-only'],
    ['EACCES', 'may not write'],
    ['ENOTDIR', 'is a file'],
  ])('%s has a hint', async (code, hint) => {
    const { writer } = open(
      watchedOperations(() => {
        throw systemFault(code);
      }),
    );
    await expect(writer.commit(groups)).rejects.toMatchObject({
      code: 'store-unwritable',
      hint: expect.stringContaining(hint),
    });
  });

  it('leaves files unpublished that are staged next to one that fails', async () => {
    let written = 0;
    const { root, tree, writer } = open(
      watchedOperations((operation) => {
        if (operation === 'writeNew' && ++written === 2) throw systemFault('ENOSPC');
      }),
    );
    await expect(writer.commit(groups)).rejects.toMatchObject({ code: 'store-unwritable' });
    expect(readdirSync(root)).toEqual(['staging']);
    expect(tree.list('staging')).toEqual([]);
  });
});

describe('updating', () => {
  const append = (text: string) => (present: Buffer | null) => Buffer.from(`${present ?? ''}${text}`);

  /** Writes `1` to a file, and gives the gate that it went through. */
  async function gateOf(root: string): Promise<string> {
    let gate = '';
    const { writer } = open(
      watchedOperations((operation, path) => {
        if (operation === 'rename' && basename(path).startsWith('gate-')) gate = path;
      }),
      root,
    );
    await writer.update('a', 100, append('1'));
    return gate;
  }

  it('changes, makes or leaves a file', async () => {
    const { tree, writer } = open();
    await writer.update('a', 100, append('1'));
    await writer.update('a', 100, append('2'));
    await writer.update('a', 100, () => null);
    await writer.update('b', 100, () => null);
    expect([textAt(tree, 'a'), textAt(tree, 'b')]).toEqual(['12', null]);
    expect(tree.list('staging')).toEqual([]);
  });

  it('is done by one writer at a time', async () => {
    const { root, tree, writer } = open();
    const others = Array.from({ length: 7 }, () => open(nodeFileOperations, root).writer);
    await Promise.all([writer, ...others].map((each, index) => each.update('a', 100, append(`${index}`))));
    expect([...(textAt(tree, 'a') ?? '')].sort().join('')).toBe('01234567');
  });

  it('passes a gate in which a process died', async () => {
    const { root, tree, writer } = open();
    const gate = await gateOf(root);
    mkdirSync(gate);
    writeFileSync(join(gate, 'of the dead'), '2');
    age(gate);
    await writer.update('a', 100, append('2'));
    expect(textAt(tree, 'a')).toBe('12');
    expect(tree.list('staging')).toEqual([]);
  });

  it('passes a gate whose time lies in the future, once it was seen there long enough', async () => {
    const { root, tree, writer } = open();
    const gate = await gateOf(root);
    mkdirSync(gate);
    writeFileSync(join(gate, 'of the dead'), '2');
    utimesSync(gate, new Date(), new Date(Date.now() + 1e9));
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 3_000));
    await writer.update('a', 100, append('2'));
    clock.mockRestore();
    expect(textAt(tree, 'a')).toBe('12');
    expect(tree.list('staging')).toEqual([]);
  });

  it('undoes nothing when it stands still at any step, and others take it for dead', async () => {
    let steps = 0;
    for (let met = true; met; steps++) {
      met = false;
      const { root, tree, writer } = open();
      await writer.update('a', 100, append('1'));
      const slow = open(
        watchedOperations(async (_operation, _path, step) => {
          if (step !== steps) return;
          met = true;
          for (const name of readdirSync(join(root, 'staging'))) age(join(root, 'staging', name));
          await writer.update('a', 100, append('2'));
        }),
        root,
      ).writer;
      await slow.update('a', 100, append('3'));
      expect(met ? ['123', '132'] : ['13']).toContain(textAt(tree, 'a'));
      expect(tree.list('staging')).toEqual([]);
    }
    expect(steps).toBeGreaterThan(8);
  });

  it('loses nothing of writers that stand still at random and take each other for dead', async () => {
    const { root, tree } = open();
    const staging = join(root, 'staging');
    mkdirSync(staging, { recursive: true });
    const restless = watchedOperations(async () => {
      if (Math.random() < 0.3) await setTimeout(Math.random() * 10);
      if (Math.random() < 0.3) for (const name of readdirSync(staging)) age(join(staging, name));
    });
    const write = async (number: number) => {
      const { writer } = open(restless, root);
      for (let round = 0; round < 5; round++) await writer.update('a', 1000, append(`${number}${round} `));
    };
    await Promise.all(Array.from({ length: 6 }, (_, number) => write(number)));
    const written = (textAt(tree, 'a') ?? '').trim().split(' ').sort();
    const wanted = Array.from({ length: 30 }, (_, at) => `${Math.floor(at / 5)}${at % 5}`);
    expect(written).toEqual(wanted);
  });

  it('waits also where a directory can replace no other, be it empty', async () => {
    const { root, tree, writer } = open();
    const strict = () =>
      open(
        {
          ...nodeFileOperations,
          async rename(from, to) {
            if (basename(to).startsWith('gate-') && existsSync(to)) throw systemFault('EPERM');
            await nodeFileOperations.rename(from, to);
          },
        },
        root,
      ).writer;
    const gate = await gateOf(root);
    mkdirSync(gate);
    age(gate);
    await Promise.all([2, 3, 4].map((number) => strict().update('a', 100, append(`${number}`))));
    expect([...(textAt(tree, 'a') ?? '')].sort().join('')).toBe('1234');
    await writer.update('a', 100, append('5'));
    expect(tree.list('staging')).toEqual([]);
  });

  it('leaves no gate behind when it fails', async () => {
    const { tree, writer } = open(
      watchedOperations((operation) => {
        if (operation === 'rename') throw systemFault('EIO');
      }),
    );
    await expect(writer.update('a', 100, append('1'))).rejects.toMatchObject({ code: 'store-unwritable' });
    expect(tree.list('staging')).toEqual([]);
    expect(textAt(tree, 'a')).toBeNull();
  });

  it('begins again when another writer came first', async () => {
    const { root, tree, writer } = open();
    let interfered = false;
    const slow = open(
      watchedOperations(async (operation, path) => {
        if (interfered || operation !== 'rename' || !basename(path).startsWith('gate-')) return;
        interfered = true;
        await writer.update('a', 100, append('first'));
      }),
      root,
    ).writer;
    await slow.update('a', 100, append('second'));
    expect(textAt(tree, 'a')).toBe('firstsecond');
    expect(tree.list('staging')).toEqual([]);
  });
});

describe('placing', () => {
  it('writes whole files without syncing', async () => {
    const operations = watchedOperations((operation) => {
      if (operation === 'syncDirectory') throw new Error('synced');
    });
    const { tree, writer } = open({
      ...operations,
      writeNew: (path, bytes, sync) => {
        expect(sync).toBe(false);
        return operations.writeNew(path, bytes, sync);
      },
    });
    await writer.place([file('a/b', '1'), file('a/c', '2')]);
    expect([textAt(tree, 'a/b'), textAt(tree, 'a/c')]).toEqual(['1', '2']);
    expect(tree.list('staging')).toEqual([]);
  });
});

describe('what is there already', () => {
  it('is not written again, and is told where it is only kept', async () => {
    const { root, writer } = open();
    const files = [file('a', 'same'), file('b', 'other'), file('c', 'kept', 'keep')];
    expect(await writer.commit([files])).toEqual(new Set());
    const steps: string[] = [];
    const again = open(
      watchedOperations((operation, path) => void steps.push(`${operation} ${relative(root, path)}`)),
      root,
    );
    const kept = await again.writer.commit([[file('a', 'same'), file('b', 'new'), file('c', 'x', 'keep')]]);
    expect(kept).toEqual(new Set(['c']));
    expect(steps.filter((step) => step.startsWith('writeNew'))).toHaveLength(1);
    expect(['a', 'b', 'c'].map((path) => textAt(again.tree, path))).toEqual(['same', 'new', 'kept']);
  });

  it('is told also where another writer put it in between', async () => {
    const { root, tree, writer } = open();
    const slow = open(
      watchedOperations(async (operation) => {
        if (operation === 'link') await writer.commit([[file('a', 'first', 'keep')]]);
      }),
      root,
    ).writer;
    expect(await slow.commit([[file('a', 'second', 'keep')]])).toEqual(new Set(['a']));
    expect(textAt(tree, 'a')).toBe('first');
  });

  it('is synced on the way there if it was named a moment ago, before the next group, and no older one is', async () => {
    const { root } = open();
    const [young, old] = [file('a/b/c', '1'), file('a/old/d', '2')];
    await open(nodeFileOperations, root).writer.commit([[young, old]]);
    const hourAgo = Date.now() / 1000 - 3600;
    for (const path of ['a/old', 'a', '']) utimesSync(join(root, path), hourAgo, hourAgo);
    const steps: string[] = [];
    const { writer } = open(
      watchedOperations((operation, path) => void steps.push(`${operation} ${relative(root, path)}`)),
      root,
    );
    await writer.commit([[old]]);
    expect(steps).toEqual([]);
    await writer.commit([[young, old]]);
    expect(steps).toEqual(['syncDirectory a/b']);
    await writer.commit([[young], [file('a/b/e', '3')]]);
    const named = steps.indexOf('rename a/b/e');
    expect(steps.slice(1, named)).toContain('syncDirectory a/b');
    expect(steps.slice(named)).toContain('syncDirectory a/b');
  });
});

it('sweeps away what died processes left a day ago, and nothing younger', async () => {
  const { root, writer, tree } = open();
  mkdirSync(join(root, 'staging'), { recursive: true });
  for (const name of ['old', 'young']) writeFileSync(join(root, 'staging', name), 'half');
  const daysAgo = Date.now() / 1000 - 25 * 3600;
  utimesSync(join(root, 'staging/old'), daysAgo, daysAgo);
  await writer.commit([[file('a', '1')]]);
  expect(tree.list('staging').map(({ name }) => name)).toEqual(['young']);
});

it('removes files, those that are gone too', async () => {
  const { root, writer, tree } = open();
  await writer.commit([[file('a', '1'), file('b', '2')]]);
  await writer.remove(['a', 'absent']);
  expect([textAt(tree, 'a'), textAt(tree, 'b')]).toEqual([null, '2']);
  expect(readFileSync(join(root, 'b'), 'utf8')).toBe('2');
});
