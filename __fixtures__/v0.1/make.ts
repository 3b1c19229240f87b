/**
 * Has a build of version 0.1 write what later versions must read: a folder, entries of the actions cache, a repository
 * of a registry, a database. `node __fixtures__/v0.1/make.ts DIST`, with PostgreSQL on the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PASSWORD, startPostgres } from '../../test/live/support/postgres-server.ts';
import { runAction } from '../../test/support/action-runner.ts';
import { CacheService } from '../../test/support/cache-service.ts';
import { MemoryRegistry } from '../../test/support/memory-registry.ts';
import { runVarve } from '../../test/support/run-varve.ts';

const here = import.meta.dirname;
const dist = resolve(process.argv[2] ?? 'dist');
const scratch = mkdtempSync(join(tmpdir(), 'varve-old-'));

/** Two builds of one branch, oldest first. */
const BUILDS = [
  { image: `oci:${join(here, '../app-v1')}:shop:v1`, commit: '1'.repeat(40) },
  { image: `oci:${join(here, '../app-v2')}:shop:v2`, commit: '2'.repeat(40) },
];

async function snapshotBoth(baseline: string, env: Record<string, string> = {}): Promise<void> {
  for (const { image, commit } of BUILDS) {
    const store = mkdtempSync(join(scratch, 'store-'));
    const args = ['snapshot', image, '--name', 'shop', '--commit', commit, '--branch', 'main'];
    const { status, stderr } = await runVarve([...args, '--baseline', baseline, '--cas-root', store], {
      dist,
      env,
    });
    if (status !== 0) throw new Error(stderr);
  }
}

async function makeDirectory(): Promise<void> {
  const folder = join(scratch, 'folder');
  await snapshotBoth(`dir:${folder}`);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  const contents = files.map((path) => [path, readFileSync(join(folder, path), 'base64')]);
  writeFileSync(join(here, 'directory.json'), `${JSON.stringify(Object.fromEntries(contents))}\n`);
}

async function makeCache(): Promise<void> {
  await using service = await CacheService.start();
  for (const [index, { image, commit }] of BUILDS.entries()) {
    const outcome = await runAction({
      dist,
      workspace: mkdtempSync(join(scratch, 'workspace-')),
      inputs: { image, name: 'shop' },
      env: {
        ...service.environment({ scopes: ['refs/heads/main'] }),
        ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', GITHUB_SHA: commit },
        GITHUB_RUN_ID: String(index + 1),
      },
      event: { repository: { default_branch: 'main' } },
    });
    if (outcome.status !== 0) throw new Error(outcome.stdout);
  }
  const entries = service.entries.map((entry) => ({ ...entry, bytes: entry.bytes.toString('base64') }));
  writeFileSync(join(here, 'cache.json'), `${JSON.stringify(entries)}\n`);
}

async function makeRegistry(): Promise<void> {
  await using registry = await MemoryRegistry.start();
  await snapshotBoth(`oci://${registry.host}/acme/base`);
  writeFileSync(join(here, 'registry.json'), `${JSON.stringify(registry.dump())}\n`);
}

async function makeDatabase(): Promise<void> {
  const server = await startPostgres(join(scratch, 'postgres'));
  try {
    await server.sql('postgres', 'CREATE DATABASE varve');
    await snapshotBoth(server.url('varve'));
    const dump = execFileSync('pg_dump', ['--no-owner', '--inserts', server.url('varve')], {
      env: { ...process.env, PGPASSWORD: PASSWORD },
      maxBuffer: 64 * 1024 * 1024,
    });
    writeFileSync(join(here, 'database.sql.gz'), gzipSync(dump, { level: 9 }));
  } finally {
    await server.stop();
  }
}

await makeDirectory();
await makeCache();
await makeRegistry();
await makeDatabase();
rmSync(scratch, { recursive: true });
