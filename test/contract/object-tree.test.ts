import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DirectoryTree } from '../../src/adapters/stores/directory/directory-tree.ts';
import { MemoryTree } from '../../src/adapters/stores/memory/memory-tree.ts';
import { unsyncedOperations } from '../support/faulty-operations.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeObjectTree } from './object-tree-suite.ts';

const newFolder = temporaryFolder();

describe('a tree of objects in a directory', () => {
  describeObjectTree(() => {
    const root = newFolder('tree');
    const reopen = () => new DirectoryTree(root, unsyncedOperations);
    return { tree: reopen(), reopen };
  });

  it('names what cannot be an object, reads none of it, and replaces it', async () => {
    const root = newFolder('tree');
    mkdirSync(join(root, 'a'), { recursive: true });
    writeFileSync(join(root, 'secret'), 'secret');
    symlinkSync('../secret', join(root, 'a/link'));
    execFileSync('mkfifo', [join(root, 'a/pipe')]);
    const tree = new DirectoryTree(root, unsyncedOperations);
    const foreign = ['a/link', 'a/pipe'];
    expect(await Array.fromAsync(tree.list('a'))).toEqual(foreign.map((path) => ({ path, foreign: true })));
    for (const path of foreign) {
      expect(await tree.has(path)).toBe(false);
      expect(await tree.writtenAt(path)).toBeNull();
      await expect(tree.read(path, 100)).rejects.toMatchObject({ code: 'malformed', object: path });
      await expect(tree.readHead(path, 100)).rejects.toMatchObject({ code: 'malformed', object: path });
    }
    const [link = '', pipe = ''] = foreign;
    await tree.put([[{ path: link, bytes: Buffer.from('1'), existing: 'replace' }]]);
    await tree.update(pipe, 100, (present) => Buffer.from(`was ${present?.length}`));
    expect(await tree.read(link, 100)).toEqual(Buffer.from('1'));
    expect(await tree.read(pipe, 100)).toEqual(Buffer.from('was 0'));
    expect(await tree.read('secret', 100)).toEqual(Buffer.from('secret'));
  });
});

describe('a tree of objects in memory', () => {
  describeObjectTree(() => {
    const tree = new MemoryTree(Date.now);
    return { tree, reopen: () => tree };
  });
});
