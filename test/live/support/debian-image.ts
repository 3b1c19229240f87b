import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareBuildah } from './buildah.ts';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';
import { cached } from './test-cache.ts';

/** A change to this text makes the image anew under a name of its own. */
const NAME = 'debian-image-1';

const DOCKERFILE = `FROM scratch
ADD base.tar /
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends git perl python3-minimal
RUN apt-get install -y --no-install-recommends iputils-ping man-db sudo locales
RUN rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin && useradd --create-home --shell /bin/bash someone
RUN apt-get purge -y man-db && rm -rf /usr/share/doc && mkdir /usr/share/doc && ln /etc/passwd /usr/share/doc/users
CMD ["bash"]
`;

/**
 * A Debian image of more than 100 MB with layers of packages, whiteouts, hard links and file capabilities,
 * built by mmdebstrap and Buildah and kept in the test cache.
 * @returns the folder of an OCI layout with the tag `debian`
 */
export async function debianImage(): Promise<string> {
  return cached(NAME, async (layout) => {
    await ensurePackages('mmdebstrap');
    const folder = mkdtempSync(join(tmpdir(), 'varve-test-debian-'));
    try {
      const context = join(folder, 'context');
      mkdirSync(context);
      writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
      await run('mmdebstrap', ['--quiet', '--variant=minbase', 'bookworm', join(context, 'base.tar')]);
      const buildah = await prepareBuildah(join(folder, 'buildah'));
      // Packages come from where the machine takes its own, whatever that is.
      await buildah.build(context, 'debian', '--volume', '/etc/apt:/etc/apt:ro');
      await buildah.push('debian', `oci:${layout}:debian`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
