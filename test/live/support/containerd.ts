import { rmSync } from 'node:fs';
import type { DockerEngine } from './docker-engine.ts';
import { run } from './program.ts';

/**
 * Unpacks an image of an OCI layout with containerd. Its native snapshotter applies each layer to a whole copy of the
 * ones below, where its overlay snapshotter could not make hard links across layers.
 * @returns the folder of the root filesystem, there until the engine stops
 */
export async function containerdUnpack({ ctr }: DockerEngine, layout: string): Promise<string> {
  const archive = `${layout}.tar`;
  await run('tar', ['--create', '--file', archive, '--directory', layout, '.']);
  await ctr('images', 'import', '--snapshotter', 'native', '--base-name', 'unpacked', archive);
  rmSync(archive);
  const snapshots = ['snapshots', '--snapshotter', 'native'];
  const rows = (await ctr(...snapshots, 'ls')).split('\n').map((line) => line.match(/sha256:\S+/g) ?? []);
  const parents = new Set(rows.map(([, parent]) => parent));
  const top = rows.find(([key]) => key !== undefined && !parents.has(key))?.[0] ?? '';
  const command = await ctr(...snapshots, 'view', '--target', '/nowhere', 'view', top);
  const folder = /^mount -t bind (\S+) /.exec(command)?.[1];
  if (folder === undefined) throw new Error(`containerd would mount in another way: ${command}`);
  return folder;
}
