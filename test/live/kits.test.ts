import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runAction } from '../support/action-runner.ts';
import { ArtifactService } from '../support/artifact-service.ts';
import { openKitAt, takeKit, writeKit } from '../support/kit-makers.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { openPostgresStore } from '../support/open-postgres-store.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { DIST, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';
import { tellNotTried } from './support/not-tried.ts';
import { PASSWORD, type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { attempt, run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';

const newPath = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const IMAGES = ['app-v1', 'app-v2'].map((name) => `oci:${join(FIXTURES, name)}`);
const CLI = join(DIST, 'cli.js');

/** Runs Varve where there is no network, not even to this machine. */
const runCutOff = (...args: readonly string[]) =>
  attempt('unshare', ['--map-root-user', '--net', process.execPath, CLI, ...args]);

/** A store with two snapshots of a name. */
async function makeStore(): Promise<string> {
  const store = newPath('store');
  for (const image of IMAGES) {
    const run = await runVarve(['snapshot', image, '--name', 'shop', '--baseline', `dir:${store}`]);
    expect(run.status, run.stderr).toBe(0);
  }
  return store;
}

const COMPARE = ['compare', 'history:shop~1', 'history:shop', '--exit-code'];

describe('a kit of the action', () => {
  it('goes as an artifact of the job to where the network is cut, and is compared there', async () => {
    const service = await ArtifactService.start();
    onTestFinished(() => service[Symbol.asyncDispose]());
    const [workspace, baseline, far] = [newPath('workspace'), `dir:${newPath('store')}`, newPath('far')];
    mkdirSync(workspace);
    for (const [at, image] of IMAGES.entries()) {
      const kit = join(newPath('kits'), 'kit.tar.zst');
      const env = {
        GITHUB_RUN_ID: `${at}`,
        GITHUB_SHA: `${at}`.padStart(40, '0'),
        GITHUB_REF_TYPE: 'branch',
      };
      const inputs = { image, name: 'shop', baseline, kit };
      const outcome = await runAction({
        workspace,
        inputs,
        env: { ...env, GITHUB_REF_NAME: 'main' },
        event: {},
      });
      expect(outcome).toMatchObject({ status: 0, outputs: { 'kit-path': kit } });
      await upload(service, `kit-${at}`, kit);
      const zip = newPath('artifact.zip');
      writeFileSync(zip, service.artifacts[at]?.bytes ?? '');
      const imported = await runCutOff('kit', 'import', zip, '--cas-root', far);
      expect(imported, imported.stderr).toMatchObject({ status: 0 });
    }
    const compared = await runCutOff(...COMPARE, '--cas-root', far);
    expect(compared).toMatchObject({ status: 1, stdout: expect.stringContaining('4 layers rebuilt') });
  });
});

/** Uploads a file as actions/upload-artifact does, which is this library. */
async function upload(service: ArtifactService, name: string, file: string): Promise<void> {
  const script = `
    import artifact from '@actions/artifact';
    const [name, file, folder] = process.argv.slice(-3);
    await artifact.uploadArtifact(name, [file], folder, { compressionLevel: 6 });`;
  const args = ['--input-type=module', '--eval', script, name, file, dirname(file)];
  await run(process.execPath, args, { env: service.environment(), cwd: join(import.meta.dirname, '../..') });
}

describe('a kit in an image layout', () => {
  let registry: DockerRegistry;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'));
  });

  afterAll(() => registry?.stop());

  const make = async (): Promise<{ readonly layout: string; readonly store: string }> => {
    const [layout, store] = [newPath('layout'), await makeStore()];
    const exported = await runVarve(['kit', 'export', `oci:${layout}:v1`, '--cas-root', store]);
    expect(exported, exported.stderr).toMatchObject({ status: 0 });
    return { layout, store };
  };

  it('is moved by skopeo through a registry, and imported from there and from where it comes to', async () => {
    const { layout } = await make();
    const [there, moved] = [`docker://${registry.host}/kits:v1`, newPath('moved')];
    await skopeoCopy(`oci:${layout}:v1`, there, '--dest-tls-verify=false');
    await skopeoCopy(there, `oci:${moved}:v1`, '--src-tls-verify=false');
    for (const kit of [`oci:${moved}:v1`, `oci://${registry.host}/kits:v1`]) {
      const far = newPath('far');
      expect(await runVarve(['kit', 'import', kit, '--cas-root', far])).toMatchObject({ status: 0 });
      expect(await runVarve([...COMPARE, '--cas-root', far])).toMatchObject({ status: 1 });
    }
  });

  const oras = process.env.VARVE_TEST_ORAS ?? '';
  if (oras === '') tellNotTried('the program oras', 'VARVE_TEST_ORAS');
  it.skipIf(oras === '')('is moved by oras', async () => {
    const { layout } = await make();
    const there = `${registry.host}/oras-kits:v1`;
    await run(oras, ['cp', '--from-oci-layout', '--to-plain-http', `${layout}:v1`, there]);
    const far = newPath('far');
    expect(await runVarve(['kit', 'import', `oci://${there}`, '--cas-root', far])).toMatchObject({
      status: 0,
    });
  });

  it('goes into a registry as a store, entry by entry, and out of it with the same bytes', async () => {
    const { layout, store } = await make();
    const baseline = ['--baseline', `oci://${registry.host}/store`];
    const imported = await runVarve(['kit', 'import', `oci:${layout}:v1`, ...baseline]);
    expect(imported, imported.stderr).toMatchObject({ status: 0 });
    const [near, back] = [newPath('near.tar'), newPath('back.tar')];
    await runVarve(['kit', 'export', near, '--cas-root', store]);
    await runVarve(['kit', 'export', back, ...baseline]);
    await run('cmp', [near, back]);
  });
});

describe('a kit and other programs', () => {
  it('is a tar that GNU tar lists and unpacks, and a zip that zip makes', async () => {
    await ensurePackages('zip', 'zstd');
    const [store, folder, unpacked] = [await makeStore(), newPath('kits'), newPath('unpacked')];
    mkdirSync(unpacked);
    mkdirSync(folder);
    const kit = join(folder, 'kit.tar.zst');
    await runVarve(['kit', 'export', kit, '--cas-root', store]);
    await run('tar', ['--zstd', '-xf', kit, '-C', unpacked]);
    expect(await runVarve(['verify', unpacked])).toMatchObject({ status: 0 });
    await run('zip', ['--quiet', '--junk-paths', join(folder, 'kit.zip'), kit]);
    expect(await runVarve(['verify', join(folder, 'kit.zip')])).toMatchObject({ status: 0 });
  });
});

describe('the Zarf package of the recipe', () => {
  const path = process.env.VARVE_TEST_ZARF_SCHEMA ?? '';
  if (path === '') tellNotTried("Zarf's schema", 'VARVE_TEST_ZARF_SCHEMA');
  it.skipIf(path === '')("is one by Zarf's schema", () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(path, 'utf8')));
    const [snippet] = snippetsIn('yaml zarf');
    expect(validate(parse(snippet?.text ?? '')), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ kind: 'ZarfPackageConfig', components: [{ files: 'kit' }] })).toBe(false);
  });
});

describe('a kit and a database', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres(newPath('postgres'), ['fsync = off']);
    await server.sql('postgres', `CREATE ROLE owner LOGIN PASSWORD '${PASSWORD}'`);
    await server.sql('postgres', 'CREATE DATABASE kits OWNER owner');
  });

  afterAll(() => server?.stop());

  it('go into each other, and out with the same bytes', async () => {
    const near = openDirectoryStore(newPath('near'));
    const runs = [1, 2, 3].map(numberedRun);
    for (const each of runs) await saveRun(near, each);
    const [there, back] = [newPath('there.tar'), newPath('back.tar')];
    await writeKit(near, there, { form: 'kit.tar' });
    await using store = await openPostgresStore(server.url('kits', 'owner'));
    await takeKit(store, openKitAt(there, 'kit.tar'));
    await takeKit(store, openKitAt(there, 'kit.tar'));
    for (const each of runs) expect(await missingFrom(store, each)).toEqual([]);
    await writeKit(store, back, { form: 'kit.tar' });
    await run('cmp', [there, back]);
    const [diffId] = runs.flatMap(({ snapshot }) => snapshot.layers.map((layer) => layer.diffId));
    expect(diffId && (await store.layers.findLayer('acme', diffId))).toBeNull();
  });
});
