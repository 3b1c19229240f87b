import {
  chmodSync,
  chownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { inventoryOf } from '../support/read-layer.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { gnuTarListing } from './support/gnu-tar.ts';
import { tarfileInventory } from './support/oracles.ts';
import { run } from './support/program.ts';

let folder = '';
const at = (name: string) => join(folder, name);

/** A file with holes, as a program that seeks leaves it. */
async function writeSparse(
  path: string,
  size: number,
  parts: readonly (readonly [number, string])[],
): Promise<void> {
  const file = await open(path, 'w');
  for (const [offset, text] of parts) await file.write(text, offset);
  await file.close();
  truncateSync(path, size);
}

/** What the oldest formats can hold. */
async function makeTree(tree: string): Promise<void> {
  mkdirSync(join(tree, 'dir'), { recursive: true });
  writeFileSync(join(tree, 'dir/file'), 'content');
  writeFileSync(join(tree, 'dir/empty'), '');
  writeFileSync(join(tree, 'dir/large'), Buffer.alloc(700_000, 'large'));
  linkSync(join(tree, 'dir/file'), join(tree, 'dir/hard'));
  symlinkSync('../dir//file', join(tree, 'dir/soft'));
  chmodSync(join(tree, 'dir/empty'), 0o4751);
  chmodSync(join(tree, 'dir'), 0o1777);
  chownSync(join(tree, 'dir/empty'), 1234, 5678);
  utimesSync(join(tree, 'dir/empty'), 1, 1_234_567_890);
  writeFileSync(Buffer.from(join(tree, 'dir/latin-\xff\xe9'), 'latin1'), 'x');
  writeFileSync(join(tree, 'dir/grüße "quoted" \\ \n'), 'y');
}

/** What GNU and PAX can hold beyond that. */
async function growTree(tree: string): Promise<void> {
  const long = join(tree, ...Array.from({ length: 12 }, (_, i) => `directory-with-a-long-name-${i}`));
  mkdirSync(long, { recursive: true });
  writeFileSync(join(long, 'n'.repeat(200)), 'long');
  symlinkSync('t/'.repeat(150), join(tree, 'long-target'));
  lutimesSync(join(tree, 'long-target'), 5, 5);
  writeFileSync(join(tree, 'huge-owner'), '');
  chownSync(join(tree, 'huge-owner'), 3_000_000_000, 4_000_000_000);
  writeFileSync(join(tree, 'before-1970'), '');
  await run('touch', ['-d', '1960-01-02 03:04:05.75 UTC', join(tree, 'before-1970')]);
  writeFileSync(join(tree, 'fraction'), '');
  utimesSync(join(tree, 'fraction'), 1.25, 1_700_000_000.123456);
  await run('mknod', [join(tree, 'char'), 'c', '300', '70000']);
  await run('mknod', [join(tree, 'block'), 'b', '8', '1']);
  await run('mkfifo', [join(tree, 'fifo')]);
  await writeSparse(join(tree, 'sparse-few'), 3_000_000, [
    [0, 'start'],
    [1_000_000, 'middle'],
  ]);
  await writeSparse(join(tree, 'sparse-hole'), 2_000_000, []);
  const many = Array.from({ length: 80 }, (_, i) => [i * 100_000, `part ${i}`] as const);
  await writeSparse(join(tree, 'sparse-many'), 9_000_000, many);
}

beforeAll(async () => {
  await ensurePackages('python3', 'attr');
  folder = mkdtempSync(join(tmpdir(), 'varve-tar-'));
  for (const name of ['old', 'new']) await makeTree(at(name));
  await growTree(at('new'));
  await run('setfattr', ['-n', 'user.note', '-v', '0x00ff0a3d', join(at('new'), 'dir/file')]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectAgreement(tar: string): Promise<readonly InventoryEntry[]> {
  const { entries } = await inventoryOf(readFileSync(tar), { chunk: 262_144 });
  expect(entries.length).toBeGreaterThan(5);
  expect(entries).toEqual(await tarfileInventory(tar, at('python.ndjson')));
  const listed = await gnuTarListing(tar, at('listing'));
  expect(listed).toHaveLength(entries.length);
  const byName = new Map(
    listed.map((line) => [line.name.replace(/^\.\//, '').replace(/\/$/, '') || '.', line]),
  );
  for (const { path, uid, gid, mtime, mtimeNs, size, type, linkTarget } of entries) {
    const line = byName.get(path);
    // The listing rounds times before 1970 towards zero.
    const listedTime = mtime < 0 && mtimeNs !== undefined ? mtime + 1 : mtime;
    expect(line).toMatchObject({ uid, gid, mtime: listedTime });
    if (type === 'file') expect(line?.size).toBe(String(size));
    if (type === 'symlink') expect(line?.linkTarget).toBe(linkTarget);
  }
  return entries;
}

describe('GNU tar', () => {
  const forms: readonly (readonly [string, string, readonly string[]])[] = [
    ['v7', 'old', ['--format=v7']],
    ['ustar', 'old', ['--format=ustar']],
    ['oldgnu', 'new', ['--format=oldgnu']],
    ['gnu', 'new', ['--format=gnu']],
    ['gnu, sparse', 'new', ['--format=gnu', '--sparse']],
    ['posix', 'new', ['--format=posix', '--xattrs']],
    ['posix, sparse 0.0', 'new', ['--format=posix', '--sparse', '--sparse-version=0.0']],
    ['posix, sparse 0.1', 'new', ['--format=posix', '--sparse', '--sparse-version=0.1']],
    ['posix, sparse 1.0', 'new', ['--format=posix', '--sparse', '--sparse-version=1.0', '--xattrs']],
    ['posix, global headers', 'new', ['--format=posix', '--pax-option=globexthdr.name=g,comment=hello']],
    ['posix, BINARY', 'new', ['--format=posix', '--pax-option=hdrcharset:=BINARY']],
  ];

  it.each(forms)('%s', async (_, tree, options) => {
    const tar = at('gnu.tar');
    await run('tar', ['--create', '--file', tar, ...options, '--directory', at(tree), '.']);
    const entries = await expectAgreement(tar);
    if (options.includes('--xattrs'))
      expect(entries.some(({ xattrs }) => xattrs?.['user.note'] === 'AP8KPQ==')).toBe(true);
    if (tree === 'new') expect(entries.some(({ size }) => size === 9_000_000)).toBe(true);
  });
});

describe("Python's tarfile", () => {
  it.each([
    ['USTAR', 'old'],
    ['GNU', 'new'],
    ['PAX', 'new'],
  ])('%s', async (format, tree) => {
    const tar = at('python.tar');
    const script = `import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.${format}_FORMAT, errors="surrogateescape") as tar: tar.add(sys.argv[2], "root")`;
    await run('/usr/bin/python3', ['-c', script, tar, at(tree)]);
    await expectAgreement(tar);
  });
});
