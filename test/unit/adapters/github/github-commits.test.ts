import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GitHubCommits } from '../../../../src/adapters/github/github-commits.ts';
import { GitHubApi, lineOf, send, sha } from '../../../support/github-api.ts';
import { quickAccess } from '../../../support/memory-registry.ts';

let api: GitHubApi;
beforeAll(async () => {
  api = await GitHubApi.start();
});
beforeEach(() => {
  api.interfere = () => false;
  api.requests.length = 0;
  api.graph = lineOf(3);
});

function open(token = 'secret-token', url = api.url): GitHubCommits {
  const commits = new GitHubCommits({ api: url, repository: 'octocat/shop', token }, quickAccess());
  onTestFinished(() => commits[Symbol.asyncDispose]());
  return commits;
}

describe('the commits of a repository on GitHub', () => {
  it('are known by one request, with their parents', async () => {
    const commits = open();
    expect(await commits.lineOf(sha(3), 10)).toEqual({ ancestors: [sha(2), sha(1)], cut: false });
    expect(await commits.parentsOf(sha(2))).toEqual([sha(1)]);
    expect(await commits.lineOf(sha(3), 1)).toEqual({ ancestors: [sha(2)], cut: true });
    expect(api.requests).toEqual([`/repos/octocat/shop/commits?sha=${sha(3)}&per_page=100`]);
  });

  it('are followed by first parents through merges, however many commits come between', async () => {
    // The first page is full of the branch that was merged, and has nothing of the line itself.
    const merges = new Map([
      [sha(502), [sha(501), sha(150)]],
      [sha(501), [sha(1), sha(150)]],
    ]);
    api.graph = new Map([...merges, ...lineOf(150)]);
    const line = await open().lineOf(sha(502), 10);
    expect(line).toEqual({ ancestors: [sha(501), sha(1)], cut: false });
    expect(api.requests).toHaveLength(2);
  });

  it('are asked for by the page, and not without end', async () => {
    api.graph = lineOf(2000);
    const line = await open().lineOf(sha(2000), 250);
    expect(line?.ancestors).toEqual(Array.from({ length: 250 }, (_, index) => sha(1999 - index)));
    expect(line?.cut).toBe(true);
    expect(api.requests).toHaveLength(3);
    const all = await open().lineOf(sha(2000), 2000);
    expect(all?.cut).toBe(true);
    expect(all?.ancestors).toHaveLength(800);
  });

  it('that it does not have are not known', async () => {
    const commits = open();
    expect(await commits.lineOf(sha(9), 5)).toBeNull();
    expect(await commits.parentsOf('../../x')).toBeNull();
    expect(await commits.mergeBaseOf(sha(9), sha(3))).toBeNull();
  });

  it('have a merge base', async () => {
    api.graph = new Map([[sha(11), [sha(2)]], ...lineOf(3)]);
    expect(await open().mergeBaseOf(sha(3), sha(11))).toBe(sha(2));
  });
});

describe('trouble with the API', () => {
  it.each<[string, number, unknown, string]>([
    ['a refusal', 403, { message: 'Resource not accessible by integration' }, 'denied'],
    ['another form', 200, { message: 'no list' }, 'unreachable'],
    ['ids that are none', 200, [{ sha: '../x', parents: [] }], 'unreachable'],
    ['a teapot', 418, {}, 'unreachable'],
  ])('%s is an error that says so', async (_, status, body, code) => {
    api.interfere = (_request, response) => {
      send(response, status, body);
      return true;
    };
    await expect(open().lineOf(sha(3), 5)).rejects.toMatchObject({ code });
  });

  it('a wrong token is refused, and not repeated', async () => {
    const fault = await open('wrong-token')
      .parentsOf(sha(3))
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'denied', hint: expect.stringContaining('contents: read') });
    expect(JSON.stringify(fault) + String(fault)).not.toContain('wrong-token');
  });

  it('passing trouble is tried again', async () => {
    api.interfere = (_request, response) => {
      if (api.requests.length > 1) return false;
      send(response, 502, {});
      return true;
    };
    expect(await open().parentsOf(sha(3))).toEqual([sha(2)]);
  });

  it('a server that is not there is an error', async () => {
    await expect(open('t', 'http://127.0.0.1:1').parentsOf(sha(3))).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('an answer without end is given up', async () => {
    api.interfere = (_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => void response.write(chunk, (fault) => fault || setImmediate(more));
      more();
      return true;
    };
    await expect(open().parentsOf(sha(3))).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('the token is not sent on to another server', async () => {
    const seen: unknown[] = [];
    const other = await GitHubApi.start();
    other.interfere = (request, response) => {
      seen.push(request.headers.authorization);
      send(response, 200, []);
      return true;
    };
    api.interfere = (request, response) => {
      response.writeHead(302, { location: `${other.url}${request.url}` }).end();
      return true;
    };
    expect(await open().parentsOf(sha(3))).toBeNull();
    expect(seen).toEqual([undefined]);
  });
});
