import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type RegistryKind, startDockerRegistry } from './support/docker-registry.ts';
import { type LiveRegistry, NAMED_REGISTRIES, startNamedRegistry } from './support/named-registries.ts';
import { describeBrokenUploads, describeRegistry } from './support/registry-suite.ts';

const newPath = temporaryFolder();

async function startKind(kind: RegistryKind): Promise<LiveRegistry> {
  const registry = await startDockerRegistry(newPath('registry'), kind);
  return { ...registry, dockerConfig: kind === 'htpasswd' ? registry.dockerConfig : null };
}

for (const kind of ['plain', 'htpasswd', 'tls'] as const) {
  describeRegistry(`docker-registry (${kind})`, () => startKind(kind));
}
describeBrokenUploads('docker-registry', () => startKind('plain'));

for (const named of NAMED_REGISTRIES) {
  const place = process.env[named.variable] ?? '';
  if (place === '') {
    describe(named.name, () => {
      it(`was not tried: ${named.variable} names neither its program nor its address`, () => {
        console.info(`not tried: ${named.name} (name its program or address with ${named.variable})`);
        expect(process.env[named.variable] ?? '').toBe('');
      });
    });
    continue;
  }
  const start = () => startNamedRegistry(named, place, newPath('named'));
  describeRegistry(named.name, start);
  describeBrokenUploads(named.name, start);
}
