import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentRoots, findStoredBlobs } from '../../../../src/adapters/engine-storage/containerd-content.ts';
import { digestOf, hexOf } from '../../../../src/base/digest.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();

/** A containerd's folder with blobs in it. */
function keep(...contents: readonly string[]): { root: string; path: (content: string) => string } {
  const root = newPath('containerd');
  const folder = join(root, 'io.containerd.content.v1.content/blobs/sha256');
  mkdirSync(folder, { recursive: true });
  const path = (content: string): string => join(folder, hexOf(digestOf(content)));
  for (const content of contents) writeFileSync(path(content), content);
  return { root, path };
}

describe("blobs in containerd's content store", () => {
  test('are files by digest', () => {
    const { root, path } = keep('one', 'three');
    expect([...findStoredBlobs([root], ['one', 'two', 'three'].map(digestOf))]).toEqual([
      [digestOf('one'), { kind: 'file', path: path('one'), offset: 0, length: 3 }],
      [digestOf('three'), { kind: 'file', path: path('three'), offset: 0, length: 5 }],
    ]);
  });

  test('are looked for in one folder after the other', () => {
    const first = keep('one');
    const second = keep('one', 'two');
    const found = findStoredBlobs(
      [newPath('nowhere'), first.root, second.root],
      ['one', 'two'].map(digestOf),
    );
    expect([...found.values()].map(({ path }) => path)).toEqual([first.path('one'), second.path('two')]);
  });

  test('are no links and no folders', () => {
    const { root, path } = keep('one');
    symlinkSync(path('one'), path('link'));
    mkdirSync(path('folder'));
    expect(findStoredBlobs([root], ['link', 'folder'].map(digestOf)).size).toBe(0);
  });

  test('may be those of a containerd that the engine started, or of one of its own', () => {
    expect(contentRoots('/data/docker')).toEqual(['/data/docker/containerd/daemon', '/var/lib/containerd']);
    expect(contentRoots(null)).toEqual(['/var/lib/containerd']);
  });
});
