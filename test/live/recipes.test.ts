import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { CacheService } from '../support/cache-service.ts';
import { send, sha } from '../support/github-api.ts';
import { makeLayer } from '../support/image-maker.ts';
import { AMD64, ARM64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { PullRequestServer, WORKFLOW_TOKEN } from '../support/pull-request-server.ts';
import { readDocs, snippetsIn } from '../support/read-docs.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type RunOutcome, runWorkflow } from '../support/workflow-runner.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type DockerEngine, startDockerEngine } from './support/docker-engine.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';
import { skopeoCopy } from './support/skopeo.ts';
import {
  buildAndPush,
  checkOut,
  keepArtifacts,
  logIn,
  makeDockerConfig,
} from './support/workflow-actions.ts';

const newPath = temporaryFolder();
let engine: DockerEngine;
let registry: DockerRegistry;
let dockerConfig: string;

beforeAll(async () => {
  engine = await startDockerEngine(newPath('docker'));
  registry = await startDockerRegistry(newPath('registry'));
  dockerConfig = makeDockerConfig(newPath('docker-config'));
});

afterAll(async () => {
  await registry?.stop();
  await engine?.stop();
});

/** The workflows of a recipe; the registry of these tests stands in for the one of the recipe. */
function workflowsOf(recipe: string): string[] {
  const found = snippetsIn('yaml').filter(({ place }) => place.startsWith(`docs/recipes/${recipe}.md:`));
  if (found.length === 0) throw new Error(`there is no recipe ${recipe}`);
  return found.map(({ text }) => text.replaceAll('ghcr.io', registry.host));
}

let github: PullRequestServer;
let cache: CacheService;
let shop: Shop;

beforeEach(async () => {
  github = await PullRequestServer.start();
  cache = await CacheService.start();
  onTestFinished(async () => {
    await github[Symbol.asyncDispose]();
    await cache[Symbol.asyncDispose]();
  });
  github.interfere = ({ method, path }, response) => {
    const url = new URL(path, github.url);
    const isCaches = url.pathname.endsWith('/actions/caches');
    const { actions, 'pull-requests': pullRequests } = shop.rights;
    if (isCaches ? actions === undefined : method !== 'GET' && pullRequests !== 'write') {
      send(response, 403, { message: 'Resource not accessible by integration' });
      return true;
    }
    if (!isCaches) return false;
    const [ref, key] = [url.searchParams.get('ref'), url.searchParams.get('key') ?? ''];
    const found = cache.entries.filter(
      (each) => (ref ?? each.scope) === each.scope && each.key.startsWith(key),
    );
    const listed = found.map(({ scope, ...each }) => ({ ref: scope, key: each.key, version: each.version }));
    send(response, 200, { total_count: listed.length, actions_caches: listed });
    return true;
  };
  shop = new Shop();
});

const MAIN = 'refs/heads/main';
const KEY = '-----BEGIN PRIVATE KEY-----\n';
const IMAGE = { Dockerfile: 'FROM scratch\nCOPY app /app\n', 'app/main.js': 'main()\n' };

/** The files of an image in a folder. */
const inFolder = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(IMAGE).map(([name, text]) => [`${folder}/${name}`, text]));

