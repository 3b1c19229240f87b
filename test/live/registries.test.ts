import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type RegistryKind, startDockerRegistry } from './support/docker-registry.ts';
import { type LiveRegistry, NAMED_REGISTRIES, startNamedRegistry } from './support/named-registries.ts';
import { tellNotTried } from './support/not-tried.ts';
import { run } from './support/program.ts';
import { describeBrokenTransfers, describeManyTags, describeRegistry } from './support/registry-suite.ts';

const newPath = temporaryFolder();

async function startKind(kind: RegistryKind): Promise<LiveRegistry> {
  const registry = await startDockerRegistry(newPath('registry'), kind);
  return { ...registry, dockerConfig: kind === 'htpasswd' ? registry.dockerConfig : null };
}

for (const kind of ['plain', 'htpasswd', 'tls'] as const) {
  describeRegistry(`docker-registry (${kind})`, () => startKind(kind), true);
}
describeBrokenTransfers('docker-registry', () => startKind('plain'));
describeManyTags('docker-registry', () => startKind('plain'));

describe('a blob of 600 MB', () => {
  /** Pushes a file of zeros in a process of its own. @returns the most memory that this took, in bytes. */
  async function push(registry: LiveRegistry, size: number): Promise<number> {
    const file = newPath('zeros');
    writeFileSync(file, '');
    truncateSync(file, size);
    const sum = (await run('sha256sum', [file])).slice(0, 64);
    const script = join(import.meta.dirname, 'support/push-file.ts');
    return Number(await run(process.execPath, [script, registry.host, file, String(size), `sha256:${sum}`]));
  }

  it('takes no more memory than one of 100 MB', async () => {
    const registry = await startKind('plain');
    try {
      const small = await push(registry, 100_000_000);
      expect((await push(registry, 600_000_000)) - small).toBeLessThan(60_000_000);
    } finally {
      await registry.stop();
    }
  });
});

for (const named of NAMED_REGISTRIES) {
  const place = process.env[named.variable] ?? '';
  if (place === '') {
    describe(named.name, () => tellNotTried(named.name, named.variable));
    continue;
  }
  const start = () => startNamedRegistry(named, place, newPath('named'));
  describeRegistry(named.name, start, named.mounts);
  describeBrokenTransfers(named.name, start);
  describeManyTags(named.name, start);
}
