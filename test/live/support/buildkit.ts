import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { attempt, type RunOptions, run, startBackground } from './program.ts';
import { cached } from './test-cache.ts';

/** The version whose protocol of scanners is followed. */
const VERSION = '0.34.2';

const MODULE = 'github.com/moby/buildkit';
const PROGRAMS = ['buildkitd', 'buildctl'].map((program) => `${MODULE}/cmd/${program}`);

/** A BuildKit of the tests' own. */
export interface Buildkit {
  /** Runs buildctl against it, and gives all that it says. @throws unless it succeeds. */
  build(folder: string, options: BuildOptions): Promise<string>;
  stop(): Promise<void>;
}

export interface BuildOptions {
  /** Where the Dockerfile is, when not in the folder. */
  readonly dockerfile?: string;
  /** Of the frontend: `build-arg:X=1`, `attest:sbom=generator=…`. */
  readonly opts?: readonly string[];
  /** `type=oci,dest=FILE`. */
  readonly output: string;
  readonly useCache?: boolean;
}

/** Starts a BuildKit below a folder, which reaches one registry and nothing else. @param registry `127.0.0.1:PORT`. */
export async function startBuildkit(folder: string, registry: string): Promise<Buildkit> {
  await ensurePackages('runc', 'ca-certificates');
  const programs = await buildPrograms();
  const at = (name: string): string => join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(at('buildkitd.toml'), `[registry."${registry}"]\n  http = true\n`);
  const address = `unix://${at('buildkitd.sock')}`;
  const daemon = await startBackground(
    join(programs, 'buildkitd'),
    [
      ...['--root', at('data'), '--config', at('buildkitd.toml'), '--addr', address],
      ...['--oci-worker-snapshotter=native', '--oci-worker-net=host', '--containerd-worker=false'],
    ],
    at('log'),
    async () =>
      (await attempt(join(programs, 'buildctl'), ['--addr', address, 'debug', 'workers'])).status === 0,
  );
  const build: Buildkit['build'] = async (context, { dockerfile = context, opts = [], output, useCache }) => {
    const args = [
      ...['--addr', address, 'build', '--progress=plain', '--frontend=dockerfile.v0'],
      ...['--local', `context=${context}`, '--local', `dockerfile=${dockerfile}`, '--output', output],
      ...opts.flatMap((opt) => ['--opt', opt]),
      ...(useCache === false ? ['--no-cache'] : []),
    ];
    const { status, stdout, stderr } = await attempt(join(programs, 'buildctl'), args);
    if (status === 0) return `${stdout}${stderr}`;
    throw new Error(`buildctl ended with ${status ?? 'a signal'}\n${stderr.slice(-8000)}`);
  };
  return { build, stop: daemon.stop };
}

/** A folder with its programs: the one that VARVE_TEST_BUILDKIT names, or one that is filled once, in some minutes. */
async function buildPrograms(): Promise<string> {
  const named = process.env.VARVE_TEST_BUILDKIT;
  if (named) return named;
  return cached(`buildkit-${VERSION}`, async (folder) => {
    const go = await findGo();
    const source = join(folder, 'module');
    mkdirSync(source, { recursive: true });
    const options: RunOptions = {
      cwd: source,
      env: { HOME: homedir(), CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    };
    // `go install` refuses a module that excludes versions of others.
    await run(go, ['mod', 'init', 'varve-test'], options);
    await run(go, ['get', '-tool', ...PROGRAMS.map((program) => `${program}@v${VERSION}`)], options);
    await run(go, ['build', '-o', `${folder}/`, ...PROGRAMS], options);
  });
}

async function findGo(): Promise<string> {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin', '/usr/lib/go/bin'];
  const found = places.map((place) => join(place, 'go')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `BuildKit ${VERSION} is not in Debian, and to build it Go is missing: install Go, or name a folder that has buildkitd and buildctl with VARVE_TEST_BUILDKIT`,
  );
}
