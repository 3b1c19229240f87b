import { writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GitHubApi as GitHubClient } from '../../../../src/adapters/github/github-api.ts';
import { GitHubCommits } from '../../../../src/adapters/github/github-commits.ts';
import { DEFAULT_PATIENCE } from '../../../../src/adapters/http/network-options.ts';
import type { VarveError } from '../../../../src/base/errors.ts';
import { GitHubApi, lineOf, send, sha } from '../../../support/github-api.ts';
import { SELF_SIGNED } from '../../../support/self-signed.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const NETWORK = {
  caFile: null,
  proxies: { http: '', https: '', none: '' },
  patience: { ...DEFAULT_PATIENCE, backOff: 1 },
};

const newPath = temporaryFolder();
let api: GitHubApi;
beforeAll(async () => {
  api = await GitHubApi.start();
});
beforeEach(() => {
  api.interfere = () => false;
  api.requests.length = 0;
  api.graph = lineOf(3);
});

function open(token = 'secret-token', url = api.url, signal?: AbortSignal): GitHubCommits {
  const client = new GitHubClient({ api: url, repository: 'octocat/shop', token }, NETWORK, signal);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return new GitHubCommits(client);
}

/** As `open`, with the test's own authority. */
function trusting(url: string): GitHubCommits {
  const caFile = newPath('ca.pem');
  writeFileSync(caFile, SELF_SIGNED.cert);
  const access = { api: url, repository: 'octocat/shop', token: 'secret-token' };
  const client = new GitHubClient(access, { ...NETWORK, caFile });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return new GitHubCommits(client);
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

describe('files of commits', () => {
  it('are found from tree to tree, and told from those that are not there', async () => {
    api.files = new Map([
      [sha(1), { 'README.md': 'hello', 'ci/rules/varve.yml': 'mtime: true' }],
      [sha(2), {}],
    ]);
    const commits = open();
    expect(await commits.readFileOf(sha(1), 'README.md')).toEqual({ kind: 'file', text: 'hello' });
    const nested = { kind: 'file', text: 'mtime: true' };
    expect(await commits.readFileOf(sha(1), 'ci/rules/varve.yml')).toEqual(nested);
    for (const path of ['varve.yml', 'ci', 'ci/rules', 'ci/varve.yml', 'README.md/x', '../x'])
      expect([path, await commits.readFileOf(sha(1), path)]).toEqual([path, { kind: 'absent' }]);
    expect(await commits.readFileOf(sha(2), 'README.md')).toEqual({ kind: 'absent' });
    for (const commit of [sha(99), '../../user', 'main'])
      expect(await commits.readFileOf(commit, 'README.md')).toEqual({ kind: 'unknown' });
  });

  it('are not known where the list is cut', async () => {
    api.interfere = (_, response) => {
      send(response, 200, { tree: [], truncated: true });
      return true;
    };
    expect(await open().readFileOf(sha(1), 'varve.yml')).toEqual({ kind: 'unknown' });
  });

  it('are those of the tip of a branch by its whole name', async () => {
    api.branches = { 'release/1.0': sha(1), main: sha(2) };
    expect(await open().tipOf('release/1.0')).toBe(sha(1));
    expect(await open().tipOf('release')).toBeNull();
    expect(await open().tipOf('main#')).toBeNull();
  });
});

it('is reached with TLS through an authority of its own', async () => {
  const secure = await GitHubApi.start(SELF_SIGNED);
  secure.graph = lineOf(3);
  const url = secure.url.replace('127.0.0.1', 'localhost');
  expect(await trusting(url).parentsOf(sha(3))).toEqual([sha(2)]);
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

describe('an error', () => {
  /** What is thrown, and told: in no way of registries, nor of what only they have. */
  async function faultOf(commits: GitHubCommits): Promise<VarveError> {
    const fault = await commits.lineOf(sha(3), 5).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: VarveError) => error,
    );
    expect(`${fault.message} ${fault.hint}`).not.toMatch(/registr|plain-http|log in|docker|secret-token/i);
    return fault;
  }

  const answering = (status: number, headers: Record<string, string>, message: string): void => {
    api.interfere = (_request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      send(response, status, { message });
      return true;
    };
  };
  /** Longer than is waited. */
  const later = { 'retry-after': '3600' };

  it.each<[number, Record<string, string>, string, Partial<VarveError>]>([
    [500, later, 'Server Error', { code: 'unreachable', hint: 'GitHub fails: try again later' }],
    [
      429,
      later,
      'You have exceeded a secondary rate limit',
      { code: 'unreachable', hint: 'GitHub limits how often it is asked: wait and try again' },
    ],
    [
      403,
      { 'x-ratelimit-remaining': '0' },
      'API rate limit exceeded',
      { code: 'denied', hint: 'GitHub limits how often it is asked: wait and try again' },
    ],
    [
      403,
      { 'x-ratelimit-remaining': '4999' },
      'Resource not accessible by integration',
      { code: 'denied', hint: 'the token needs the permission contents: read' },
    ],
    [401, {}, 'Bad credentials', { code: 'denied', hint: 'the token needs the permission contents: read' }],
    [400, {}, 'Bad request', { code: 'unreachable', hint: 'if GitHub speaks TLS, say so in GITHUB_API_URL' }],
    [418, {}, 'I am a teapot', { code: 'unreachable', hint: undefined }],
  ])(
    'for a %i with %j says what GitHub says, and what helps there',
    async (status, headers, said, expected) => {
      answering(status, headers, said);
      const fault = await faultOf(open());
      expect(fault).toMatchObject(expected);
      expect(fault.message).toMatch(new RegExp(`answered with ${status}.*: ${said}$`));
    },
  );

  it('for a server that is not there speaks of GitHub', async () => {
    expect(await faultOf(open('t', 'http://127.0.0.1:1'))).toMatchObject({
      code: 'unreachable',
      hint: 'check GITHUB_API_URL, the proxy settings, and whether GitHub runs',
    });
  });

  it('for a server that does not speak TLS speaks of GitHub', async () => {
    expect(await faultOf(open('t', api.url.replace('http:', 'https:')))).toMatchObject({
      code: 'unreachable',
      hint: 'if GitHub speaks plain HTTP, say so in GITHUB_API_URL',
    });
  });

  it('for a certificate that nobody trusts says how to trust it', async () => {
    const secure = await GitHubApi.start(SELF_SIGNED);
    expect(await faultOf(open('t', secure.url))).toMatchObject({
      code: 'unreachable',
      hint: 'name a file with the certificate of its authority: --ca FILE',
    });
  });

  it('for a certificate of another name says where GitHub is named', async () => {
    const secure = await GitHubApi.start(SELF_SIGNED);
    expect(await faultOf(trusting(secure.url))).toMatchObject({
      code: 'unreachable',
      hint: 'name GitHub in GITHUB_API_URL as its certificate does',
    });
  });

  it('for trouble where GitHub sends one speaks of the server there', async () => {
    api.interfere = (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end();
      return true;
    };
    const { host } = new URL(api.url);
    expect(await faultOf(open())).toMatchObject({
      object: 'http://127.0.0.1:1/elsewhere',
      hint: `check host and port, the proxy settings, and whether the server that ${host} points to runs`,
    });
  });
});

describe('a run that is broken off', () => {
  const reason = new Error('broken off');

  it('waits for no answer', async () => {
    const run = new AbortController();
    api.interfere = () => {
      run.abort(reason);
      return true;
    };
    await expect(open('secret-token', api.url, run.signal).parentsOf(sha(3))).rejects.toBe(reason);
  });

  it('asks nothing more', async () => {
    const commits = open('secret-token', api.url, AbortSignal.abort(reason));
    await expect(commits.parentsOf(sha(3))).rejects.toBe(reason);
    expect(api.requests).toEqual([]);
  });
});
