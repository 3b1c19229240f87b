import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, matchesGlob, resolve } from 'node:path';
import type { StandIn } from '../../support/workflow-runner.ts';
import type { DockerEngine } from './docker-engine.ts';
import { run } from './program.ts';
import { skopeoCopy } from './skopeo.ts';

/** Files of the commit that is checked out; its history stays away. */
export const checkOut =
  (sources: string): StandIn =>
  async ({ workspace }) => {
    cpSync(sources, workspace, { recursive: true });
    return {};
  };

/** Both actions for artifacts, which are folders here. @param folder has one for each. */
export function keepArtifacts(folder: string): { upload: StandIn; download: StandIn } {
  const upload: StandIn = async ({ inputs: { name = '', path = '' } }) => {
    mkdirSync(join(folder, name), { recursive: true });
    cpSync(path, join(folder, name, basename(path)));
    return {};
  };
  const download: StandIn = async ({ inputs: { pattern = '', path = '' }, workspace }) => {
    const named = readdirSync(folder).filter((name) => matchesGlob(name, pattern));
    for (const name of named) cpSync(join(folder, name), resolve(workspace, path, name), { recursive: true });
    return {};
  };
  return { upload, download };
}

/** Nobody has to log in to the registry of these tests, so a login proves that it is there. */
export const logIn: StandIn = async ({ inputs: { registry = '', username = '' }, env }) => {
  const args = ['login', '--username', username, '--password', 'any', registry];
  await run('docker', args, { env });
  return {};
};

/** Builds as build-push-action does, with the engine's own builder, and tells what was built as buildx would. */
export function buildAndPush(engine: DockerEngine, newPath: (name?: string) => string): StandIn {
  return async ({ inputs, workspace }) => {
    const { context = '', tags = '', load, push, outputs, provenance: _, ...others } = inputs;
    if (Object.keys(others).length > 0) throw new Error(`unknown inputs: ${Object.keys(others)}`);
    const tagging = tags === '' ? [] : ['--tag', tags];
    const id = (await engine.docker(['build', '--quiet', ...tagging, join(workspace, context)])).trim();
    let digest = load === 'true' ? id : null;
    if (push === 'true') {
      digest = /digest: (sha256:\w+)/.exec(await engine.docker(['push', tags]))?.[1] ?? null;
      await engine.docker(['image', 'rm', '--force', id]);
    }
    let config = id;
    if (outputs !== undefined) {
      const [, folder] = /^type=oci,tar=false,dest=(.+)$/.exec(outputs) ?? [];
      if (folder === undefined) throw new Error(`cannot write ${outputs}`);
      ({ digest, config } = await exportLayout(engine, id, join(workspace, folder), newPath('saved')));
    }
    if (digest === null) throw new Error('the image goes nowhere');
    return { metadata: describeBuild(tags, digest, config) };
  };
}

/** @see https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file */
const describeBuild = (tags: string, digest: string, config: string): string =>
  JSON.stringify({
    ...(tags !== '' && { 'image.name': tags }),
    'containerimage.digest': digest,
    'containerimage.config.digest': config,
  });

async function exportLayout(engine: DockerEngine, id: string, folder: string, archive: string) {
  await engine.docker(['save', '--output', archive, id]);
  mkdirSync(join(folder, '..'), { recursive: true });
  await skopeoCopy(`docker-archive:${archive}`, `oci:${folder}`);
  rmSync(archive);
  const [{ digest }] = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests;
  const manifest = readFileSync(join(folder, 'blobs', digest.replace(':', '/')), 'utf8');
  return { digest: String(digest), config: String(JSON.parse(manifest).config.digest) };
}

/** Makes a folder with the settings of docker's command line, in which a stand-in for buildx is. */
export function makeDockerConfig(folder: string): string {
  const program = join(import.meta.dirname, 'docker-buildx.ts');
  mkdirSync(join(folder, 'cli-plugins'), { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{}');
  const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
  writeFileSync(join(folder, 'cli-plugins/docker-buildx'), script, { mode: 0o755 });
  return folder;
}
