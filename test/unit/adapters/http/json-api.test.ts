import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GitHubApi } from '../../../../src/adapters/github/github-api.ts';
import { GITLAB } from '../../../../src/adapters/gitlab/gitlab-notes.ts';
import { JsonApi } from '../../../../src/adapters/http/json-api.ts';
import { DEFAULT_PATIENCE } from '../../../../src/adapters/http/network-options.ts';

const NETWORK = {
  caFile: null,
  proxies: { http: '', https: '', none: '' },
  patience: DEFAULT_PATIENCE,
};
const SUBJECT = { name: 'the things', permission: 'things: read' };
const THINGS = v.array(v.string());

interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: unknown;
}

let url: string;
let answer: Answer;
let asked: number;
beforeEach(async () => {
  asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? { message: 'no' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function open(kind: 'GitHub' | 'GitLab', base = url): JsonApi {
  const api =
    kind === 'GitHub'
      ? new GitHubApi({ api: base, repository: 'acme/shop', token: 'secret' }, NETWORK)
      : new JsonApi({ base, owner: 'acme/shop', token: 'secret', server: GITLAB }, NETWORK);
  onTestFinished(() => api[Symbol.asyncDispose]());
  return api;
}

const KINDS = [
  ['GitHub', 'GITHUB_API_URL'],
  ['GitLab', 'CI_API_V4_URL'],
] as const;

describe.each(KINDS)('the API of %s', (kind, variable) => {
  it('says where its address comes from when that is none', async () => {
    await expect(open(kind, 'nowhere').get('things', THINGS, SUBJECT)).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringContaining('is not a web address'),
      hint: `let ${variable} name the API of ${kind}, with its scheme`,
    });
  });

  it('says the same of an answer that is not its own', async () => {
    answer = { status: 200, body: { page: 'Log in' } };
    await expect(open(kind).get('things', THINGS, SUBJECT)).rejects.toMatchObject({
      code: 'unreachable',
      message: `${url} gave an answer that ${kind}'s API does not give`,
      hint: `check ${variable} and the proxy settings: another server may have answered`,
    });
  });

  it('has nothing where it says 404', async () => {
    answer = { status: 404 };
    expect(await open(kind).get('things', THINGS, SUBJECT)).toBeNull();
  });
});

describe("GitHub's own rules", () => {
  it.each([409, 422])(
    '%i says that there is no such commit on GitHub, and is a fault elsewhere',
    async (status) => {
      answer = { status };
      expect(await open('GitHub').get('things', THINGS, SUBJECT)).toBeNull();
      await expect(open('GitLab').get('things', THINGS, SUBJECT)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining(`answered with ${status}`),
      });
    },
  );

  it('403 is a limit on GitHub where its headers or its words say so, and a refusal elsewhere', async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 3600);
    answer = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } };
    await expect(open('GitHub').get('things', THINGS, SUBJECT)).rejects.toMatchObject({
      hint: 'GitHub limits how often it is asked: wait and try again',
    });
    await expect(open('GitLab').get('things', THINGS, SUBJECT)).rejects.toMatchObject({
      hint: 'the token needs the permission things: read',
    });
    answer = { status: 403, body: { message: 'You have exceeded a secondary rate limit' } };
    await expect(open('GitHub').get('things', THINGS, SUBJECT)).rejects.toMatchObject({
      hint: 'GitHub limits how often it is asked: wait and try again',
    });
    answer = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } };
    asked = 0;
    await expect(open('GitHub').get('things', THINGS, SUBJECT)).rejects.toThrow();
    expect(asked).toBe(2);
  });
});
