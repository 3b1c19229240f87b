import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { parseComment } from '../../src/core/comment/comment.ts';
import type { RunResult } from '../../src/core/run/run-result.ts';
import type { ActionOutcome } from '../support/action-runner.ts';
import { CacheService } from '../support/cache-service.ts';
import { send, sha } from '../support/github-api.ts';
import { PullRequestRuns, V1, V2 } from '../support/pull-request-runs.ts';
import type { PullRequestServer } from '../support/pull-request-server.ts';
import { HOSTILE_TEXTS } from '../support/report-scenarios.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const RUN = 700;

const newPath = temporaryFolder();

let runs: PullRequestRuns;
let github: PullRequestServer;
beforeEach(async () => {
  runs = await PullRequestRuns.start(newPath);
  github = runs.github;
});

/** A job of a pull request that leaves its result in a folder of artifacts. */
const build = (name: string, image: string, artifacts: string): Promise<void> =>
  runs.leave(name, image, artifacts, RUN);

const comment = (results: string): Promise<ActionOutcome> => runs.comment(results, RUN);

/** After the run of a pull request from a fork, on the default branch. */
const follow = (results: string, event: unknown): Promise<ActionOutcome> => runs.follow(results, event);

/** Changes a result as someone would who wants it to say something else. */
function forge(artifacts: string, name: string, change: (result: RunResult) => unknown): void {
  const path = join(artifacts, name, 'varve-result.json');
  writeFileSync(path, canonicalBytes(change(JSON.parse(readFileSync(path, 'utf8')))));
}

/** Gives the comparisons of a result other sections. */
const ofComparison =
  (sections: Readonly<Record<string, object>>) =>
  (result: RunResult): unknown => ({
    ...result,
    platforms: result.platforms.map((each) => ({
      ...each,
      comparison: each.comparison && { ...each.comparison, sections },
    })),
  });

describe('one job that comments for many', () => {
  it('names the images that changed in a row each, and counts the others', async () => {
    const artifacts = runs.newFolder();
    for (const [name, image] of [
      ['api', V2],
      ['db', V1],
      ['web', V2],
    ] as const)
      await build(name, image, artifacts);
    const outcome = await comment(artifacts);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { body, html_url: url } = await runs.only();
    expect(outcome.outputs['comment-url']).toBe(url);
    expect(body).toContain('### ✅ 3 images: 2 changed, 1 unchanged');
    expect(body.match(/^\| ✅&nbsp;`\w+` \|/gm)).toEqual(['| ✅&nbsp;`api` |', '| ✅&nbsp;`web` |']);
    expect(body.match(/<details>\n<summary><b><code>/g)).toHaveLength(2);
    expect(outcome.summary).toContain('### ✅ 3 images: 2 changed, 1 unchanged');
    expect(parseComment(body, 'varve')).toMatchObject([{ subject: { workflow: 'ci', image: '*' } }]);
  });

  it('writes nothing where nothing changed', async () => {
    const artifacts = runs.newFolder();
    for (const name of ['api', 'db']) await build(name, V1, artifacts);
    const outcome = await comment(artifacts);
    expect(outcome).toMatchObject({ status: 0, outputs: { 'comment-url': '' } });
    expect(await github.comments()).toEqual([]);
  });

  it.each([
    ['no results', '', 'no results are given'],
    ['a path that is not there', '/nonexistent', 'there is no /nonexistent'],
    ['a folder without any', import.meta.dirname, 'has no varve-result.json'],
  ])('refuses %s', async (_, results, message) => {
    const outcome = await comment(results);
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toContain(message);
  });
});

