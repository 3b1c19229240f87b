/**
 * A process of its own that asks a cache for entries, for tests of several at once.
 * Arguments: root, quota, how many keys. It prints a line for each entry that it had to make itself.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSurfaceCache } from '../../src/adapters/surface-cache/file-surface-cache.ts';
import { digestOf, hexOf } from '../../src/base/digest.ts';

export const keyNamed = (name: string) => ({
  namespace: 'layer.files',
  tenant: 'acme',
  sha256: hexOf(digestOf(name)),
});
export const bytesNamed = (name: string): Buffer => Buffer.from(`${name} `.repeat(200));

if (process.argv[1] === import.meta.filename) {
  const [root = '', quota = '0', keys = '0'] = process.argv.slice(2);
  const cache = new FileSurfaceCache(root, { quota: Number(quota), lowWater: Number(quota) / 2 });
  for (let key = 0; key < Number(keys); key++) {
    const name = `entry ${key}`;
    const bytes = await cache.getOrMake(keyNamed(name), async () => {
      await sleep(5);
      writeSync(1, `${name}\n`);
      return bytesNamed(name);
    });
    if (!bytes || !bytesNamed(name).equals(bytes)) throw new Error(`${name} is torn`);
  }
}
