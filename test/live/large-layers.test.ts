import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeJson } from '../support/image-maker.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { readLines } from './support/json-lines.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const GiB = 1024 ** 3;
const LARGE = 4 * GiB + 1;
/** Far less than any layer here, and what Node itself takes is a good part of it. */
const MEMORY = 300 * 1024 ** 2;

const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

/** Runs a program and tells on stderr how many kilobytes of memory it had at most. */
const MEASURED = `import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)`;

/** Four times as fast as sha256sum. */
async function sha256(path: string): Promise<string> {
  return `sha256:${(await run('openssl', ['dgst', '-sha256', '-r', path])).slice(0, 64)}`;
}

/** Lists the first layer of an image, and holds the process to its memory. */
async function layerLs(image: string): Promise<InventoryEntry[]> {
  const [report, memory] = [newPath('report'), newPath('memory')];
  const varve = [process.execPath, join(DIST, 'cli.js'), 'layer', 'ls', image, '0', '--format', 'ndjson'];
  const line = ['python3', '-c', MEASURED, ...varve, '--cas-root', newPath('store')];
  await run('bash', ['-c', '"$@" 2> "$0"', memory, ...line], { stdout: report });
  const [kilobytes] = readLines<number>(memory);
  expect((kilobytes ?? 0) * 1024).toBeLessThan(MEMORY);
  return readLines<InventoryEntry>(report);
}

describe('a layer of more than 4 GiB', () => {
  let folder: string;
  let layer: string;
  let diffId: string;
  let expected: object[];

  beforeAll(async () => {
    await ensurePackages('zstd', 'openssl');
    folder = newPath('layer');
    mkdirSync(folder);
    await run('truncate', ['--size', String(LARGE), join(folder, 'large')]);
    writeFileSync(join(folder, 'after'), 'after');
    layer = join(folder, 'layer.tar');
    // The zeros take no room on the disk, neither here nor in the archive.
    await run('bash', [
      '-o',
      'pipefail',
      '-c',
      `tar -c -C ${folder} large after | dd conv=sparse bs=1M of=${layer}`,
    ]);
    expect(statSync(layer).size).toBeGreaterThan(LARGE);
    diffId = await sha256(layer);
    expected = await Promise.all(
      ['after', 'large'].map(async (name) => ({
        path: name,
        size: statSync(join(folder, name)).size,
        sha256: (await sha256(join(folder, name))).replace('sha256:', ''),
      })),
    );
  });

  it('is read whole from a layout, compressed with zstd, and in little memory', async () => {
    const blob = newPath('blob');
    await run('zstd', ['-1', '--quiet', '-c'], { stdin: layer, stdout: blob });
    const descriptor = {
      mediaType: `${LAYER_TYPE}+zstd`,
      digest: await sha256(blob),
      size: statSync(blob).size,
    };
    const config = makeJson(
      { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [diffId] } },
      'application/vnd.oci.image.config.v1+json',
    );
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const content = { schemaVersion: 2, mediaType, config: config.descriptor, layers: [descriptor] };
    const manifest = makeJson(content, mediaType);
    const layout = writeFolder(newPath('layout'), layoutFiles([manifest.descriptor], [manifest, config]));
    renameSync(blob, join(layout, 'blobs', descriptor.digest.replace(':', '/')));
    expect(await layerLs(`oci:${layout}`)).toMatchObject(expected);
  });

  it('may stand in an archive before the one that is read', async () => {
    const after = join(folder, 'second.tar');
    await run('tar', ['--create', '--file', after, '--directory', folder, 'after']);
    const diffIds = [await sha256(after), diffId];
    const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const item = { Config: 'config.json', RepoTags: ['large:1'], Layers: ['second.tar', 'layer.tar'] };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([item]));
    const archive = newPath('saved.tar');
    const tar = `tar -c -C ${folder} layer.tar second.tar config.json manifest.json`;
    await run('bash', ['-o', 'pipefail', '-c', `${tar} | dd conv=sparse bs=1M of=${archive}`]);
    expect(await layerLs(`docker-archive:${archive}`)).toMatchObject([{ path: 'after' }]);
  });
});
