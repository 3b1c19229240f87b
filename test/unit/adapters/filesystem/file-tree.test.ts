import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileTree, walk } from '../../../../src/adapters/filesystem/file-tree.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();

function plant(files: Readonly<Record<string, string>> = {}): FileTree {
  const root = newFolder('tree');
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return new FileTree(root);
}

describe('reading a file', () => {
  it('gives its bytes', () => {
    expect(plant({ 'a/b': 'text' }).read('a/b', 4)?.toString()).toBe('text');
    expect(plant({ a: '' }).read('a', 0)).toHaveLength(0);
  });

  it('says that what is absent is absent', () => {
    expect(plant().read('a/b', 4)).toBeNull();
    expect(new FileTree(newFolder('absent')).read('a', 4)).toBeNull();
  });

  it('stops at the limit', () => {
    expect(() => plant({ a: 'text' }).read('a', 3)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', object: 'a' }),
    );
  });

  it('takes no directory for a file', () => {
    expect(() => plant({ 'a/b': '' }).read('a', 9)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('follows no link', () => {
    const tree = plant({ a: 'secret' });
    symlinkSync('a', tree.at('link'));
    expect(() => tree.read('link', 9)).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'link' }),
    );
    expect(tree.holds('link')).toBe(false);
  });

  it('waits on no pipe', () => {
    const tree = plant();
    execFileSync('mkfifo', [tree.at('pipe')]);
    expect(() => tree.read('pipe', 9)).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'pipe' }),
    );
  });

  it('says when the way there is a file', () => {
    expect(() => plant({ a: '' }).read('a/b', 9)).toThrow(
      expect.objectContaining({
        code: 'unreachable',
        object: 'a/b',
        hint: expect.stringContaining('not a folder'),
      }),
    );
  });
});

describe('listing', () => {
  it('is sorted by code units and tells what each is', () => {
    const tree = plant({ B: '', a: '', 'Z/x': '', é: '' });
    symlinkSync('a', tree.at('link'));
    expect(tree.list('')).toEqual([
      { name: 'B', type: 'file' },
      { name: 'Z', type: 'directory' },
      { name: 'a', type: 'file' },
      { name: 'link', type: 'other' },
      { name: 'é', type: 'file' },
    ]);
  });

  it('of what is absent is empty, and of a file a fault', () => {
    expect(plant().list('x')).toEqual([]);
    const tree = plant({ a: '' });
    expect(() => tree.list('a')).toThrow(
      expect.objectContaining({ code: 'unreachable', object: tree.at('a') }),
    );
  });

  it('goes into directories, not into links', () => {
    const tree = plant({ 'd/b/y': '', 'd/a': '', e: '' });
    symlinkSync('..', tree.at('d/up'));
    expect([...walk(tree, 'd')]).toEqual([
      { path: 'd/a', regular: true },
      { path: 'd/b/y', regular: true },
      { path: 'd/up', regular: false },
    ]);
  });
});
