import * as v from 'valibot';
import type { PostedComment, PullRequestComments } from '../../core/comment/pull-request-comments.ts';
import { retryAfter } from '../http/http-response.ts';
import type { ApiServer, ApiSubject, JsonApi } from '../http/json-api.ts';

/** Notes of one answer: the most that the server gives. */
const PAGE = 100;
const MOST_PAGES = 100;

const NOTES: ApiSubject = { name: 'the notes of the merge request', permission: 'api' };
const REQUEST: ApiSubject = { name: 'the merge request', permission: 'api' };
const LOGIN: ApiSubject = { name: 'the user of the token', permission: 'api' };

const UserSchema = v.object({ username: v.string() });
const NoteSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  body: v.nullish(v.string(), ''),
  author: v.nullable(UserSchema),
});
const RequestSchema = v.object({ sha: v.string() });

/**
 * GitLab, or an own server of it, as requests and errors speak of it.
 * @see https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 */
export const GITLAB: ApiServer = {
  name: 'GitLab',
  variable: 'CI_API_V4_URL',
  headers: { accept: 'application/json' },
  absent: [404],
  limitIn: (response) => (response.status === 429 ? { wait: retryAfter(response) } : null),
};

/**
 * The notes of a merge request, as GitLab's API keeps them.
 * @see https://docs.gitlab.com/api/notes/#merge-requests
 */
export class GitLabNotes implements PullRequestComments {
  readonly #api: JsonApi;
  readonly #places: { readonly rest: string; readonly page: string };
  readonly #path: string;
  #login: string | null = null;

  /**
   * @param number of the merge request in its project.
   * @param places the address of the API, and the page that shows the merge request.
   */
  constructor(api: JsonApi, number: number, places: { readonly rest: string; readonly page: string }) {
    this.#api = api;
    this.#path = `merge_requests/${number}`;
    this.#places = places;
  }

  async list(beginning: string): Promise<readonly PostedComment[]> {
    const found: PostedComment[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const query = `sort=asc&order_by=created_at&per_page=${PAGE}&page=${page}`;
      const listed = (await this.#api.get(`${this.#path}/notes?${query}`, v.array(NoteSchema), NOTES)) ?? [];
      for (const note of listed)
        if ((note.body ?? '').startsWith(beginning)) found.push(this.#toPosted(note));
      if (listed.length < PAGE) break;
    }
    return found.sort((one, other) => one.id - other.id);
  }

  async whoAmI(): Promise<string> {
    if (this.#login === null) {
      const user = await this.#api.ask(`${this.#places.rest}/user`, null, UserSchema, LOGIN);
      if (user === null) throw this.#api.hidden(LOGIN);
      this.#login = user.username;
    }
    return this.#login;
  }

  async readHead(): Promise<string> {
    const found = await this.#api.get(this.#path, RequestSchema, REQUEST);
    if (found === null) throw this.#api.hidden(REQUEST);
    return found.sha;
  }

  /** GitLab keeps no record of deleted notes. */
  async lastDeletion(): Promise<string | null> {
    return null;
  }

  async create(body: string): Promise<PostedComment> {
    const note = await this.#api.change(
      { method: 'POST', path: `${this.#path}/notes`, body: { body } },
      NoteSchema,
      NOTES,
    );
    if (note === null) throw this.#api.hidden(NOTES);
    return this.#toPosted(note);
  }

  async update(id: number, body: string): Promise<PostedComment | null> {
    const path = `${this.#path}/notes/${id}`;
    const note = await this.#api.change({ method: 'PUT', path, body: { body } }, NoteSchema, NOTES);
    return note && this.#toPosted(note);
  }

  async remove(id: number): Promise<void> {
    await this.#api.change({ method: 'DELETE', path: `${this.#path}/notes/${id}` }, v.unknown(), NOTES);
  }

  #toPosted({ id, body, author }: v.InferOutput<typeof NoteSchema>): PostedComment {
    return { id, body: body ?? '', author: author?.username ?? '', url: `${this.#places.page}#note_${id}` };
  }
}
