import { beforeEach, describe, expect, it } from 'vitest';
import { parseComment } from '../../src/core/comment/comment.ts';
import { CacheService } from '../support/cache-service.ts';
import { send } from '../support/github-api.ts';
import { PullRequestRuns, sectionsIn, V1, V2 } from '../support/pull-request-runs.ts';
import { type PullRequestServer, type Request, WORKFLOW_TOKEN } from '../support/pull-request-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();

let runs: PullRequestRuns;
let github: PullRequestServer;
beforeEach(async () => {
  runs = await PullRequestRuns.start(newPath);
  github = runs.github;
  await runs.push(V1);
});

const bodies = async (): Promise<string[]> => (await github.comments()).map(({ body }) => body);

/** Requests that are not about commits. */
const ofComments = (): readonly Request[] =>
  github.requests.filter(({ path }) => /\/(issues|pulls)\//.test(path));

describe("the life of a pull request's comment", () => {
  it('is written once, updated in place, and turned quiet when nothing differs any more', async () => {
    const first = await runs.build(V2);
    const { id, body, html_url: url } = await runs.only();
    expect(first.outputs['comment-url']).toBe(url);
    expect(body).toMatch(/^<!-- varve:comment varve -->\n<!-- varve:section [\w-]+ -->\n### ✅ `shop` /);

    await github.push();
    await runs.build(V2);
    expect(await runs.only()).toMatchObject({ id });

    const last = await runs.build(V1);
    expect(last.outputs['comment-url']).toBe(url);
    const quiet = await runs.only();
    expect(quiet.body).toContain('### ✅ `shop` no change');
    expect(quiet.body.split('\n').length).toBeLessThan(10);
  });

  it('does not begin while nothing is worth it, and costs one request', async () => {
    const outcome = await runs.build(V1);
    expect(outcome.outputs['comment-url']).toBe('');
    expect(ofComments().map(({ method, path }) => `${method} ${path}`)).toEqual([
      expect.stringMatching(/^GET .*\/comments\?/),
    ]);
  });

  it.each([
    ['never', V2, 0],
    ['always', V1, 1],
    ['on-change', V2, 1],
    ['on-change', V1, 0],
  ])('begins as `comment: %s` says', async (comment, image, count) => {
    await runs.build(image, { inputs: { comment } });
    expect(await github.comments()).toHaveLength(count);
  });

  it('ends with `comment: never`, which leaves it as it is', async () => {
    await runs.build(V2);
    const { body } = await runs.only();
    const before = ofComments().length;
    await runs.build(V1, { inputs: { comment: 'never' } });
    expect((await runs.only()).body).toBe(body);
    expect(ofComments()).toHaveLength(before);
  });

  it('is told apart by a key', async () => {
    await runs.build(V2);
    await runs.build(V2, { inputs: { 'comment-key': 'nightly' } });
    expect((await bodies()).map((body) => body.split('\n')[0])).toEqual([
      '<!-- varve:comment varve -->',
      '<!-- varve:comment nightly -->',
    ]);
  });

  it('has a section for each image and platform that workflows take, in the order of their names', async () => {
    for (const name of ['web', 'api']) await runs.build(V2, { inputs: { name, comment: 'always' } });
    await runs.build(V2, { inputs: { name: 'api', comment: 'always' }, workflow: 'nightly' });
    const comment = await runs.only();
    expect(parseComment(comment.body, 'varve')?.map(({ subject }) => subject)).toEqual([
      { workflow: 'ci', image: 'api', platform: 'linux/amd64' },
      { workflow: 'nightly', image: 'api', platform: 'linux/amd64' },
      { workflow: 'ci', image: 'web', platform: 'linux/amd64' },
    ]);
  });

  it('is one with twelve sections after twelve jobs at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `image-${index}`);
    const outcomes = await Promise.all(
      names.map((name) => runs.build(V2, { run: 500, inputs: { name, comment: 'always' } })),
    );
    const comment = await runs.only();
    expect(
      parseComment(comment.body, 'varve')
        ?.map(({ subject }) => subject.image)
        .sort(),
    ).toEqual(names.toSorted());
    expect(new Set(outcomes.map(({ outputs }) => outputs['comment-url']))).toEqual(
      new Set([comment.html_url]),
    );
  });

  it('is found among a thousand others', async () => {
    for (let index = 0; index < 550; index += 1) await github.comment(`comment ${index}`);
    await runs.build(V2);
    const { id } = await runs.only();
    for (let index = 0; index < 500; index += 1) await github.comment(`comment ${index}`);
    await runs.build(V2);
    expect(await runs.only()).toMatchObject({ id });
  });

  it('leaves alone what others wrote, even with its marker, and a reply that quotes it', async () => {
    await runs.build(V2);
    const { id, body } = await runs.only();
    const forged = await github.comment(body);
    const quoted = await github.comment(body.replaceAll(/^/gm, '> '));
    await github.push();
    await runs.build(V2);
    const after = await github.comments();
    expect(after.map((each) => each.id)).toEqual([id, forged.id, quoted.id]);
    expect(after.slice(1).map((each) => each.body)).toEqual([forged.body, quoted.body]);
  });

  it('does not begin again where someone deleted it, until something new counts', async () => {
    await runs.build(V2);
    await github.delete(await runs.only());
    const kept = await runs.build(V2);
    expect(await github.comments()).toEqual([]);
    expect(kept.outputs['comment-url']).toBe('');
    await runs.push(V2);
    await runs.build(V1);
    expect(sectionsIn(await runs.only())).toBe(1);
  });

  it("is remembered in the workflow's cache, where pull requests leave no snapshot", async () => {
    await using service = await CacheService.start();
    const scopes = [`refs/pull/${github.number}/merge`, 'refs/heads/main'];
    runs.baseline = 'cache';
    await runs.push(V1, { env: service.environment({ scopes: ['refs/heads/main'], writable: true }) });
    const env = service.environment({ scopes, writable: true });
    await runs.build(V2, { env });
    await github.delete(await runs.only());
    await runs.build(V2, { env });
    expect(await github.comments()).toEqual([]);
    await runs.build(V1, { env, inputs: { comment: 'always' } });
    expect(sectionsIn(await runs.only())).toBe(1);
  });

  it('begins again where one of its own duplicates was deleted by a job', async () => {
    await github.comment('something else');
    const [other] = await github.comments();
    if (other) await github.delete(other);
    await runs.build(V2);
    expect(sectionsIn(await runs.only())).toBe(1);
  });

  it('is not written about a head that is no longer one', async () => {
    const old = github.head;
    await github.push();
    const outcome = await runs.build(V2, { head: old });
    expect(await github.comments()).toEqual([]);
    expect(outcome.outputs['comment-url']).toBe('');
  });

  it.each([
    ['run', { run: 50 }, { run: 60 }],
    ['attempt', { run: 60, attempt: 1 }, { run: 60, attempt: 2 }],
  ])('is not overwritten by an older %s', async (_, older, newer) => {
    await runs.build(V2, newer);
    const { body } = await runs.only();
    await runs.build(V1, older);
    expect((await runs.only()).body).toBe(body);
  });

  it('keeps sections of an older head, and says so', async () => {
    await runs.build(V2, { inputs: { name: 'api', comment: 'always' } });
    const old = github.head.slice(0, 7);
    await github.push();
    await runs.build(V2, { inputs: { name: 'web', comment: 'always' } });
    const comment = await runs.only();
    expect(sectionsIn(comment)).toBe(2);
    expect(comment.body).toContain(`<!-- varve:end -->\n\n*Of the earlier commit \`${old}\`.*`);
    await runs.build(V2, { inputs: { name: 'api', comment: 'always' } });
    expect((await runs.only()).body).not.toContain('Of the earlier commit');
  });

  it('keeps its other sections where a person edited it on a page, which ends lines in another way', async () => {
    await runs.build(V2, { inputs: { name: 'api', comment: 'always' } });
    const { id, body } = await runs.only();
    const edited = body.replaceAll('\n', '\r\n').replace('<!-- varve:end -->', 'x\r\n<!-- varve:end -->');
    await github.ask('PATCH', `issues/comments/${id}`, { body: edited });
    await runs.build(V2, { inputs: { name: 'web', comment: 'always' } });
    expect(sectionsIn(await runs.only())).toBe(2);
  });

  it('has room for many images, and cuts the longest sections down to a line', async () => {
    for (let index = 0; index < 3; index += 1)
      await runs.build(V2, { inputs: { name: `image-${index}`, comment: 'always' } });
    const { id, body } = await runs.only();
    const [first = ''] = parseComment(body, 'varve')?.map(({ markdown }) => markdown) ?? [];
    const padded = body.replace(first, () => `${first}\n\n${'long '.repeat(11_900)}`);
    await github.ask('PATCH', `issues/comments/${id}`, { body: padded });
    await runs.build(V2, { inputs: { name: 'image-1', comment: 'always' } });
    const comment = await runs.only();
    expect(Buffer.byteLength(comment.body)).toBeLessThanOrEqual(60_000);
    expect(sectionsIn(comment)).toBe(3);
    expect(comment.body).toContain('The rest does not fit here: it is in the summary of the run.');
  });
});

const isWrite = ({ method, path }: Request): boolean => method !== 'GET' && path !== '/graphql';

describe('trouble with GitHub', () => {
  const MESSAGES: readonly (readonly [number, string])[] = [
    [401, 'Bad credentials'],
    [403, 'Resource not accessible by integration'],
    [404, 'Not Found'],
    [410, 'Issues are disabled for this repo'],
    [422, 'Validation Failed'],
    [500, 'Server Error'],
    [502, 'Server Error'],
  ];
  it.each(MESSAGES)(
    'is a note where what is written is answered with %i, and the run is as before',
    async (status, message) => {
      github.interfere = (request, response) => {
        if (!isWrite(request)) return false;
        response.setHeader('x-accepted-github-permissions', 'pull_requests=write; issues=write');
        send(response, status, { message });
        return true;
      };
      const outcome = await runs.build(V2);
      expect(outcome.stdout).toContain('::notice title=Varve::The pull request got no comment');
      expect(outcome.stdout).not.toContain('::error');
      expect(outcome.summary).toContain('### ✅ `shop`');
      expect(outcome.outputs).toMatchObject({ 'comment-url': '', changed: 'true', 'baseline-saved': 'true' });
      if (status === 403) expect(outcome.stdout).toContain('pull-requests: write');
      if (status === 403)
        expect(outcome.stdout).toContain('GitHub asks for pull_requests=write; issues=write');
    },
  );

  it.each([401, 403, 404, 500])('is a note where a list is answered with %i', async (status) => {
    github.interfere = (_, response) => {
      send(response, status, { message: 'no' });
      return true;
    };
    const outcome = await runs.build(V2);
    expect(outcome.stdout).toContain('::notice title=Varve::The pull request got no comment');
  });

  it('is a note where nobody answers', async () => {
    github.interfere = (_, response) => {
      response.destroy();
      return true;
    };
    const outcome = await runs.build(V2);
    expect(outcome.stdout).toContain('::notice title=Varve::The pull request got no comment');
  });

  it.each([
    [429, { 'retry-after': '1' }],
    [403, { 'retry-after': '1' }],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }],
  ])('is waited for where it is a limit that says when to come again (%i)', async (status, headers) => {
    let refused = 0;
    github.interfere = (request, response) => {
      if (!isWrite(request) || refused > 0) return false;
      refused += 1;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      send(response, status, { message: 'You have exceeded a secondary rate limit' });
      return true;
    };
    await runs.build(V2);
    expect(sectionsIn(await runs.only())).toBe(1);
    expect(github.writes).toHaveLength(2);
  });

  it('does not make two comments of one whose answer was lost', async () => {
    let lost = 0;
    github.interfere = async (request, response) => {
      if (!isWrite(request) || lost > 0) return false;
      lost += 1;
      await github.comment(JSON.parse(request.body).body, WORKFLOW_TOKEN);
      response.destroy();
      return true;
    };
    const outcome = await runs.build(V2);
    expect(outcome.outputs['comment-url']).toBe((await runs.only()).html_url);
  });

  it('writes a comment again that was deleted meanwhile', async () => {
    await runs.build(V2);
    const { id } = await runs.only();
    let gone = false;
    github.interfere = async (request) => {
      if (request.method !== 'PATCH' || gone) return false;
      gone = true;
      await github.ask('DELETE', `issues/comments/${id}`);
      return false;
    };
    await runs.build(V2);
    expect((await runs.only()).id).not.toBe(id);
  });
});
