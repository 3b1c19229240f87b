import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeBusyboxContext } from './support/busybox-context.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { freePort } from './support/docker-registry.ts';
import { run } from './support/program.ts';
import { makeCertificate } from './support/throw-away-certificate.ts';

const newPath = temporaryFolder();

let engine: DockerEngine;
let address: string;
/** Folders as `DOCKER_CERT_PATH` names them: with all that is wanted, without who we are, without the authority. */
const certificates = {
  whole: newPath('whole'),
  nameless: newPath('nameless'),
  trustless: newPath('trustless'),
};

beforeAll(async () => {
  const folder = newPath('certificates');
  mkdirSync(folder);
  await makeCertificate(folder);
  const put = (target: string, names: Readonly<Record<string, string>>) => {
    mkdirSync(target);
    for (const [name, from] of Object.entries(names)) copyFileSync(join(folder, from), join(target, name));
  };
  const own = { 'cert.pem': 'server.pem', 'key.pem': 'server.key' };
  put(certificates.whole, { 'ca.pem': 'ca.pem', ...own });
  put(certificates.nameless, { 'ca.pem': 'ca.pem' });
  put(certificates.trustless, own);
  address = `tcp://127.0.0.1:${await freePort()}`;
  engine = await startDockerEngine(newPath('engine'), {
    address,
    settings: {
      'storage-driver': 'overlay2',
      tlsverify: true,
      tlscacert: join(folder, 'ca.pem'),
      tlscert: join(folder, 'server.pem'),
      tlskey: join(folder, 'server.key'),
    },
  });
  const context = newPath('context');
  await makeBusyboxContext(context, []);
  await engine.docker(['build', '--quiet', '--network', 'host', '--tag', 'app:1', context]);
});

afterAll(() => engine?.stop());

const take = (env: Readonly<Record<string, string>>) =>
  runVarve(['snapshot', 'docker-daemon:app:1', '--cas-root', newPath('store')], { env });

it('an engine is spoken to with TLS, and gives what its socket gives', async () => {
  const far = await take({
    DOCKER_HOST: address,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: certificates.whole,
  });
  const near = await take({ DOCKER_HOST: engine.host });
  expect([far.status, far.stderr]).toEqual([0, '']);
  expect(far.stdout).toContain('from an export of the engine');
  const snapshotOf = (text: string) => /^snapshot (sha256:\w+)$/m.exec(text)?.[1];
  expect(snapshotOf(far.stdout)).toBe(snapshotOf(near.stdout));
});

it('one of a context is too, without a variable', async () => {
  const folder = newPath('docker');
  const { whole } = certificates;
  const endpoint = `host=${address},ca=${whole}/ca.pem,cert=${whole}/cert.pem,key=${whole}/key.pem`;
  const env = { DOCKER_CONFIG: folder };
  await run('docker', ['context', 'create', 'far', '--docker', endpoint], { env });
  await run('docker', ['context', 'use', 'far'], { env });
  expect(await take(env)).toMatchObject({ status: 0, stderr: '' });
});

it.each([
  ['by whom it does not know', 'nameless', /certificate/],
  ['where nobody vouches for it', 'trustless', /certificate/],
] as const)('one is not used %s', async (_, folder, said) => {
  const env = { DOCKER_HOST: address, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates[folder] };
  const { status, stderr } = await take(env);
  expect([status, stderr]).toEqual([4, expect.stringMatching(said)]);
  expect(stderr).toContain('hint: check DOCKER_TLS_VERIFY and the certificates in DOCKER_CERT_PATH');
});

it('one is not taken for an engine without TLS', async () => {
  const { status, stderr } = await take({ DOCKER_HOST: address });
  expect([status, stderr]).toEqual([
    4,
    expect.stringMatching(/not a container engine\n.*DOCKER_TLS_VERIFY=1/),
  ]);
});