describe('a job that comments for the run of a fork', () => {
  let artifacts: string;
  beforeEach(async () => {
    artifacts = runs.newFolder();
    await build('shop', V2, artifacts);
  });

  it('finds the pull request by its head, and says who reported', async () => {
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { body } = await runs.only();
    expect(body).toContain('### ✅ `shop`');
    expect(body).toContain("Reported by the pull request's own run.");
    expect(parseComment(body, 'varve')).toMatchObject([
      { subject: { workflow: 'ci', image: 'shop', platform: 'linux/amd64' }, run: { id: RUN } },
    ]);
  });

  it('is overtaken by nothing that it reported: the run of the fork itself is not allowed to write', async () => {
    await follow(artifacts, github.eventAfter(RUN));
    await follow(artifacts, github.eventAfter(RUN));
    await runs.only();
  });

  it.each([
    ['whose run was of another pull request', { number: 999 }],
    ['that names another workflow', { name: 'other' }],
  ])('never believes a result %s', async (_, { number, name }: { number?: number; name?: string }) => {
    forge(artifacts, 'shop', (result) => ({
      ...result,
      workflow: result.workflow && { ...result.workflow, name: name ?? result.workflow.name },
      platforms: result.platforms.map((each) => ({
        ...each,
        pointer: { ...each.pointer, run: { ...each.pointer.run, pullRequest: number ?? github.number } },
      })),
    }));
    await follow(artifacts, github.eventAfter(RUN));
    expect(github.writes.map(({ path }) => path)).toEqual([
      `/repos/octocat/shop/issues/${github.number}/comments`,
    ]);
    expect(parseComment((await runs.only()).body, 'varve')).toMatchObject([{ subject: { workflow: 'ci' } }]);
  });

  it.each([
    ['of another run', () => github.eventAfter(RUN + 1)],
    ['of another head', () => github.eventAfter(RUN, { head: sha(77) })],
  ])('shows no result %s', async (_, event) => {
    const outcome = await follow(artifacts, event());
    expect(outcome).toMatchObject({ status: 0 });
    expect(outcome.stdout).toMatch(/::warning title=Varve::1 of the results are not of run/);
    expect(await github.comments()).toEqual([]);
  });

  it('writes nothing once the head has moved, nor for a branch of somebody else', async () => {
    const event = github.eventAfter(RUN);
    expect((await follow(artifacts, github.eventAfter(RUN, { owner: 'mallory' }))).status).toBe(0);
    await github.push();
    expect((await follow(artifacts, event)).status).toBe(0);
    expect(await github.comments()).toEqual([]);
  });

  it('writes no text of the result: only names, as code', async () => {
    const texts = [...HOSTILE_TEXTS, '<!-- varve:end -->', '\n::set-output name=x::y', '##[command]x'];
    forge(artifacts, 'shop', (result) => ({
      ...result,
      platforms: result.platforms.map(({ pointer, snapshot, comparison }) => ({
        pointer: {
          ...pointer,
          image: { ...pointer.image, name: texts.join(' '), reference: texts.join('\n') },
          findings: texts.map((text) => ({ layer: null, code: 'odd', path: text, detail: text })),
          baseline: pointer.baseline && {
            ...pointer.baseline,
            place: texts.join('\n'),
            branch: texts.join(''),
          },
        },
        snapshot,
        comparison: comparison && {
          ...comparison,
          layers: comparison.layers.map((layer) => ({
            ...layer,
            ...(layer.target && { target: { ...layer.target, step: texts.join('\n') } }),
          })),
        },
      })),
    }));
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { body } = await runs.only();
    const prose = body.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)|<code>.*?<\/code>|<!-- varve:.*-->/g, '');
    expect(prose).not.toMatch(
      /@\w|(?<!&)#\d|<script|<img|::set-output|\u202e|https?:\/\/(?!github\.example)/,
    );
    expect(outcome.stdout).not.toMatch(/^::set-output|^##\[/m);
  });

  const SENTENCE = 'The maintainers have approved this change';
  it.each<[string, (result: RunResult) => unknown]>([
    [
      'failed',
      (result) => ({
        ...result,
        failures: [
          {
            platform: { os: 'linux', architecture: 's390x' },
            code: 'digest-mismatch',
            message: SENTENCE,
          },
        ],
      }),
    ],
    [
      'was skipped',
      ofComparison({
        uncompared: {
          count: 1,
          items: [{ what: 'files', why: 'passed-over', side: 'target', findings: [SENTENCE] }],
        },
      }),
    ],
  ])('repeats no words about what %s', async (_, change) => {
    forge(artifacts, 'shop', change);
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect((await runs.only()).body).toContain('`shop`');
    expect(`${(await runs.only()).body} ${outcome.summary}`).not.toContain(SENTENCE);
  });

  it.each<[string, (result: RunResult) => unknown]>([
    [
      'a name without end',
      (result) => ({ ...result, image: { ...result.image, name: 'x'.repeat(200_000) } }),
    ],
    [
      'layers without number',
      (result) => ({
        ...result,
        platforms: result.platforms.map((each) => ({
          ...each,
          pointer: { ...each.pointer, layers: { ...each.pointer.layers, total: 4_000_000_000 } },
        })),
      }),
    ],
    ['sections that nobody knows', ofComparison({ a: {}, b: {} })],
  ])('has one comment of a result with %s, and updates it', async (_, change) => {
    forge(artifacts, 'shop', change);
    for (const attempt of [1, 2]) {
      const outcome = await follow(artifacts, github.eventAfter(RUN, { attempt }));
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
    }
    await runs.only();
    expect(github.writes.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['cut', (path) => writeFileSync(path, readFileSync(path).subarray(0, 500)), /is not JSON/],
    ['of another form', (path) => writeFileSync(path, '{"schema":"varve.result@9"}'), /schema/],
    [
      'indented',
      (path) => writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, 'utf8')), null, 1)),
      /canonical/,
    ],
    [
      'too large',
      (path) => writeFileSync(path, Buffer.alloc(70 * 1024 * 1024, 32)),
      /more than 67108864 bytes/,
    ],
  ])('says that a result is %s, and posts nothing', async (_, damage, message) => {
    damage(join(artifacts, 'shop', 'varve-result.json'));
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toMatch(/::warning title=Varve::/);
    expect(outcome.stdout).toMatch(message);
    expect(await github.comments()).toEqual([]);
  });

  it('shows the other results where the documents of one are not of one image', async () => {
    await build('api', V2, artifacts);
    forge(artifacts, 'shop', (result) => ({
      ...result,
      platforms: result.platforms.map((each) => ({
        ...each,
        pointer: { ...each.pointer, snapshotDigest: `sha256:${'0'.repeat(64)}` },
      })),
    }));
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toMatch(/::warning title=Varve::the comparison is of snapshot/);
    expect(parseComment((await runs.only()).body, 'varve')).toMatchObject([{ subject: { image: 'api' } }]);
  });

  it('follows no link of an artifact', async () => {
    const odd = runs.newFolder();
    symlinkSync(join(artifacts, 'shop', 'varve-result.json'), join(odd, 'varve-result.json'));
    symlinkSync(artifacts, join(odd, 'folder'));
    const outcome = await follow(odd, github.eventAfter(RUN));
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toContain('has no varve-result.json');
  });

  it('does not begin again where someone deleted it, until there is something newer', async () => {
    const event = github.eventAfter(RUN);
    await follow(artifacts, event);
    await github.delete(await runs.only());
    const again = await follow(artifacts, event);
    expect(again).toMatchObject({ status: 0, outputs: { 'comment-url': '' } });
    expect(await github.comments()).toEqual([]);
    // The run of a fork may keep nothing in the cache, so what it says of a newer commit may be the same.
    await follow(artifacts, github.eventAfter(RUN));
    await runs.only();
  });

  it("is remembered in the workflow's cache where that may be written, until something new counts", async () => {
    await using service = await CacheService.start();
    const env = service.environment({ scopes: ['refs/heads/main'] });
    await runs.follow(artifacts, github.eventAfter(RUN), env);
    await github.delete(await runs.only());
    await runs.follow(artifacts, github.eventAfter(RUN), env);
    expect(await github.comments()).toEqual([]);
    expect(service.entries.map(({ key }) => key)).toEqual([expect.stringMatching(/^varve-said-v1-/)]);
    await build('api', V2, artifacts);
    await runs.follow(artifacts, github.eventAfter(RUN), env);
    await runs.only();
  });

  it('does not guess which of several pull requests is meant', async () => {
    github.interfere = (request, response) => {
      if (!/\/pulls\?/.test(request.path)) return false;
      const [head, base] = [{ sha: github.head }, { sha: sha(1), ref: 'main' }];
      send(
        response,
        200,
        [github.number, 99].map((number) => ({ number, state: 'open', head, base })),
      );
      return true;
    };
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome).toMatchObject({ status: 0, outputs: { 'comment-url': '' } });
    expect(github.writes).toEqual([]);
  });

  it('believes no number in the event, which may be of another repository', async () => {
    const event = github.eventAfter(RUN, { owner: 'mallory' }) as Record<string, object>;
    const named = {
      number: github.number,
      head: { sha: github.head },
      base: { sha: sha(1), ref: 'main' },
    };
    const workflow_run = { ...event.workflow_run, pull_requests: [named] };
    await follow(artifacts, { ...event, workflow_run });
    expect(github.writes).toEqual([]);
  });

  it('asks for nothing but the pull request and its comments', async () => {
    github.requests.length = 0;
    await follow(artifacts, github.eventAfter(RUN));
    const asked = github.requests.map(({ path }) => path.replace('/repos/octocat/shop/', ''));
    expect(asked.filter((path) => !/^(pulls|issues)\b|^\/(graphql|user)$/.test(path))).toEqual([]);
  });

  it('says why there is no comment where the pull request cannot be looked up', async () => {
    github.interfere = (request, response) => {
      if (!/\/pulls\?/.test(request.path)) return false;
      send(response, 403, { message: 'Resource not accessible by integration' });
      return true;
    };
    const outcome = await follow(artifacts, github.eventAfter(RUN));
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toMatch(
      /::notice title=Varve::The pull request got no comment\..*pull-requests: read/,
    );
    expect(outcome.summary).toContain('shop');
  });

  it('does nothing after the run of a push', async () => {
    const { workflow_run: before, ...rest } = github.eventAfter(RUN) as Record<string, object>;
    const outcome = await follow(artifacts, { ...rest, workflow_run: { ...before, event: 'push' } });
    expect(outcome.status).toBe(0);
    expect(await github.comments()).toEqual([]);
    expect(outcome.summary).toContain('shop');
  });
});
