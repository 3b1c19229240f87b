import { describe, expect, test } from 'vitest';
import { runAtOnce } from '../../../../src/base/pausable.ts';
import type { FileDifference } from '../../../../src/core/comparison/comparison.ts';
import { fileSection } from '../../../../src/core/report/file-lines.ts';
import { inline } from '../../../../src/core/report/markdown/write.ts';
import { tellRights } from '../../../../src/core/report/sentences.ts';
import { addedFile, makeComparison, modifiedFile, removedFile } from '../../../support/report-makers.ts';

function sectionOf(...entries: FileDifference[]) {
  const { files } = makeComparison([], entries);
  if (files === null) throw new Error('the maker gives files');
  return runAtOnce(fileSection(files, []));
}

const lineOf = (entry: FileDifference) => sectionOf(entry).groups[0]?.lines[0];

describe('order', () => {
  test('new rights, then new programs, then all else by size; equal ones by path', () => {
    const section = sectionOf(
      addedFile('z', 0, { size: 5 }),
      addedFile('a', 0, { size: 5 }),
      addedFile('big', 0, { size: 9_000_000 }),
      addedFile('tool', 0, { size: 10, mode: '0755' }),
      addedFile('su', 0, { size: 1, mode: '4755' }),
      addedFile('dir', 0, { type: 'dir', mode: '0755' }),
    );
    expect(section.groups[0]?.lines.map(({ path }) => path)).toEqual(['su', 'tool', 'big', 'a', 'z', 'dir/']);
  });

  test('groups follow the layers; what no layer has any more comes last', () => {
    const section = sectionOf(removedFile('a', null), addedFile('b', 10), addedFile('c', 2));
    expect(section.groups.map(({ layer }) => layer)).toEqual([2, 10, null]);
  });

  test('volatile files are only counted', () => {
    const section = sectionOf({ ...addedFile('var/log/x', 0), volatile: true });
    expect(section).toMatchObject({ files: { added: 0 }, volatile: 1, groups: [] });
  });
});

describe('directories', () => {
  const dir = { type: 'dir', mode: '0755' } as const;

  test('are not counted as files', () => {
    const section = sectionOf(addedFile('a', 0), addedFile('empty', 0, dir), removedFile('gone', null, dir));
    expect(section.files).toEqual({ added: 1, modified: 0, removed: 0 });
    expect(section.directories).toEqual({ added: 1, modified: 0, removed: 1 });
  });

  test('have no line where what is in them came or went too, and one where they changed themselves', () => {
    const section = sectionOf(
      addedFile('new', 0, dir),
      addedFile('new/deep', 0, dir),
      addedFile('new/deep/a', 0),
      removedFile('old', 0, dir),
      removedFile('old/a', 0),
      modifiedFile('etc', 0, ['mode'], dir, { ...dir, mode: '0700' }),
      modifiedFile('etc/a', 0, ['content'], {}, {}),
      { ...addedFile('log', 0, dir) },
      { ...addedFile('log/a', 0), volatile: true },
    );
    expect(section.groups[0]?.lines.map(({ path }) => path)).toEqual([
      'etc/',
      'etc/a',
      'log/',
      'new/deep/a',
      'old/a',
    ]);
    expect(section.directories).toEqual({ added: 1, modified: 1, removed: 0 });
  });

  test('one in place of a file is a file that changed', () => {
    expect(sectionOf(modifiedFile('a', 0, ['type'], {}, dir)).files.modified).toBe(1);
  });
});

describe('a long list is summed up by directory', () => {
  const many = (folder: string, count: number, size = 1) =>
    Array.from({ length: count }, (_, index) => addedFile(`${folder}/${index}`, 0, { size }));
  const sums = (...entries: FileDifference[]) =>
    sectionOf(...entries).groups[0]?.directories.map(({ path, added, removed, delta }) => [
      path,
      added,
      removed,
      delta,
    ]);

  test('a short one is not', () => {
    expect(sums(...many('a', 20))).toEqual([]);
  });

  test('as deep as there is room for, the heaviest first', () => {
    expect(
      sums(...many('usr/lib/a', 12), ...many('usr/lib/b', 12, 5), removedFile('usr/x', 0, { size: 3 })),
    ).toEqual([
      ['usr/lib/b/', 12, 0, 60],
      ['usr/lib/a/', 12, 0, 12],
      ['usr/', 0, 1, -3],
    ]);
    expect(sums(...many('a', 21))).toEqual([['a/', 21, 0, 21]]);
    expect(sums(...many('.', 21).map((entry) => ({ ...entry, path: entry.path.slice(2) })))).toEqual([
      ['./', 21, 0, 21],
    ]);
  });

  test('ten at most: of a directory that holds too many the heaviest, and all else as one', () => {
    const packages = Array.from({ length: 40 }, (_, index) => many(`app/modules/${index}`, 3, index)).flat();
    const wide = sums(...packages, ...many('etc/a', 2), ...many('etc/b', 2)) ?? [];
    expect(wide).toHaveLength(10);
    expect(wide.slice(0, 2)).toEqual([
      ['app/modules/39/', 3, 0, 117],
      ['app/modules/38/', 3, 0, 114],
    ]);
    expect(wide.at(-1)).toEqual(['app/modules/…', 99, 0, (3 * 32 * 33) / 2]);
    expect(wide.reduce((sum, [, added]) => sum + Number(added), 0)).toBe(124);
  });
});

