import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { buildWithDocker, buildWithUmoci } from './support/built-images.ts';
import { findDisagreements } from './support/compare-lines.ts';
import { debianImage } from './support/debian-image.ts';
import { type DissectedImage, dissectImage } from './support/dissect-image.ts';
import { startDockerEngine } from './support/docker-engine.ts';
import { gnuTarListing, type ListedEntry } from './support/gnu-tar.ts';
import { nastyLayers } from './support/nasty-layers.ts';
import { tarfileInventory } from './support/oracles.ts';
import { umociImage } from './support/umoci.ts';
import { Varve } from './support/varve.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
let folder = '';
const at = (...names: string[]) => join(folder, ...names);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-inventory-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LETTERS: Readonly<Record<InventoryEntry['type'], string>> = {
  file: '-',
  dir: 'd',
  symlink: 'l',
  hardlink: 'h',
  char: 'c',
  block: 'b',
  fifo: 'p',
  whiteout: '-',
  opaque: '-',
};

/** Our line as GNU tar would list it. */
function asListed(entry: InventoryEntry): ListedEntry & { path: string } {
  const { path, type, mode, uid, gid, size, mtime, linkTarget, device } = entry;
  return {
    path,
    name: path,
    letter: LETTERS[type],
    mode,
    uid,
    gid,
    size: device ? `${device.major},${device.minor}` : String(size),
    mtime,
    ...(linkTarget !== undefined && { linkTarget }),
  };
}

/** GNU tar's line with the names as inventories have them. */
function asNormalized(line: ListedEntry): ListedEntry & { path: string } {
  const clean = (name: string) => name.replace(/^(\.?\/)+/, '').replace(/\/+$/, '') || '.';
  const name = clean(line.name);
  const { linkTarget } = line;
  if (line.letter !== 'h' || linkTarget === undefined) return { ...line, path: name, name };
  return { ...line, path: name, name, linkTarget: clean(linkTarget) };
}

const inByteOrder = (a: { path: string }, b: { path: string }) =>
  Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));

/** Holds every layer of an image against both programs. Gives how many entries were compared. */
async function expectAgreement(reference: string, image: DissectedImage, name: string): Promise<number> {
  const varve = new Varve(at(name, 'store'));
  let compared = 0;
  for (const [index, { tar }] of image.layers.entries()) {
    const entries = await varve.layerLs(reference, index);
    const python = await tarfileInventory(tar, at(name, 'python.ndjson'));
    expect([index, findDisagreements(entries, python)]).toEqual([index, []]);
    const listed = (await gnuTarListing(tar, at(name, 'listing'))).map(asNormalized).sort(inByteOrder);
    expect([index, findDisagreements(entries.map(asListed), listed)]).toEqual([index, []]);
    compared += entries.length;
  }
  return compared;
}

describe("every layer's inventory is that of Python's tarfile and of GNU tar", () => {
  it('of a Debian image', async () => {
    const layout = await debianImage();
    const image = await dissectImage(layout, 'debian', at('debian'));
    expect(await expectAgreement(`oci:${layout}:debian`, image, 'debian')).toBeGreaterThan(10_000);
  });

  it('of an image of odd layers', async () => {
    const layout = at('odd-layout');
    await umociImage(layout, 'odd', nastyLayers());
    const image = await dissectImage(layout, 'odd', at('odd'));
    expect(await expectAgreement(`oci:${layout}:odd`, image, 'odd')).toBeGreaterThan(100);
  });

  it('of an image that umoci made', async () => {
    const { image } = await buildWithUmoci(at('umoci-made'));
    const dissected = await dissectImage(at('umoci-made', 'layout'), 'built', at('umoci'));
    expect(await expectAgreement(`oci:${image}`, dissected, 'umoci')).toBeGreaterThan(500);
  });

  it('of an image that Docker built', async () => {
    const engine = await startDockerEngine(at('docker'));
    try {
      const archive = await buildWithDocker(engine, at('docker-built'));
      const dissected = await dissectImage(archive, 'built:1', at('saved'));
      expect(await expectAgreement(`docker-archive:${archive}`, dissected, 'saved')).toBeGreaterThan(500);
    } finally {
      await engine.stop();
    }
  });

  it.each([
    ['app-v1', 'shop:v1'],
    ['app-v2', 'shop:v2'],
    ['forms/gzip', null],
    ['forms/zstd', null],
    ['forms/zstd-chunked', null],
    ['forms/engine-20.tar', 'forms:1'],
    ['forms/engine-20.tar', 'forms:2'],
    ['forms/engine-20.tar.gz', 'forms:2'],
    ['forms/engine-20.tar.zst', 'forms:1'],
    ['forms/engine-25.0.0.tar', null],
    ['forms/engine-28-classic.tar', 'forms:1'],
    ['forms/engine-28-classic.tar', 'forms:2'],
    ['forms/engine-28-containerd.tar', null],
    ['forms/engine-28-containerd-schema2.tar', null],
    ['forms/skopeo.tar', null],
    ['forms/skopeo.oci.tar', null],
  ])('of the fixture %s, image %s', async (fixture, tag) => {
    const path = join(FIXTURES, fixture);
    const name = fixture.replaceAll('/', '-');
    mkdirSync(at(name), { recursive: true });
    const image = await dissectImage(path, tag, at(`${name}-${tag}`));
    const reference = /^(app|forms\/(gzip|zstd))/.test(fixture) ? `oci:${path}` : `docker-archive:${path}`;
    const tagged = tag === null ? path : `${reference}:${tag}`;
    expect(await expectAgreement(tagged, image, name)).toBeGreaterThan(10);
  });
});
