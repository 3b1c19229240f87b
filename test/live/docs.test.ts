import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocFolder, NEEDS_MORE } from '../support/doc-folder.ts';
import { snippetsIn } from '../support/read-docs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { run } from './support/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const newPath = temporaryFolder();
let engine: DockerEngine;
let server: PostgresServer;
let folder: DocFolder;

/** What users run; benchmarks, which take an hour, are not. */
const snippets = snippetsIn('sh').filter(
  ({ place, text }) => NEEDS_MORE.test(text) && !place.startsWith('docs/design/'),
);
const ofClone = snippets.filter(({ text }) => /\bnpm |\bnpx /.test(text));

beforeAll(async () => {
  await ensurePackages('jq');
  engine = await startDockerEngine(newPath('docker'));
  server = await startPostgres(newPath('postgres'));
  folder = await DocFolder.make(newPath('folder'), {
    DOCKER_HOST: engine.host,
    DOCKER_BUILDKIT: '0',
  });
  writeFileSync(join(folder.path, 'Dockerfile'), 'FROM scratch\nCOPY evidence /evidence\n');
  const prepared = await folder.run(`
    docker build --quiet --tag shop/web:v1 --tag shop/web:v2 --tag shop/web .
    varve snapshot oci:new --name shop --pointer-path varve-pointer.json`);
  expect(prepared.status, prepared.output).toBe(0);
});

afterAll(async () => {
  await server?.stop();
  await engine?.stop();
});

describe('every command in the documents that needs more than Node.js', () => {
  it.each(snippets.filter((snippet) => !ofClone.includes(snippet)))(
    'runs as it stands: $place',
    async ({ text }) => {
      // The servers of the tests stand in for those of the example.
      const here = text.replaceAll('postgres://ci@db.example/varve', server.url('postgres'));
      const { status, output } = await folder.run(here);
      expect(status, output).toBe(0);
    },
  );

  it.each(ofClone)('runs in a clone: $place', async ({ text }) => {
    const clone = newPath('clone');
    await run('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, clone]);
    const prefix = newPath('prefix');
    // In the environment of whoever runs the tests, which says where packages come from.
    const env = { npm_config_prefix: prefix };
    await run('/bin/sh', ['-euc', text], { cwd: clone, env });
    expect(await run(join(prefix, 'bin/varve'), ['--version'])).toMatch(/^varve \d/);
  });
});
