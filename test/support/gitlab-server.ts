import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { send, sha } from './github-api.ts';

export interface Note {
  readonly id: number;
  body: string;
  readonly author: { readonly username: string };
}

const NOTES = '/api/v4/projects/7/merge_requests/3/notes';

/**
 * What GitLab's API says of merge request 3 of project 7, on a loopback server of the test's own. It takes a bot's
 * token, and gives notes by page.
 * @see https://docs.gitlab.com/api/notes/#merge-requests
 */
export class GitLabServer {
  readonly url: string;
  notes: Note[] = [];
  head = sha(33);
  /** Set to refuse what is written. */
  refusal: number | null = null;
  #next = 100;

  private constructor(url: string) {
    this.url = url;
  }

  /** Ends with the test. */
  static async start(): Promise<GitLabServer> {
    const server = createServer((request, response) => void started.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const started = new GitLabServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`);
    return started;
  }

  /** The variables of a job in a pipeline of the merge request. */
  environment(pipeline: number, job = pipeline * 10): Record<string, string> {
    return {
      ...{ GITLAB_CI: 'true', CI_PIPELINE_ID: String(pipeline), CI_JOB_ID: String(job) },
      ...{ CI_API_V4_URL: this.url, CI_MERGE_REQUEST_PROJECT_ID: '7', CI_MERGE_REQUEST_IID: '3' },
      CI_MERGE_REQUEST_PROJECT_PATH: 'acme/shop',
      CI_MERGE_REQUEST_PROJECT_URL: 'https://gitlab.example/acme/shop',
      ...{ CI_COMMIT_SHA: this.head, CI_MERGE_REQUEST_DIFF_BASE_SHA: sha(1) },
      ...{ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main', CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic' },
      ...{ CI_DEFAULT_BRANCH: 'main', CI_JOB_URL: 'https://gitlab.example/acme/shop/-/jobs/1' },
      GITLAB_TOKEN: 'glpat-secret',
    };
  }

  add(username: string, body: string): Note {
    const note = { id: this.#next++, body, author: { username } };
    this.notes.push(note);
    return note;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const sent = pieces.length === 0 ? null : JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (request.headers.authorization !== 'Bearer glpat-secret')
      return send(response, 401, { message: '401 Unauthorized' });
    if (pathname === '/api/v4/user') return send(response, 200, { username: 'project_7_bot' });
    if (pathname === '/api/v4/projects/7/merge_requests/3')
      return send(response, 200, { iid: 3, sha: this.head });
    if (request.method !== 'GET' && this.refusal !== null)
      return send(response, this.refusal, { message: `${this.refusal} no` });
    if (pathname === NOTES && request.method === 'GET') return this.#list(searchParams, response);
    if (pathname === NOTES) return send(response, 201, this.add('project_7_bot', sent.body));
    const note = this.notes.find(({ id }) => pathname === `${NOTES}/${id}`);
    if (note === undefined) return send(response, 404, { message: '404 Note Not Found' });
    if (request.method === 'PUT') note.body = sent.body;
    else this.notes = this.notes.filter((each) => each !== note);
    return send(response, 200, note);
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))];
    send(response, 200, this.notes.slice((page - 1) * size, page * size));
  }
}
