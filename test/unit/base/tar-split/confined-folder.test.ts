import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { ConfinedFolder } from '../../../../src/base/tar-split/confined-folder.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const openFiles = (): number => readdirSync('/proc/self/fd').length;

let root = '';
beforeEach(() => {
  const place = newPath('place');
  root = join(place, 'root');
  mkdirSync(join(root, 'a/b/c'), { recursive: true });
  mkdirSync(join(root, 'a/d'));
  for (const file of ['top', 'a/one', 'a/b/two', 'a/b/c/three', 'a/d/four'])
    writeFileSync(join(root, file), file);
  writeFileSync(join(place, 'secret'), 'secret');
});

function contentOf(folder: ConfinedFolder, name: string, size: number): string {
  const descriptor = folder.open(name, size);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function faultOf(folder: ConfinedFolder, name: string, size = 6): VarveError {
  try {
    closeSync(folder.open(name, size));
  } catch (fault) {
    if (fault instanceof VarveError) return fault;
    throw fault;
  }
  throw new Error(`${name} was opened`);
}

describe('a confined folder', () => {
  test('opens files in any order, and holds only the folders on the way to the last', () => {
    const before = openFiles();
    const folder = new ConfinedFolder(root);
    const names = ['a/b/c/three', 'a/b/two', 'top', 'a/d/four', './a//b/./two', '/a/one', 'a/b/c/three'];
    for (const name of names) {
      expect(contentOf(folder, name, name.replace('./a//b/.', 'a/b').replace(/^\//, '').length)).toBe(
        name.replace('./a//b/.', 'a/b').replace(/^\//, ''),
      );
    }
    expect(openFiles()).toBe(before + 4);
    folder[Symbol.dispose]();
    expect(openFiles()).toBe(before);
  });

  test('goes on after a file that could not be opened', () => {
    using folder = new ConfinedFolder(root);
    expect(faultOf(folder, 'a/b/x/y').code).toBe('unreachable');
    expect(contentOf(folder, 'a/b/two', 7)).toBe('a/b/two');
    expect(faultOf(folder, 'a/b/nothing').code).toBe('unreachable');
    expect(contentOf(folder, 'a/b/two', 7)).toBe('a/b/two');
  });

  test.each([
    '../secret',
    'a/../../secret',
    'a/b/..',
    '..',
    '.',
    '',
    '/',
    'a/',
    'a/.',
    '/../secret',
    'a/\0/x',
    'x\0',
  ])('refuses the name %j', (name) => {
    using folder = new ConfinedFolder(root);
    expect(faultOf(folder, name).code).toBe('malformed');
  });

  test('follows no link', () => {
    symlinkSync('../secret', join(root, 'link'));
    symlinkSync('..', join(root, 'up'));
    symlinkSync('/', join(root, 'a/rooted'));
    using folder = new ConfinedFolder(root);
    for (const name of ['link', 'up/secret', `a/rooted${join(root, '../secret')}`, `up/root/top`]) {
      expect(['unsupported', 'unreachable']).toContain(faultOf(folder, name).code);
    }
  });

  test('is not a link itself', () => {
    symlinkSync(root, `${root}-link`);
    using folder = new ConfinedFolder(`${root}-link`);
    expect(faultOf(folder, 'top', 3).code).toBe('unreachable');
  });

  test('stays in the folder that it opened, though another takes its name', () => {
    using folder = new ConfinedFolder(root);
    expect(contentOf(folder, 'a/b/two', 7)).toBe('a/b/two');
    renameSync(join(root, 'a/b'), join(root, 'a/moved'));
    mkdirSync(join(root, 'elsewhere'));
    writeFileSync(join(root, 'elsewhere/two'), 'trapped');
    symlinkSync('../elsewhere', join(root, 'a/b'));
    expect(contentOf(folder, 'a/b/two', 7)).toBe('a/b/two');
    expect(contentOf(folder, 'top', 3)).toBe('top');
    expect(faultOf(folder, 'a/b/two', 7).code).toBe('unreachable');
  });

  test('opens no pipe, device, socket or folder', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    if (process.getuid?.() === 0) execFileSync('mknod', [join(root, 'device'), 'c', '1', '5']);
    else symlinkSync('/dev/zero', join(root, 'device'));
    using folder = new ConfinedFolder(root);
    for (const name of ['pipe', 'device', 'a']) expect(faultOf(folder, name, 0).code).toBe('unsupported');
  });

  test('opens names that are no UTF-8, and none that only look like them', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]), 'raw');
    writeFileSync(join(root, 'ÿ'), 'umlaut');
    using folder = new ConfinedFolder(root);
    expect(contentOf(folder, '\xffA', 3)).toBe('raw');
    expect(contentOf(folder, '\xc3\xbf', 6)).toBe('umlaut');
    expect(faultOf(folder, '\xff').object).toBe(`${root}/\\xff`);
  });

  test('goes 256 folders deep, and no deeper', () => {
    const deep = Array(256).fill('n').join('/');
    mkdirSync(join(root, deep), { recursive: true });
    writeFileSync(join(root, deep, 'file'), 'deep');
    const before = openFiles();
    {
      using folder = new ConfinedFolder(root);
      expect(contentOf(folder, `${deep}/file`, 4)).toBe('deep');
      expect(faultOf(folder, `${deep}/n/file`).code).toBe('unsupported');
      expect(contentOf(folder, 'top', 3)).toBe('top');
      expect(faultOf(folder, `${'n'.repeat(300)}/file`).code).toBe('unreachable');
    }
    expect(openFiles()).toBe(before);
  });
});
