import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { runAction } from '../support/action-runner.ts';
import { GitRepository } from '../support/git-repository.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { type MadeImage, makeImage, makeLayer } from '../support/image-maker.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type DockerRegistry, type RegistryKind, startDockerRegistry } from './support/docker-registry.ts';
import { attempt, run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const newPath = temporaryFolder();

/** Pushes an image as it is. @returns `HOST/NAME@DIGEST`. */
async function push(registry: DockerRegistry, name: string, image: MadeImage): Promise<string> {
  const layout = writeFolder(newPath('layout'), layoutFiles([image.descriptor], image.blobs));
  const target = `docker://${registry.host}/${name}`;
  await skopeoCopy(`oci:${layout}`, target, '--preserve-digests', ...registry.skopeoOptions);
  return `${registry.host}/${name.replace(/:.*$/, '')}@${image.digest}`;
}

/** Two versions of a base image, and an image built on each. */
async function pushImages(registry: DockerRegistry): Promise<{ bases: MadeImage[]; images: MadeImage[] }> {
  const os = await makeLayer({ 'etc/os-release': 'ID=test' });
  const app = await makeLayer({ 'app/main.js': 'main()' });
  const bases: MadeImage[] = [];
  const images: MadeImage[] = [];
  for (const version of ['22.11', '22.12']) {
    const base = makeImage([os, await makeLayer({ 'usr/bin/node': version })]);
    const annotations = {
      'org.opencontainers.image.base.name': `${registry.host}/node:${version}`,
      'org.opencontainers.image.base.digest': base.digest,
    };
    const image = makeImage([...base.layers, app], { manifest: { annotations } });
    await push(registry, `node:${version}`, base);
    await push(registry, `acme/web:${version}`, image);
    bases.push(base);
    images.push(image);
  }
  return { bases, images };
}

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

describe.each<RegistryKind>(['plain', 'htpasswd', 'tls'])('a bump in a registry of the kind %s', (kind) => {
  let registry: DockerRegistry;
  let pushed: Awaited<ReturnType<typeof pushImages>>;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'), kind);
    pushed = await pushImages(registry);
  });

  afterAll(() => registry?.stop());

  it('is told apart from the own part of the image, without a build and without the layers of the base', async () => {
    const web = `docker://${registry.host}/acme/web`;
    const args = ['compare', `${web}:22.11`, `${web}@${pushed.images[1]?.digest}`, '--cas-root', newPath()];
    const ca = registry.ca === null ? [] : ['--ca', registry.ca];
    const DOCKER_CONFIG = kind === 'htpasswd' ? registry.dockerConfig : '/nonexistent';
    const { status, stdout, stderr } = await attempt(
      process.execPath,
      [join(DIST, 'cli.js'), ...args, ...ca],
      { env: { DOCKER_CONFIG, COLUMNS: '200' } },
    );
    expect([status, stderr]).toEqual([0, '']);
    const [old, now] = pushed.bases.map(({ digest }) => short(digest));
    const node = `${registry.host}/node`;
    expect(stdout).toContain(`base image: ${node}:22.11@${old} → ${node}:22.12@${now}\n`);
    expect(stdout).toContain('usr/bin/node');
    const read = registry.blobReads();
    const layers = pushed.images.flatMap((image) => image.layers.map(({ digest }) => digest));
    for (const digest of new Set(layers)) expect(read.filter((each) => each === digest)).toHaveLength(1);
  });
});

describe('the recipe for Renovate', () => {
  const [snippet] = snippetsIn('yaml').filter(({ place }) => place.startsWith('docs/recipes/renovate.md'));
  const { steps } = parse(snippet?.text ?? '').jobs.compare;
  const find = steps.find(({ id }: { id?: string }) => id === 'digest');
  const varve = steps.find(({ uses = '' }: { uses?: string }) => uses.startsWith('varve-dev/'));
  let registry: DockerRegistry;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'));
  });

  afterAll(() => registry?.stop());

  /** A checkout of the merge of a pull request that writes other digests into the file. */
  function checkOut(old: string, now: string): string {
    const repository = GitRepository.create(newPath('checkout'));
    mkdirSync(join(repository.folder, 'deploy'));
    const write = (image: string): string => {
      writeFileSync(join(repository.folder, 'deploy/web.yaml'), `image: ${image} # of the shop\n`);
      repository.git('add', '.');
      return repository.commit();
    };
    const base = write(old);
    repository.git('checkout', '--quiet', '-b', 'bump');
    write(now);
    repository.git('checkout', '--quiet', '--detach', base);
    repository.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'bump');
    return repository.folder;
  }

  /** What its first step finds. */
  async function findDigests(folder: string, image: string): Promise<string> {
    const output = newPath('output');
    writeFileSync(output, '');
    const env = { ...find.env, IMAGE: image, GITHUB_OUTPUT: output };
    await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', find.run], { cwd: folder, env });
    return readFileSync(output, 'utf8');
  }

  it('compares what a pull request replaces', async () => {
    const { images, bases } = await pushImages(registry);
    const name = `${registry.host}/acme/web`;
    const [old, now] = images.map(({ digest }) => `${name}:v1@${digest}`);
    const folder = checkOut(String(old), String(now));
    const found = await findDigests(folder, name);
    const digests = images.map(({ digest }) => `${name}@${digest}`);
    expect(found).toBe(`old=${digests[0]}\nnew=${digests[1]}\n`);

    const outputs = new Map(found.split('\n').map((line) => line.split('=') as [string, string]));
    const inputs = Object.fromEntries(
      Object.entries<string>(varve.with).map(([input, text]) => [
        input,
        text.replace(/\$\{\{ steps\.digest\.outputs\.(\w+) \}\}/, (_, output) => outputs.get(output) ?? ''),
      ]),
    );
    const file = newPath('pointer.json');
    const outcome = await runAction({
      inputs: { ...inputs, 'pointer-path': file },
      workspace: folder,
      env: { GITHUB_EVENT_NAME: 'pull_request', DOCKER_CONFIG: '/nonexistent' },
      event: { pull_request: { number: 7 } },
    });
    expect([outcome.status, outcome.outputs.changed]).toEqual([0, 'true']);
    const node = `${registry.host}/node`;
    expect(outcome.summary).toContain(`**Upstream** \`${node}:22.11\` → \`${node}:22.12\``);
    const { baseImage }: Pointer = JSON.parse(readFileSync(file, 'utf8'));
    expect([baseImage?.before?.digest, baseImage?.after?.digest]).toEqual(bases.map(({ digest }) => digest));
  });

  it.each([
    ['the same digest', `x/web@sha256:${'a'.repeat(64)}`],
    ['a longer name', `x/web-two@sha256:${'b'.repeat(64)}`],
    ['another image', `y/web@sha256:${'b'.repeat(64)}`],
    ['a digest with more behind it', `x/web@sha256:${'b'.repeat(63)}$(touch /tmp/x)`],
    ['no digest', 'x/web:v2'],
  ])('does nothing where there is %s', async (_, now) => {
    const folder = checkOut(`x/web:v1@sha256:${'a'.repeat(64)}`, now);
    expect(await findDigests(folder, 'x/web')).toBe('');
  });

  it('has no more rights than it needs', async () => {
    const workflow = parse(snippet?.text ?? '');
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.compare.permissions).toEqual({
      contents: 'read',
      packages: 'read',
      'pull-requests': 'write',
    });
  });
});
