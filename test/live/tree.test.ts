import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TreeEntry } from '../../src/core/rootfs/tree.ts';
import { type Buildah, prepareBuildah } from './support/buildah.ts';
import { buildWithBuildah, buildWithDocker, buildWithUmoci } from './support/built-images.ts';
import { findDisagreements } from './support/compare-lines.ts';
import { containerdUnpack } from './support/containerd.ts';
import { debianImage } from './support/debian-image.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { nastyLayers, unstatedDirectories } from './support/nasty-layers.ts';
import { lstatRootfs, type RootfsLine } from './support/oracles.ts';
import { skopeoCopy } from './support/skopeo.ts';
import { umociImage, umociUnpack } from './support/umoci.ts';
import { Varve } from './support/varve.ts';

let folder = '';
let engine: DockerEngine;
let buildah: Buildah;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-tree-'));
  engine = await startDockerEngine(at('docker'));
  buildah = await prepareBuildah(at('buildah'));
});

afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What one oracle cannot tell, and why. */
type Blindness = (line: RootfsLine) => RootfsLine;

/** Our tree as lstat would see it: without what only we know. */
function asSeen({ layer, implicit, mtimeNs, ...line }: TreeEntry): RootfsLine {
  return line;
}

async function treeOf(image: string, name: string): Promise<TreeEntry[]> {
  return new Varve(at(name, 'store')).tree(image);
}

async function expectAgreement(
  tree: readonly TreeEntry[],
  rootfs: string,
  ...blindnesses: readonly Blindness[]
): Promise<void> {
  const seen = await lstatRootfs(rootfs, at('lstat.ndjson'));
  const made = madeInPassing(tree);
  const blur = (line: RootfsLine) =>
    blindnesses.reduce((blurred, blind) => blind(blurred), made.has(line.path) ? withoutTime(line) : line);
  expect(findDisagreements(tree.map(asSeen).map(blur), seen.map(blur))).toEqual([]);
}

/**
 * Directories that no layer states: every engine makes them when it needs them, and so changes the time of the
 * directory that they are in.
 */
function madeInPassing(tree: readonly TreeEntry[]): ReadonlySet<string> {
  const implicit = tree.filter((entry) => entry.implicit).map(({ path }) => path);
  return new Set(implicit.flatMap((path) => [path, path.replace(/(^|\/)[^/]*$/, '') || '.']));
}

const withoutTime: Blindness = (line) => ({ ...line, mtime: 0 });
/** Engines that put the layers on one another change directories by what they put in them. */
const noDirectoryTimes: Blindness = (line) => (line.type === 'dir' ? withoutTime(line) : line);

/** Copying a layer's folder keeps no hard links but those of files. */
const noLinksOfOthers: Blindness = ({ links, ...line }) =>
  links !== undefined && line.type === 'file' ? { ...line, links } : line;
/** Go's archive programs of containers take no time before 1970. */
const noTimeBefore1970: Blindness = (line) => ({ ...line, mtime: Math.max(0, line.mtime) });
/** containerd applies no layer's own root, and where no layer has one, every engine has its own. */
const noRootMode: Blindness = (line) => (line.path === '.' ? { ...line, mode: '' } : line);