/** A repository on GitHub with its workflows' runs, which are numbered as their commits are. */
class Shop {
  readonly sources = newPath('sources');
  readonly #artifacts = newPath('artifacts');
  readonly #tools = newPath('tools');
  /** Rights of the job that runs. */
  rights: Readonly<Record<string, string>> = {};
  #run = 0;

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.sources, name)), { recursive: true });
      writeFileSync(join(this.sources, name), text);
    }
  }

  /** The run of a push to the default branch, of what is written. */
  push(workflow: string, more: RunOptions = {}): Promise<RunOutcome> {
    return this.run(workflow, { GITHUB_EVENT_NAME: 'push', GITHUB_SHA: sha(this.#run + 1) }, {}, more);
  }

  /** The run for the pull request, whose base is the first commit. */
  pull(workflow: string, more: RunOptions = {}): Promise<RunOutcome> {
    const { GITHUB_RUN_ID: _, ...env } = github.environment(this.#run + 1, parse(workflow).name);
    return this.run(workflow, env, github.event() as object, more);
  }

  run(
    workflow: string,
    env: Readonly<Record<string, string>>,
    event: object,
    { workflows = {}, variables = {} }: RunOptions = {},
  ): Promise<RunOutcome> {
    const { upload, download } = keepArtifacts(this.#artifacts);
    const { GITHUB_REF = MAIN } = env;
    return runWorkflow(workflow, {
      standIns: {
        'actions/checkout': checkOut(this.sources),
        'actions/upload-artifact': upload,
        'actions/download-artifact': download,
        'docker/login-action': logIn,
        'docker/build-push-action': buildAndPush(engine, newPath),
      },
      workflows,
      env: {
        ...cache.environment({ scopes: [...new Set([GITHUB_REF, MAIN])] }),
        ...{ DOCKER_HOST: engine.host, DOCKER_BUILDKIT: '0', DOCKER_CONFIG: dockerConfig },
        ...{ GITHUB_ACTOR: 'ann', GITHUB_API_URL: github.url, GITHUB_WORKFLOW: parse(workflow).name },
        ...{ GITHUB_REF, GITHUB_REF_NAME: GITHUB_REF.replace(/^refs\/\w+\//, ''), GITHUB_REF_TYPE: 'branch' },
        ...{ GITHUB_RUN_ID: String(++this.#run), GITHUB_RUN_ATTEMPT: '1', RUNNER_TOOL_CACHE: this.#tools },
        ...env,
        ...variables,
      },
      event: { repository: { default_branch: 'main' }, ...event },
      grant: (permissions) => {
        this.rights = permissions;
        return WORKFLOW_TOKEN;
      },
      newPath,
    });
  }
}

interface RunOptions {
  readonly workflows?: Readonly<Record<string, string>>;
  /** Variables of the machine. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Expects a run that succeeded, and tells what Varve said. */
function summaries({ jobs, varve, log }: RunOutcome): string[] {
  const said = [log, ...varve.map(({ stdout, stderr }) => stdout + stderr)].join('\n');
  for (const conclusion of Object.values(jobs)) expect(conclusion, said).not.toBe('failure');
  return varve.map(({ summary }) => summary);
}

async function onlyComment(): Promise<string> {
  const [comment, ...others] = await github.comments();
  expect(others).toEqual([]);
  return comment?.body ?? '';
}

describe.each(['docker-build', 'build-push-action-load', 'build-push-action-push', 'build-push-action-oci'])(
  'the recipe %s',
  (recipe) => {
    it('records a push, and tells what a pull request changes', async () => {
      const [workflow = ''] = workflowsOf(recipe);
      shop.write(IMAGE);
      const first = await shop.push(workflow);
      summaries(first);
      expect(first.varve).toMatchObject([{ outputs: { changed: '', 'baseline-saved': 'true' } }]);

      shop.write({ 'app/key.pem': KEY });
      const second = await shop.pull(workflow);
      const [summary] = summaries(second);
      expect(second.varve).toMatchObject([
        { outputs: { changed: 'true', 'baseline-found': 'true', 'baseline-saved': 'false' } },
      ]);
      expect(summary).toContain('app/key.pem');
      expect(summary).not.toContain('unverified');
      const comment = await onlyComment();
      expect(comment).toContain('### ⚠️');
      expect(comment).toContain('acme/web');
      expect(comment).toContain('app/key.pem');
    });
  },
);

describe('the recipe bake', () => {
  it('tells the images of one build apart, in one comment', async () => {
    const [workflow = ''] = workflowsOf('bake');
    const target = (name: string) => ({ context: name, tags: [`acme/${name}`] });
    const bake = {
      group: { default: { targets: ['api', 'web'] } },
      target: { api: target('api'), web: target('web') },
    };
    shop.write({ 'docker-bake.json': JSON.stringify(bake) });
    for (const name of ['api', 'web']) shop.write(inFolder(name));
    const first = await shop.push(workflow);
    expect(summaries(first)).toMatchObject(
      [/acme\/api/, /acme\/web/].map((name) => expect.stringMatching(name)),
    );

    shop.write({ 'web/app/key.pem': KEY });
    const second = await shop.pull(workflow);
    summaries(second);
    expect(second.varve.map(({ outputs }) => outputs.changed)).toEqual(['false', 'true']);
    const comment = await onlyComment();
    expect(comment).toContain('app/key.pem');
    expect(comment).toContain('`acme/web`');
  });
});

describe('the recipe platforms', () => {
  it('has a section for each platform in one comment', async () => {
    const [workflow = ''] = workflowsOf('platforms');
    const layer = await makeLayer({ 'etc/os-release': 'ID=test' });
    const bases = writeIndexed(newPath('bases'), [imageFor(AMD64, [layer]), imageFor(ARM64, [layer])]);
    const base = `${registry.host}/acme/platforms`;
    await skopeoCopy(bases, `docker://${base}`, '--all', ...registry.skopeoOptions);
    shop.write({ ...IMAGE, Dockerfile: `FROM ${base}\nCOPY app /app\n` });
    summaries(await shop.push(workflow));
    shop.write({ 'app/key.pem': KEY });
    const second = await shop.pull(workflow);
    summaries(second);
    expect(second.varve.map(({ outputs }) => [outputs.platforms, outputs.changed])).toEqual([
      ['linux/amd64', 'true'],
      ['linux/arm64', 'true'],
    ]);
    const comment = await onlyComment();
    expect(comment.match(/<!-- varve:section /g)).toHaveLength(2);
    expect(comment).toContain('linux/amd64');
    expect(comment).toContain('linux/arm64');
  });
});

describe('the recipe monorepo', () => {
  it('comments once for twenty images, with a row for those that changed', async () => {
    const [workflow = ''] = workflowsOf('monorepo');
    const names: string[] = parse(workflow).jobs.build.strategy.matrix.image;
    expect(names).toHaveLength(20);
    for (const name of names) shop.write(inFolder(`images/${name}`));
    const first = await shop.push(workflow);
    summaries(first);
    expect(first.jobs).toEqual({ build: 'success', comment: 'skipped' });

    shop.write({ 'images/api/app/key.pem': KEY, 'images/web/app/key.pem': KEY });
    const second = await shop.pull(workflow);
    summaries(second);
    expect(second.varve).toHaveLength(names.length + 1);
    const comment = await onlyComment();
    expect(comment).toContain('### ⚠️ 20 images: 2 need attention, 18 unchanged');
    expect(comment.match(/^\| \S+`[\w/]+` \|/gm)).toHaveLength(2);
  });
});

describe('the recipe reusable-workflow', () => {
  it('compares each image that it is called for', async () => {
    const [image = '', workflow = ''] = workflowsOf('reusable-workflow');
    const workflows = { './.github/workflows/image.yml': image };
    const { permissions } = parse(image).jobs.image;
    for (const job of Object.values<{ permissions: unknown }>(parse(workflow).jobs))
      expect(job.permissions).toEqual(permissions);
    for (const name of ['api', 'web']) shop.write(inFolder(name));
    summaries(await shop.push(workflow, { workflows }));
    shop.write({ 'web/app/key.pem': KEY });
    const second = await shop.pull(workflow, { workflows });
    summaries(second);
    expect(second.varve.map(({ outputs }) => outputs.changed)).toEqual(['false', 'true']);
    expect(await onlyComment()).toContain('`acme/web`');
  });
});

describe('the recipe merge-queue', () => {
  const queue = (workflow: string) => {
    const ref = 'refs/heads/gh-readonly-queue/main/pr-1';
    const env = { GITHUB_EVENT_NAME: 'merge_group', GITHUB_REF: ref, GITHUB_SHA: sha(50) };
    const group = { base_sha: sha(1), base_ref: MAIN, head_sha: sha(50), head_ref: ref };
    return shop.run(workflow, env, { merge_group: group });
  };

  it('compares with what the group will be merged into, and refuses what grows too much', async () => {
    const [workflow = ''] = workflowsOf('merge-queue');
    shop.write(IMAGE);
    summaries(await shop.push(workflow));
    shop.write({ 'app/more.txt': 'x'.repeat(5000) });
    const small = await queue(workflow);
    expect(summaries(small)).toEqual([expect.stringContaining('app/more.txt')]);
    expect(small.varve).toMatchObject([{ outputs: { changed: 'true', 'baseline-saved': 'false' } }]);
    expect(await github.comments()).toEqual([]);

    const large = await queue(workflow.replace('50000000', '1000'));
    expect(large.jobs).toEqual({ image: 'failure' });
    expect(large.log).toMatch(/^::error::The image grows by \d+ bytes; at most 1000 are allowed\.$/m);
  });
});

describe('the recipe forks', () => {
  it('comments from the second workflow, which takes the result of the first', async () => {
    const [build = '', comment = ''] = workflowsOf('forks');
    shop.write(IMAGE);
    summaries(await shop.push(build));
    shop.write({ 'app/key.pem': KEY });
    summaries(await shop.pull(build));
    expect(await github.comments()).toEqual([]);

    const env = { GITHUB_EVENT_NAME: 'workflow_run', GITHUB_SHA: sha(1) };
    const followed = await shop.run(comment, env, github.eventAfter(2) as object);
    summaries(followed);
    const body = await onlyComment();
    expect(body).toContain('app/key.pem');
    expect(body).toContain("Reported by the pull request's own run.");
  });

  it('does nothing after a push', async () => {
    const [, comment = ''] = workflowsOf('forks');
    const { workflow_run: before, ...rest } = github.eventAfter(2) as { workflow_run: object };
    const event = { ...rest, workflow_run: { ...before, event: 'push' } };
    expect((await shop.run(comment, { GITHUB_EVENT_NAME: 'workflow_run' }, event)).jobs).toEqual({
      comment: 'skipped',
    });
  });
});

describe('the recipe nightly', () => {
  it('publishes the image of a night only if something differs that counts', async () => {
    const [workflow = ''] = workflowsOf('nightly');
    const tag = `${registry.host}/acme/web:nightly`;
    const base = `${registry.host}/acme/base`;
    const night = async (): Promise<[string | undefined, string | null]> => {
      const event = { GITHUB_EVENT_NAME: 'schedule', GITHUB_SHA: sha(1) };
      const outcome = await shop.run(workflow, event, { schedule: '17 3 * * *' });
      summaries(outcome);
      return [outcome.varve[0]?.outputs.changed, await digestOf(tag)];
    };
    shop.write({ ...IMAGE, Dockerfile: `FROM ${base}\nCOPY app /app\n` });
    await pushBase(base, '1');
    await buildByHand(tag);
    const first = await digestOf(tag);
    expect(await night()).toEqual(['false', first]);
    await pushBase(base, '2');
    const [changed, next] = await night();
    expect(changed).toBe('true');
    expect(next).not.toBe(first);
    expect(await night()).toEqual(['false', next]);
  });
});

describe('the recipe before-the-push', () => {
  it('publishes what changed, and not what grows too much', async () => {
    const [workflow = ''] = workflowsOf('before-the-push');
    const tag = `${registry.host}/acme/web:main`;
    shop.write(IMAGE);
    await buildByHand(tag);
    const first = await digestOf(tag);

    summaries(await shop.push(workflow));
    expect(await digestOf(tag)).toBe(first);
    shop.write({ 'app/more.txt': 'x'.repeat(5000) });
    const large = await shop.push(workflow.replace('50000000', '1000'));
    expect(large.jobs).toEqual({ publish: 'failure' });
    expect(await digestOf(tag)).toBe(first);
    summaries(await shop.push(workflow));
    expect(await digestOf(tag)).not.toBe(first);
  });
});

/** The base branch saves a snapshot, and a pull request that brings a key is compared with it. */
async function pushThenPull(workflow: string, variables: Readonly<Record<string, string>>): Promise<void> {
  shop.write(IMAGE);
  const first = await shop.push(workflow, { variables });
  summaries(first);
  expect(first.varve).toMatchObject([{ outputs: { changed: '', 'baseline-saved': 'true' } }]);
  shop.write({ 'app/key.pem': KEY });
  const second = await shop.pull(workflow, { variables });
  expect(summaries(second)).toEqual([expect.stringContaining('app/key.pem')]);
  expect(second.varve).toMatchObject([{ outputs: { changed: 'true', 'baseline-saved': 'false' } }]);
}

describe('the recipe offline-kit', () => {
  it('takes the kit of each push into the store of another runner, and compares it there', async () => {
    const [workflow = ''] = workflowsOf('offline-kit');
    const variables = { PATH: `${varveOnPath()}:${process.env.PATH}` };
    shop.write(IMAGE);
    const first = await shop.push(workflow, { variables });
    summaries(first);
    expect(first.log).toContain('This is the first one.');
    shop.write({ 'app/key.pem': KEY });
    const second = await shop.push(workflow, { variables });
    summaries(second);
    expect(second.log).toContain('app/key.pem');
  });
});

/** A folder with the command, as it is installed on a runner. */
function varveOnPath(): string {
  const folder = newPath('bin');
  mkdirSync(folder);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(DIST, 'cli.js')}" "$@"\n`;
  writeFileSync(join(folder, 'varve'), script, { mode: 0o755 });
  return folder;
}

describe('the recipe self-hosted-without-engine', () => {
  it('keeps what it knows on the disk of the runner', async () => {
    await ensurePackages('buildah');
    const [workflow = ''] = workflowsOf('self-hosted-without-engine');
    const storage = newPath('storage');
    mkdirSync(storage);
    const settings = `[storage]\ndriver = "vfs"\ngraphroot = "${storage}/graph"\nrunroot = "${storage}/run"\n`;
    writeFileSync(join(storage, 'storage.conf'), settings);
    const variables = {
      ...{
        HOME: storage,
        CONTAINERS_STORAGE_CONF: join(storage, 'storage.conf'),
        BUILDAH_ISOLATION: 'chroot',
      },
      DOCKER_HOST: 'unix:///nonexistent',
    };
    await pushThenPull(workflow, variables);
    expect(await onlyComment()).toContain('app/key.pem');
    expect(cache.entries).toEqual([]);
  });
});

describe('the recipe github-enterprise-server', () => {
  it('keeps its baseline in a registry that only the company knows', async () => {
    const company = await startDockerRegistry(newPath('company'), 'tls');
    onTestFinished(() => company.stop());
    const [recipe = ''] = workflowsOf('github-enterprise-server');
    const workflow = recipe
      .replace('registry.example', company.host)
      .replace('/etc/ssl/company.pem', String(company.ca));
    const variables = { GITHUB_SERVER_URL: 'https://github.example' };
    await pushThenPull(workflow, variables);
    expect(await onlyComment()).toContain('https://github.example/octocat/shop/');
  });
});

it('runs every recipe; the one for Renovate is run by the tests of base images', () => {
  const here = readFileSync(import.meta.filename, 'utf8');
  const pages = [...readDocs().keys()].filter((path) => path.startsWith('docs/recipes/'));
  const names = pages
    .map((path) => basename(path, '.md'))
    .filter((name) => !/^(?:README|renovate)$/.test(name));
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !here.includes(`'${name}'`))).toEqual([]);
});

describe('what runs the recipes', () => {
  const job = (steps: string) => `name: ci\njobs:\n  one:\n    steps:\n${steps}`;

  const echo = (expression: string) => `      - run: echo \${{ ${expression} }}`;

  it.each([
    ['an action', '      - uses: acme/unknown@v1', 'nothing stands in for acme/unknown@v1'],
    ['a step', echo('steps.unknown.outputs.x'), 'unknown: steps.unknown.outputs.x'],
    ['a context', echo('secrets.KEY'), 'unknown: secrets.KEY'],
    ['a function', echo("hashFiles('x')"), 'unknown: hashFiles'],
    ['a key', '      - run: "true"\n        shell: sh', 'a step of one has an unknown key: shell'],
  ])('refuses %s that it does not know', async (_, steps, message) => {
    await expect(shop.push(job(steps))).rejects.toThrow(message);
  });

  it('skips what follows a command that failed, and hands outputs on', async () => {
    const steps = `
      - id: first
        run: echo "word=one" >> "$GITHUB_OUTPUT"
      - run: echo "said \${{ steps.first.outputs.word }}"; exit 3
      - run: echo skipped
      - if: always()
        run: echo last`;
    const outcome = await shop.push(job(steps));
    expect(outcome).toEqual({ jobs: { one: 'failure' }, varve: [], log: 'said one\nlast\n' });
  });
});

/** Publishes the first image. */
async function buildByHand(tag: string): Promise<void> {
  await engine.docker(['build', '--quiet', '--tag', tag, shop.sources]);
  await engine.docker(['push', tag]);
}

/** Publishes a base image that has a file with a text. */
async function pushBase(name: string, text: string): Promise<void> {
  const folder = newPath('base');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY version /etc/version\n');
  writeFileSync(join(folder, 'version'), text);
  await engine.docker(['build', '--quiet', '--tag', name, folder]);
  await engine.docker(['push', name]);
}

/** The digest that a tag has in the registry. */
async function digestOf(tag: string): Promise<string | null> {
  const [host, name, version] = /^(.+?)\/(.+):(.+)$/.exec(tag)?.slice(1) ?? [];
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const response = await fetch(`http://${host}/v2/${name}/manifests/${version}`, { headers: { accept } });
  return response.headers.get('docker-content-digest');
}
