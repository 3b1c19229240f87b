import * as v from 'valibot';
import type { PostedComment, PullRequestComments } from '../../core/comment/pull-request-comments.ts';
import type { ApiSubject, JsonApi } from '../http/json-api.ts';

/** Comments of one answer: the most that the server gives. */
const PAGE = 100;
const MOST_PAGES = 100;
/** Pages of events: a deletion that many others followed is long ago. */
const MOST_EVENT_PAGES = 10;
/** Whom the token of a workflow writes as. */
const WORKFLOWS = 'github-actions[bot]';

const COMMENTS: ApiSubject = { name: 'the comments', permission: 'pull-requests: write' };
const PULL_REQUEST: ApiSubject = { name: 'the pull request', permission: 'pull-requests: read' };
const EVENTS: ApiSubject = { name: 'the events', permission: 'pull-requests: read' };
const LOGIN: ApiSubject = { name: 'the login of the token', permission: 'metadata: read' };

const UserSchema = v.object({ login: v.string() });
const CommentSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  body: v.nullish(v.string(), ''),
  html_url: v.string(),
  user: v.nullable(UserSchema),
});
const HeadSchema = v.object({ head: v.object({ sha: v.string() }) });
const EventsSchema = v.array(
  v.object({
    event: v.nullish(v.string(), ''),
    created_at: v.nullish(v.string(), ''),
    actor: v.nullish(UserSchema),
  }),
);
/** A query that is refused is answered with 200 and without data. */
const ViewerSchema = v.object({ data: v.nullish(v.object({ viewer: v.nullish(UserSchema) })) });

/**
 * The comments of a pull request, as GitHub's API keeps them: as those of an issue.
 * @see https://docs.github.com/en/rest/issues/comments
 */
export class GitHubComments implements PullRequestComments {
  readonly #api: JsonApi;
  readonly #number: number;
  readonly #addresses: { readonly rest: string; readonly graphQl: string };
  #login: string | null = null;

  /** @param addresses of the two forms of the API. */
  constructor(api: JsonApi, number: number, addresses: { readonly rest: string; readonly graphQl: string }) {
    this.#api = api;
    this.#number = number;
    this.#addresses = addresses;
  }

  async list(beginning: string): Promise<readonly PostedComment[]> {
    const found: PostedComment[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const path = `issues/${this.#number}/comments?per_page=${PAGE}&page=${page}`;
      const listed = (await this.#api.get(path, v.array(CommentSchema), COMMENTS)) ?? [];
      for (const comment of listed) {
        if ((comment.body ?? '').startsWith(beginning)) found.push(toPosted(comment));
      }
      if (listed.length < PAGE) break;
    }
    return found.sort((one, other) => one.id - other.id);
  }

  /** A token of a workflow may not ask who it is in the one form of the API, and one's own server may lack the other. */
  async whoAmI(): Promise<string> {
    if (this.#login === null) {
      const { rest, graphQl } = this.#addresses;
      const viewer = await this.#api.ask(graphQl, '{viewer{login}}', ViewerSchema, LOGIN);
      const user = viewer?.data?.viewer ?? (await this.#api.ask(`${rest}/user`, null, UserSchema, LOGIN));
      this.#login = user?.login ?? WORKFLOWS;
    }
    return this.#login;
  }

  async readHead(): Promise<string> {
    const found = await this.#api.get(`pulls/${this.#number}`, HeadSchema, PULL_REQUEST);
    if (found === null) throw this.#api.hidden(PULL_REQUEST);
    return found.head.sha;
  }

  /** @see https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#comment_deleted */
  async lastDeletion(): Promise<string | null> {
    const times: string[] = [];
    const login = await this.whoAmI();
    for (let page = 1; page <= MOST_EVENT_PAGES; page += 1) {
      const path = `issues/${this.#number}/events?per_page=${PAGE}&page=${page}`;
      const events = (await this.#api.get(path, EventsSchema, EVENTS)) ?? [];
      for (const { event, created_at: time, actor } of events) {
        if (event === 'comment_deleted' && time && actor?.login !== login) times.push(time);
      }
      if (events.length < PAGE) break;
    }
    return times.sort().at(-1) ?? null;
  }

  async create(body: string): Promise<PostedComment> {
    const path = `issues/${this.#number}/comments`;
    const comment = await this.#api.change({ method: 'POST', path, body: { body } }, CommentSchema, COMMENTS);
    if (comment === null) throw this.#api.hidden(COMMENTS);
    return toPosted(comment);
  }

  async update(id: number, body: string): Promise<PostedComment | null> {
    const path = `issues/comments/${id}`;
    const comment = await this.#api.change(
      { method: 'PATCH', path, body: { body } },
      CommentSchema,
      COMMENTS,
    );
    return comment && toPosted(comment);
  }

  async remove(id: number): Promise<void> {
    await this.#api.change({ method: 'DELETE', path: `issues/comments/${id}` }, v.unknown(), COMMENTS);
  }
}

function toPosted({ id, body, html_url: url, user }: v.InferOutput<typeof CommentSchema>): PostedComment {
  return { id, body: body ?? '', author: user?.login ?? '', url };
}