describe('new rights', () => {
  const privileged = (entry: FileDifference) => sectionOf(entry).privileged.map(({ remarks }) => remarks[0]);

  test.each([
    ['added setuid', addedFile('a', 0, { mode: '4755' }), ['setuid root']],
    ['setuid of a user', addedFile('a', 0, { mode: '4755', uid: 33 }), ['setuid 33']],
    [
      'setgid gained',
      modifiedFile('a', 0, ['mode'], { mode: '0755' }, { mode: '2755', gid: 5 }),
      ['setgid 5'],
    ],
    [
      'capabilities gained',
      modifiedFile('a', 0, ['xattrs'], {}, { xattrs: { 'security.capability': 'AQ==' } }),
      ['capabilities'],
    ],
    ['setuid that was there', modifiedFile('a', 0, ['content'], { mode: '4755' }, { mode: '4755' }), []],
    [
      'setuid of another user',
      modifiedFile('a', 0, ['owner'], { mode: '6755', uid: 33 }, { mode: '6755' }),
      ['setuid root'],
    ],
    ['setuid that went', removedFile('a', 0, { mode: '4755' }), []],
    ['setgid of a directory', addedFile('a', 0, { type: 'dir', mode: '2775' }), []],
    ['sticky only', addedFile('a', 0, { mode: '1755' }), []],
  ])('%s', (_, entry, remarks) => {
    expect(privileged(entry)).toEqual(remarks);
  });

  test('a sentence names five of them', () => {
    const files = Array.from({ length: 7 }, (_, index) => addedFile(`bin/${index}`, 0, { mode: '4755' }));
    expect(inline(tellRights(sectionOf(...files)) ?? [], 100)).toBe(
      '7 files run with new rights: `bin/0` (setuid root), `bin/1` (setuid root), `bin/2` (setuid root), `bin/3` (setuid root), `bin/4` (setuid root) and 2 more',
    );
    expect(tellRights(sectionOf(addedFile('a', 0)))).toBeNull();
  });
});

describe('lines', () => {
  test('sizes count content that comes, goes or differs, and nothing else', () => {
    expect(lineOf(addedFile('a', 0, { size: 5 }))?.delta).toBe(5);
    expect(lineOf(removedFile('a', 0, { size: 5 }))?.delta).toBe(-5);
    expect(lineOf(modifiedFile('a', 0, ['content'], { size: 5 }, { size: 5 }))).toMatchObject({
      delta: 0,
      remarks: ['content'],
    });
    expect(
      lineOf(modifiedFile('a', 0, ['mode'], { mode: '0600', size: 5 }, { mode: '0644', size: 5 })),
    ).toMatchObject({
      delta: null,
      remarks: ['mode 0600 → 0644'],
    });
    expect(
      lineOf(modifiedFile('a', 0, ['type'], { size: 5 }, { type: 'symlink', linkTarget: 'b' })),
    ).toMatchObject({
      delta: -5,
      linkTarget: 'b',
      remarks: ['file → symlink'],
    });
  });

  test('what a reader should know stands behind the path', () => {
    expect(lineOf(addedFile('a', 0, { mode: '0755' }))?.remarks).toEqual(['executable']);
    expect(lineOf(modifiedFile('a', 0, ['mode'], { mode: '0644' }, { mode: '0755' }))?.remarks).toEqual([
      'executable',
      'mode 0644 → 0755',
    ]);
    expect(
      lineOf(modifiedFile('a', 0, ['owner', 'xattrs', 'mtime'], {}, { uid: 1, gid: 2 }))?.remarks,
    ).toEqual(['owner 0:0 → 1:2', 'extended attributes', 'time']);
    expect(
      lineOf(
        modifiedFile(
          'a',
          0,
          ['link'],
          { type: 'symlink', linkTarget: 'x' },
          { type: 'symlink', linkTarget: 'y' },
        ),
      ),
    ).toMatchObject({ linkTarget: 'y', remarks: ['was → x'] });
    expect(lineOf(addedFile('dev/a', 0, { type: 'block', device: { major: 8, minor: 0 } }))?.remarks).toEqual(
      ['block device'],
    );
  });

  test('a directory ends with a slash, the root is a dot', () => {
    expect(lineOf(removedFile('etc', 0, { type: 'dir' }))?.path).toBe('etc/');
    expect(lineOf(modifiedFile('.', 0, ['mode'], { type: 'dir' }, { type: 'dir', mode: '0700' }))?.path).toBe(
      '.',
    );
  });
});
