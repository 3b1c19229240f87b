import { describe, expect, it, onTestFinished } from 'vitest';
import { GitHubApi } from '../../src/adapters/github/github-api.ts';
import { GitHubComments } from '../../src/adapters/github/github-comments.ts';
import { GITLAB, GitLabNotes } from '../../src/adapters/gitlab/gitlab-notes.ts';
import { JsonApi } from '../../src/adapters/http/json-api.ts';
import { DEFAULT_PATIENCE } from '../../src/adapters/http/network-options.ts';
import { send } from '../support/github-api.ts';
import { GitLabServer } from '../support/gitlab-server.ts';
import { MemoryComments } from '../support/memory-comments.ts';
import { PullRequestServer, WORKFLOW_TOKEN } from '../support/pull-request-server.ts';
import { describePullRequestComments } from './pull-request-comments-suite.ts';

const NETWORK = {
  caFile: null,
  proxies: { http: '', https: '', none: '' },
  patience: DEFAULT_PATIENCE,
};

describe('comments in memory', () => {
  describePullRequestComments(async () => {
    const comments = new MemoryComments();
    const post = async (body: string) => void comments.post('mallory', body);
    return { comments, refused: null, post, head: () => comments.head };
  });
});

async function openGitHub(): Promise<PullRequestServer> {
  const server = await PullRequestServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function commentsOf(server: PullRequestServer, token = WORKFLOW_TOKEN): GitHubComments {
  const api = new GitHubApi({ api: server.url, repository: 'octocat/shop', token }, NETWORK);
  onTestFinished(() => api[Symbol.asyncDispose]());
  return new GitHubComments(api, server.number, { rest: server.url, graphQl: `${server.url}/graphql` });
}

describe('comments of a pull request on GitHub', () => {
  describePullRequestComments(async () => {
    const server = await openGitHub();
    const post = async (body: string) => void (await server.comment(body));
    return {
      comments: commentsOf(server),
      refused: commentsOf(server, 'wrong'),
      post,
      head: () => server.head,
    };
  });

  it('that others deleted are known by the time of the last', async () => {
    const server = await openGitHub();
    const comments = commentsOf(server);
    const before = new Date(Date.now() - 1000).toISOString();
    await server.delete(await server.comment('one'));
    const time = await comments.lastDeletion();
    expect(Date.parse(time ?? '')).toBeGreaterThan(Date.parse(before));
  });

  it('are written by the workflow where the token may not ask who it is', async () => {
    const server = await openGitHub();
    server.interfere = ({ path }, response) => {
      if (path !== '/graphql' && path !== '/user') return false;
      send(response, 403, { message: 'Resource not accessible by integration' });
      return true;
    };
    expect(await commentsOf(server).whoAmI()).toBe('github-actions[bot]');
  });
});

function notesOf({ url }: GitLabServer, token = 'glpat-secret'): GitLabNotes {
  const access = { base: `${url}/projects/7`, owner: 'acme/shop', token, server: GITLAB };
  const api = new JsonApi(access, NETWORK);
  onTestFinished(() => api[Symbol.asyncDispose]());
  return new GitLabNotes(api, 3, { rest: url, page: 'https://gitlab.example/acme/shop/-/merge_requests/3' });
}

describe('notes of a merge request on GitLab', () => {
  describePullRequestComments(async () => {
    const server = await GitLabServer.start();
    const post = async (body: string) => void server.add('mallory', body);
    return { comments: notesOf(server), refused: notesOf(server, 'wrong'), post, head: () => server.head };
  });
});