describe('a tree is what engines unpack', () => {
  it('of an image of odd layers: umoci, containerd and Buildah', async () => {
    const layout = at('odd', 'layout');
    mkdirSync(at('odd'));
    await umociImage(layout, 'odd', nastyLayers());
    const tree = await treeOf(`oci:${layout}:odd`, 'odd');
    expect(tree.length).toBeGreaterThan(100);

    await expectAgreement(tree, await umociUnpack(`${layout}:odd`, at('odd', 'umoci')));

    /** Copying a layer's folder loses capabilities. */
    const noCapabilities: Blindness = ({ xattrs = {}, ...line }) => {
      const { 'security.capability': _, ...rest } = xattrs;
      return Object.keys(rest).length === 0 ? line : { ...line, xattrs: rest };
    };
    const copied = [noDirectoryTimes, noLinksOfOthers, noTimeBefore1970];
    await expectAgreement(
      tree,
      await containerdUnpack(engine, layout),
      ...copied,
      noCapabilities,
      noRootMode,
    );

    await expectAgreement(tree, await buildahMount('oci:layout:odd', at('odd')), ...copied);
  });

  it('of directories that a layer leaves unstated over something else: the kernel, over the layers as Docker keeps them', async () => {
    const layout = at('unstated', 'layout');
    const archive = at('unstated', 'image.tar');
    mkdirSync(at('unstated'));
    await umociImage(layout, 'unstated', unstatedDirectories());
    await skopeoCopy(`oci:${layout}:unstated`, `docker-archive:${archive}:unstated:1`);
    await engine.docker(['load', '--input', archive]);
    await engine.mountImage('unstated:1', at('unstated', 'mount'));
    const tree = await treeOf(`oci:${layout}:unstated`, 'unstated');
    expect(tree.filter(({ implicit }) => implicit).length).toBeGreaterThan(6);
    await expectAgreement(tree, at('unstated', 'mount'), noRootMode);
  });

  it('of an image that umoci made: umoci, and the folder that it was made of', async () => {
    const { image, root } = await buildWithUmoci(at('umoci'));
    const tree = await treeOf(`oci:${image}`, 'umoci');
    expect(tree.length).toBeGreaterThan(400);
    await expectAgreement(tree, await umociUnpack(image, at('umoci', 'again')));
    // What umoci writes rounds times, and links names only to names of the same layer.
    await expectAgreement(tree, root, withoutTime, ({ links, ...line }) => line);
  });

  it('of an image that Docker built: the kernel, over the layers as Docker keeps them, and umoci', async () => {
    const archive = await buildWithDocker(engine, at('docker-built'));
    const tree = await treeOf(`docker-archive:${archive}`, 'docker-built');
    expect(tree.length).toBeGreaterThan(400);
    await engine.mountImage('built:1', at('docker-built', 'mount'));
    await expectAgreement(tree, at('docker-built', 'mount'));

    const layout = at('docker-built', 'layout');
    await skopeoCopy(`docker-archive:${archive}`, `oci:${layout}:built`);
    await expectAgreement(tree, await umociUnpack(`${layout}:built`, at('docker-built', 'umoci')));
  });

  it('of an image that Buildah built: Buildah and umoci', async () => {
    const image = await buildWithBuildah(buildah, at('buildah-built'));
    const tree = await treeOf(`oci:${image}`, 'buildah-built');
    expect(tree.length).toBeGreaterThan(400);
    await expectAgreement(tree, await umociUnpack(image, at('buildah-built', 'umoci')));
    const blindnesses = [noDirectoryTimes, noLinksOfOthers, noRootMode];
    await expectAgreement(tree, await buildahMount('localhost/built'), ...blindnesses);
  });

  it('of a Debian image that Buildah built: umoci, and Docker by the kernel', async () => {
    const layout = await debianImage();
    mkdirSync(at('debian'));
    const tree = await treeOf(`oci:${layout}:debian`, 'debian');
    expect(tree.length).toBeGreaterThan(10_000);
    expect(tree.reduce((bytes, { size }) => bytes + size, 0)).toBeGreaterThan(100_000_000);
    await expectAgreement(tree, await umociUnpack(`${layout}:debian`, at('debian', 'umoci')));

    const archive = at('debian', 'saved.tar');
    await skopeoCopy(`oci:${layout}:debian`, `docker-archive:${archive}:debian:1`);
    await engine.docker(['load', '--input', archive]);
    await engine.mountImage('debian:1', at('debian', 'mount'));
    await expectAgreement(tree, at('debian', 'mount'));
  });
});

/** The root filesystem of an image as Buildah puts it together, without the overlays of a kernel. */
async function buildahMount(image: string, cwd = folder): Promise<string> {
  const container = (await buildah.run(['from', '--quiet', '--pull-never', image], { cwd })).trim();
  return (await buildah.run(['mount', container])).trim();
}
