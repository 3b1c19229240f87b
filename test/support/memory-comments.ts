import type { PostedComment, PullRequestComments } from '../../src/core/comment/pull-request-comments.ts';

/** Who the comments of a run are written as. */
export const OWN_LOGIN = 'varve[bot]';

/** The comments of one pull request, and what can befall them from outside. */
export class MemoryComments implements PullRequestComments {
  posted: PostedComment[] = [];
  head = '1'.repeat(40);
  deletion: string | null = null;
  /** What was changed, in order. */
  readonly writes: string[] = [];
  /** Called before each write, once for each. */
  interfere: (write: string) => void | Promise<void> = () => {};
  #next = 1;

  /** Writes a comment as someone. */
  post(author: string, body: string): PostedComment {
    const id = this.#next++;
    const comment = { id, body, author, url: `memory:${id}` };
    this.posted.push(comment);
    return comment;
  }

  async list(beginning: string): Promise<readonly PostedComment[]> {
    return this.posted.filter(({ body }) => body.startsWith(beginning));
  }

  async whoAmI(): Promise<string> {
    return OWN_LOGIN;
  }

  async readHead(): Promise<string> {
    return this.head;
  }

  async lastDeletion(): Promise<string | null> {
    return this.deletion;
  }

  async create(body: string): Promise<PostedComment> {
    await this.#note('create');
    return this.post(OWN_LOGIN, body);
  }

  async update(id: number, body: string): Promise<PostedComment | null> {
    await this.#note(`update ${id}`);
    const index = this.posted.findIndex((each) => each.id === id);
    const found = this.posted[index];
    if (found === undefined) return null;
    const changed = { ...found, body };
    this.posted[index] = changed;
    return changed;
  }

  async remove(id: number): Promise<void> {
    await this.#note(`remove ${id}`);
    this.posted = this.posted.filter((each) => each.id !== id);
  }

  async #note(write: string): Promise<void> {
    this.writes.push(write);
    await this.interfere(write);
  }
}
