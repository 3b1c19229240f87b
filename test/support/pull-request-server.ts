import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, type Emulator } from 'emulate';
import { send, sha } from './github-api.ts';

/** Who comments are written as. */
export const WORKFLOW_TOKEN = 'secret-token';
const OWNER_TOKEN = 'owner-token';
const WORKFLOWS = 'github-actions[bot]';

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
  readonly html_url: string;
}

/** Something that a client asks for. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * A pull request of `octocat/shop` on an emulator of GitHub's API. What the emulator lacks is added: the events of
 * pull requests, of which the deletion of a comment is one.
 */
export class PullRequestServer implements AsyncDisposable {
  readonly url: string;
  readonly requests: Request[] = [];
  /** Set to answer in another way, or to do something first; true when it did answer. */
  interfere: (request: Request, response: ServerResponse) => boolean | Promise<boolean> = () => false;
  number = 0;
  /** The commit at its head. */
  head = '';
  readonly #server: Server;
  readonly #emulator: Emulator;
  readonly #deletions: { event: string; created_at: string; actor: { login: string } }[] = [];

  private constructor(url: string, server: Server, emulator: Emulator) {
    this.url = url;
    this.#server = server;
    this.#emulator = emulator;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#emulator.close();
  }

  static async start(): Promise<PullRequestServer> {
    const tokens = {
      [WORKFLOW_TOKEN]: { login: WORKFLOWS, scopes: ['repo'] },
      [OWNER_TOKEN]: { login: 'octocat', scopes: ['repo'] },
    };
    const users = [{ login: 'octocat' }, { login: WORKFLOWS }];
    const repos = [{ owner: 'octocat', name: 'shop', auto_init: true }];
    const port = await findPort();
    const emulator = await createEmulator({
      service: 'github',
      port,
      seed: { tokens, github: { users, repos } },
    });
    const server = createServer((request, response) => void started.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new PullRequestServer(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      server,
      emulator,
    );
    await started.#openPullRequest();
    return started;
  }

  async #openPullRequest(): Promise<void> {
    const main = await this.ask('GET', 'git/ref/heads/main');
    await this.ask('POST', 'git/refs', { ref: 'refs/heads/topic', sha: main.object.sha });
    const { tree } = await this.ask('GET', `git/commits/${main.object.sha}`);
    const commit = { message: 'change', tree: tree.sha, parents: [main.object.sha] };
    const { sha: changed } = await this.ask('POST', 'git/commits', commit);
    await this.ask('PATCH', 'git/refs/heads/topic', { sha: changed });
    const opened = await this.ask('POST', 'pulls', { title: 'Change', head: 'topic', base: 'main' });
    this.number = opened.number;
    this.head = opened.head.sha;
    await this.ask('PUT', `collaborators/${encodeURIComponent(WORKFLOWS)}`, { permission: 'push' });
  }

  /** Adds a commit to the pull request. */
  async push(): Promise<void> {
    await this.ask('PUT', `pulls/${this.number}/update-branch`, {});
    this.head = (await this.ask('GET', `pulls/${this.number}`)).head.sha;
  }

  async comments(): Promise<readonly Comment[]> {
    const found: Comment[] = [];
    for (let page = 1; ; page += 1) {
      const listed = await this.ask('GET', `issues/${this.number}/comments?per_page=100&page=${page}`);
      found.push(...listed);
      if (listed.length < 100) return found;
    }
  }

  /** Writes a comment as the owner of the repository, or as a workflow. */
  comment(body: string, token = OWNER_TOKEN): Promise<Comment> {
    return this.ask('POST', `issues/${this.number}/comments`, { body }, token);
  }

  /** The owner of the repository deletes a comment. */
  async delete({ id }: Comment): Promise<void> {
    await this.ask('DELETE', `issues/comments/${id}`);
    const time = new Date().toISOString();
    this.#deletions.push({ event: 'comment_deleted', created_at: time, actor: { login: 'octocat' } });
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind.
  async ask(method: string, path: string, body?: unknown, token = OWNER_TOKEN): Promise<any> {
    const response = await fetch(`${this.#emulator.url}/repos/octocat/shop/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** The environment of a workflow's run for the pull request. */
  environment(run: number, workflow = 'ci'): Record<string, string> {
    return {
      ...{ GITHUB_RUN_ID: String(run), GITHUB_WORKFLOW: workflow, GITHUB_SHA: sha(run) },
      ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: `refs/pull/${this.number}/merge` },
      GITHUB_API_URL: this.url,
      GITHUB_GRAPHQL_URL: `${this.url}/graphql`,
    };
  }

  event(head = this.head): unknown {
    return {
      pull_request: {
        number: this.number,
        head: { sha: head, ref: 'topic', repo: { full_name: 'octocat/shop' } },
        base: { sha: sha(1), ref: 'main' },
      },
      repository: { default_branch: 'main' },
    };
  }

  /** The event of a workflow that follows a run for the pull request, which began just now. */
  eventAfter(run: number, { head = this.head, owner = 'octocat', attempt = 1 } = {}): unknown {
    return {
      workflow_run: {
        ...{ id: run, name: 'ci', run_attempt: attempt, event: 'pull_request' },
        created_at: new Date().toISOString(),
        ...{ head_sha: head, head_branch: 'topic', head_repository: { full_name: `${owner}/shop` } },
        pull_requests: [],
      },
      repository: { default_branch: 'main' },
    };
  }

  /** What changed something. */
  get writes(): readonly Request[] {
    return this.requests.filter(({ method, path }) => method !== 'GET' && path !== '/graphql');
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      body: Buffer.concat(pieces).toString('utf8'),
    };
    this.requests.push(request);
    if (await this.interfere(request, response)) return;
    // The emulator lets everyone read what is public, also with a token that it does not know.
    const known = [WORKFLOW_TOKEN, OWNER_TOKEN].map((token) => `Bearer ${token}`);
    if (!known.includes(incoming.headers.authorization ?? ''))
      return send(response, 401, { message: 'Bad credentials' });
    if (/\/issues\/\d+\/events\?/.test(request.path)) return send(response, 200, this.#deletions);
    const answer = await fetch(`${this.#emulator.url}${request.path}`, {
      method: request.method,
      headers: {
        authorization: incoming.headers.authorization ?? '',
        'content-type': 'application/json',
      },
      ...(request.body !== '' && { body: request.body }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  }
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
