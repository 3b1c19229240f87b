import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Need } from './cases/case.ts';
import { benchImage } from './image/bench-image.ts';
import { withEngine } from './image/engine.ts';
import { workFolder } from './measure.ts';
import { findProgram, run, say } from './shell.ts';

/** Where servers of the bench's own have the bench image, while they run. */
interface Places {
  /** `127.0.0.1:PORT`. */
  registry: string | null;
  engine: EnginePlace | null;
}

/** One engine, by the two ways that clients come to it. */
export interface EnginePlace {
  /** `unix://…`: its storage is of this host. */
  readonly socket: string;
  /** `tcp://…`: it could be anywhere. */
  readonly address: string;
}

/** Filled by `withPlaces`. */
export const places: Places = { registry: null, engine: null };

/** The name of the bench image in registry and engine. */
export const PLACED = 'varve-bench';

export const inRegistry: Need = {
  present: () => places.registry !== null,
  missing: 'docker-registry is not installed, or the image is not built',
};
export const inEngine: Need = {
  present: () => places.engine !== null,
  missing: 'no Docker engine can be started here, or the image is not built',
};

/** Runs `use` while the servers run that the cases need, with both versions of the bench image in each. */
export async function withPlaces<T>(cases: readonly Case[], use: () => T): Promise<T> {
  const needs = new Set(cases.flatMap((each) => each.needs));
  const built = [benchImage.gzipV1, benchImage.gzipV2, benchImage.dockerV1, benchImage.dockerV2];
  const isBuilt = built.every((path) => existsSync(path));
  await using registry = isBuilt && needs.has(inRegistry) ? await startRegistry() : null;
  places.registry = registry?.host ?? null;
  if (!isBuilt || !needs.has(inEngine)) return use();
  let result: { readonly value: T } | null = null;
  const port = await freePort();
  const storage = join(workFolder, 'engine');
  const address = `tcp://127.0.0.1:${port}`;
  await withEngine(
    storage,
    (socket) => {
      for (const file of [benchImage.dockerV1, benchImage.dockerV2]) {
        say(`loading ${file} into an engine …`);
        run('docker', ['--host', socket, 'load', '--quiet', '--input', file]);
      }
      places.engine = { socket, address };
      result = { value: use() };
    },
    [address],
  );
  places.engine = null;
  rmSync(storage, { recursive: true, force: true });
  // Written in a callback, which the checker does not follow.
  const done = result as { readonly value: T } | null;
  return done === null ? use() : done.value;
}

async function startRegistry(): Promise<({ readonly host: string } & AsyncDisposable) | null> {
  const program = findProgram('docker-registry');
  if (program === undefined || findProgram('skopeo') === undefined) return null;
  const folder = join(workFolder, 'registry');
  mkdirSync(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  const lines = [
    'version: 0.1',
    'log: {level: error, accesslog: {disabled: true}}',
    `storage: {filesystem: {rootdirectory: ${join(folder, 'data')}}}`,
    `http: {addr: ${host}}`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const log = openSync(join(folder, 'log'), 'a');
  const server = spawn(program, ['serve', config], { stdio: ['ignore', log, log] });
  await answers(host, server);
  for (const version of ['v1', 'v2'] as const) {
    const layout = version === 'v1' ? benchImage.gzipV1 : benchImage.gzipV2;
    say(`pushing ${layout} to a registry …`);
    run('skopeo', [
      ...['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'],
      ...[`oci:${layout}:${version}`, `docker://${host}/${PLACED}:${version}`],
    ]);
  }
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      places.registry = null;
      server.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(host: string, server: ChildProcess): Promise<void> {
  for (let waited = 0; waited < 100 && server.exitCode === null; waited += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('docker-registry did not start');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
