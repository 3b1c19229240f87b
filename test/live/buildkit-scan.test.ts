import { copyFileSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { digestOf } from '../../src/base/digest.ts';
import type { Annotation } from '../../src/core/sbom/annotation.ts';
import { DocFolder } from '../support/doc-folder.ts';
import { schemaErrors } from '../support/json-schemas.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Buildkit, startBuildkit } from './support/buildkit.ts';
import { debianImage } from './support/debian-image.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';
import { run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';
import { spdxErrors } from './support/spdx-tools.ts';
import { Varve } from './support/varve.ts';

const newPath = temporaryFolder();
const ROOT = join(import.meta.dirname, '../..');
const varve = new Varve(newPath('store'));
/** Where a scanner finds the stage `tools`. */
const STAGE = '/run/src/extras/sbom-tools';
const FRAGMENTS = '{"found": ["by", "others"]}\n';

interface Spdx {
  readonly name: string;
  readonly creationInfo: { readonly creators: readonly string[] };
  readonly annotations?: readonly { readonly comment: string }[];
  readonly packages: readonly { readonly annotations: readonly { readonly comment: string }[] }[];
}

interface Attested {
  /** Digests of the statements, in the order of the manifest. */
  readonly digests: readonly string[];
  readonly documents: readonly Spdx[];
}

let buildkit: Buildkit;
let registry: DockerRegistry;
let generator: string;

beforeAll(async () => {
  registry = await startDockerRegistry(newPath('registry'));
  buildkit = await startBuildkit(newPath('buildkit'), registry.host);
  const node = `${registry.host}/node:24`;
  await buildkit.build(await makeNodeContext(), { output: pushed(node) });
  generator = `${registry.host}/varve-scan:1`;
  await buildkit.build(ROOT, {
    dockerfile: join(ROOT, 'scanner'),
    opts: [`build-arg:NODE_IMAGE=${node}`],
    output: pushed(generator),
  });
});

afterAll(async () => {
  await buildkit?.stop();
  await registry?.stop();
});

const pushed = (name: string): string => `type=image,name=${name},push=true`;

/** This very Node with the libraries that it loads, which stands in for the image of a public registry. */
async function makeNodeContext(): Promise<string> {
  const folder = newPath('node');
  const libraries = (await run('ldd', [process.execPath])).matchAll(/(\/\S+) \(0x/g);
  const files = [...libraries].map(([, path = '']) => [path, path]);
  for (const [from = '', to = ''] of [[process.execPath, '/usr/bin/node'], ...files]) {
    mkdirSync(join(folder, dirname(to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  writeFileSync(
    join(folder, 'Dockerfile'),
    'FROM scratch\nCOPY usr /usr\nCOPY lib* /lib/\nENV PATH=/usr/bin\n',
  );
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /\nENV PATH=/usr/bin\n');
  return folder;
}

/** A build in two stages, with what a scanner should not be led astray by. @param time of all files. */
function makeContext(time = 1_700_000_000): string {
  const folder = newPath('context');
  mkdirSync(join(folder, 'app/deep'), { recursive: true });
  mkdirSync(join(folder, 'found'));
  const files = { 'app/main': 'main', 'app/deep/x': 'x', 'app/deep-er': 'y', tool: 'tool' };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  symlinkSync('/etc/passwd', join(folder, 'app/passwd'));
  symlinkSync('/proc', join(folder, 'app/proc'));
  writeFileSync(join(folder, 'found/fragments.json'), FRAGMENTS);
  symlinkSync('/varve/package.json', join(folder, 'found/way-out.json'));
  for (const name of Object.keys(files)) utimesSync(join(folder, name), time, time);
  writeFileSync(
    join(folder, 'Dockerfile'),
    [
      'ARG BUILDKIT_SBOM_SCAN_CONTEXT=true',
      'FROM scratch AS tools',
      'ARG BUILDKIT_SBOM_SCAN_STAGE=true',
      'COPY tool /tool',
      'COPY found /found',
      'FROM scratch',
      'COPY app /app',
      'COPY --from=tools --chown=7:8 --chmod=4750 /tool /bin/tool',
      '',
    ].join('\n'),
  );
  return folder;
}

/** Steps over an image of Debian. */
async function makeDebianContext(): Promise<string> {
  const folder = newPath('debian');
  mkdirSync(folder);
  const base = `${registry.host}/debian:12`;
  await skopeoCopy(`oci:${await debianImage()}:debian`, `docker://${base}`, '--dest-tls-verify=false');
  const odd = [
    'rm -r /usr/share/man /opt',
    'ln /etc/passwd /srv/hard',
    'mkfifo /srv/pipe',
    'mknod /srv/null c 1 3',
    `touch "/srv/$(printf 'caf\\351')"`,
    `perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "/srv/socket", Listen => 1) or die'`,
  ];
  const lines = [
    `FROM ${base}`,
    `RUN ${odd.join(' && ')}`,
    'RUN chown 12345:70000 /srv/* && chmod 6711 /srv',
  ];
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  return folder;
}

/** Builds with an SBOM, and takes out what was attached. */
async function build(context: string, parameters: readonly string[] = []) {
  const archive = newPath('out.tar');
  const said = await buildkit.build(context, {
    opts: [`attest:sbom=${[`generator=${generator}`, ...parameters].join(',')}`],
    output: `type=oci,dest=${archive}`,
    useCache: false,
  });
  return { image: `oci-archive:${archive}`, said, attested: await readAttested(archive) };
}

async function readAttested(archive: string): Promise<Attested> {
  const folder = newPath('layout');
  mkdirSync(folder);
  await run('tar', ['-xf', archive, '-C', folder]);
  const read = (digest: string) =>
    JSON.parse(readFileSync(join(folder, 'blobs/sha256', digest.slice('sha256:'.length)), 'utf8'));
  const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const list = manifests.flatMap(({ digest, mediaType }: Record<string, string>) =>
    mediaType?.includes('index') ? read(digest ?? '').manifests : manifests,
  );
  const attached = list.find(
    ({ annotations = {} }: { annotations?: Record<string, string> }) =>
      annotations['vnd.docker.reference.type'] === 'attestation-manifest',
  );
  const digests: string[] = read(attached.digest).layers.map(({ digest }: { digest: string }) => digest);
  return { digests, documents: digests.map((digest) => read(digest).predicate) };
}

/** What the guide has people run to check an image. */
async function asDocumented(image: string): Promise<string> {
  await ensurePackages('jq');
  const [snippet] = snippetsIn('sh').filter(({ text }) => text.includes('rootfs-files'));
  const folder = await DocFolder.make(newPath('guide'));
  const { output } = await folder.run(snippet?.text.replace('oci:new', image) ?? '');
  return output;
}

const annotationsOf = (comments: readonly { readonly comment: string }[] = []): Annotation[] =>
  comments.map(({ comment }) => JSON.parse(comment));

const ofRoot = (document: Spdx | undefined) => annotationsOf(document?.packages[0]?.annotations)[0];

describe('a build with the generator of scanner/Dockerfile', () => {
  it('has a valid SPDX document for its result, its context and its stage, with annotations', async () => {
    const { attested } = await build(makeContext());
    expect(attested.documents.map(({ name }) => name)).toEqual(['sbom', 'sbom-context', 'sbom-tools']);
    for (const document of attested.documents) {
      const file = newPath('document.spdx.json');
      writeFileSync(file, JSON.stringify(document));
      expect(await spdxErrors(file), document.name).toBe('');
      expect(schemaErrors('sbom-annotation', ofRoot(document))).toEqual([]);
    }
    const [core, , stage] = attested.documents;
    // BuildKit wrote the document of the result again: what it says is still there.
    expect(core?.creationInfo.creators.join()).toMatch(/varve-.*buildkit-/);
    expect(ofRoot(stage)).toMatchObject({
      kind: 'rootfs.files',
      entries: 5,
      files: 2,
      contentBytes: 'tool'.length + FRAGMENTS.length,
    });
  });

  it.each([
    ['a small one', makeContext, ['app/proc']],
    [
      'one of Debian, with hard links, devices and removed files',
      makeDebianContext,
      ['caf', 'srv/hard', 'srv/null', 'srv/pipe'],
    ],
  ])('is described by the digest that the image itself gives, layer upon layer: %s', async (_, make, odd) => {
    const { image, attested } = await build(await make());
    const lines = (await varve.tree(image)).map(
      ({ layer, links, implicit, xattrs, mtime, mtimeNs, ...said }) => canonicalJson(said),
    );
    const list = ['{"schema":"varve.rootfs-files@1"}', ...lines].map((line) => `${line}\n`).join('');
    expect(ofRoot(attested.documents[0])).toMatchObject({
      digest: digestOf(list),
      sizeBytes: Buffer.byteLength(list),
      entries: lines.length,
      uri: null,
    });
    for (const path of odd) expect(list).toContain(path);
    expect(await asDocumented(image)).toContain(digestOf(list).slice('sha256:'.length));
  });

  it('says the same again, whatever the times of its files', async () => {
    const [one, two] = [await build(makeContext()), await build(makeContext(1_800_000_000))];
    expect(two.attested.digests).toEqual(one.attested.digests);
  });

  it('takes files of other tools along, and the time that is given', async () => {
    const { said, attested } = await build(makeContext(), [
      `surface-layer-fragments=${STAGE}/found/fragments.json`,
      'SURFACE_COMPONENT=syft',
      'SOURCE_DATE_EPOCH=1767225600',
      'nonsense=1',
    ]);
    expect(annotationsOf(attested.documents[0]?.annotations)).toMatchObject([
      { kind: 'layer.fragments', digest: digestOf(FRAGMENTS), view: 'syft' },
    ]);
    expect(attested.documents[0]?.creationInfo).toMatchObject({ created: '2026-01-01T00:00:00Z' });
    expect(said).toContain('the parameter BUILDKIT_SCAN_nonsense has no meaning');
  });

  it('fails, and says why, when such a file is absent or leads elsewhere', async () => {
    const parameter = 'surface-layer-fragments=';
    await expect(build(makeContext(), [`${parameter}/absent`])).rejects.toThrow(
      'bad-option: /absent cannot be read',
    );
    await expect(build(makeContext(), [`${parameter}${STAGE}/found/way-out.json`])).rejects.toThrow(
      `bad-option: ${STAGE}/found/way-out.json leads out of ${STAGE}`,
    );
  });

  it('gives an image whose report names what is attached', async () => {
    const { image } = await build(makeContext());
    const report = await varve.run('snapshot', image, '--name', 'shop', '--baseline', 'none');
    expect(report).toContain('attached: SPDX SBOM');
  });
});
