import { describe, expect, it } from 'vitest';
import type { PullRequestComments } from '../../src/core/comment/pull-request-comments.ts';

/** A pull request of a test's own, and what others do there. */
export interface CommentsUnderTest {
  readonly comments: PullRequestComments;
  /** The same with a token that the server refuses. */
  readonly refused: PullRequestComments | null;
  /** Someone else writes a comment. */
  post(body: string): Promise<void>;
  /** The commit at its head, as the server has it. */
  head(): string;
}

const MARKER = '<!-- marker -->';

/** What the comments of every kind of server do. */
export function describePullRequestComments(open: () => Promise<CommentsUnderTest>): void {
  it('are written, found by their beginning, changed and removed', async () => {
    const { comments } = await open();
    expect(await comments.list(MARKER)).toEqual([]);
    const written = await comments.create(`${MARKER}\none`);
    expect(written).toMatchObject({ body: `${MARKER}\none`, author: await comments.whoAmI() });
    expect(written.url).toContain(String(written.id));
    expect(await comments.list(MARKER)).toEqual([written]);
    const changed = await comments.update(written.id, `${MARKER}\ntwo`);
    expect(changed).toEqual({ ...written, body: `${MARKER}\ntwo` });
    await comments.remove(written.id);
    expect(await comments.list(MARKER)).toEqual([]);
  });

  it('hold a body as it is, whatever characters it has', async () => {
    const { comments } = await open();
    const body = `${MARKER}\n### ✅ \`a|b\` <b>&amp;</b> \\ "é" 🆕\n\n\n  end`;
    await comments.create(body);
    expect(await comments.list(MARKER)).toMatchObject([{ body }]);
  });

  it('come from all pages, the oldest first, whoever wrote them', async () => {
    const { comments, post } = await open();
    await post(`${MARKER}\nfirst`);
    for (let index = 0; index < 110; index += 1) await post(`comment ${index}`);
    await post(`> ${MARKER}`);
    const own = await comments.create(`${MARKER}\nlast`);
    const listed = await comments.list(MARKER);
    expect(listed.map(({ body }) => body)).toEqual([`${MARKER}\nfirst`, own.body]);
    expect(listed[0]?.author).not.toBe(own.author);
  });

  it('that are gone are not there to be changed, and need not be removed', async () => {
    const { comments } = await open();
    const { id } = await comments.create(MARKER);
    await comments.remove(id);
    expect(await comments.update(id, 'again')).toBeNull();
    await comments.remove(id);
  });

  it('are of a pull request with a head, and none of them was deleted by others', async () => {
    const { comments, head } = await open();
    expect(await comments.readHead()).toBe(head());
    expect(await comments.lastDeletion()).toBeNull();
    const { id } = await comments.create(MARKER);
    await comments.remove(id);
    expect(await comments.lastDeletion()).toBeNull();
  });

  describe('of a token that may not', () => {
    it('are denied, with what to do', async () => {
      const { refused } = await open();
      if (refused === null) return;
      const denied = { code: 'denied', hint: expect.stringContaining('the token needs the permission') };
      await expect(refused.list(MARKER)).rejects.toMatchObject(denied);
      await expect(refused.create(MARKER)).rejects.toMatchObject(denied);
      await expect(refused.readHead()).rejects.toMatchObject(denied);
    });
  });
}
