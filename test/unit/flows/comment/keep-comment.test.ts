import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { commentMarker, composeComment, parseComment } from '../../../../src/core/comment/comment.ts';
import {
  type CommentOutcome,
  type CommentRequest,
  keepComment,
} from '../../../../src/flows/comment/keep-comment.ts';
import { MemoryComments, OWN_LOGIN } from '../../../support/memory-comments.ts';

const KEY = 'varve';
const LIMIT = 60_000;

let comments: MemoryComments;
beforeEach(() => {
  comments = new MemoryComments();
});

interface Said extends Partial<Omit<CommentRequest, 'run'>> {
  readonly image?: string;
  readonly text?: string;
  readonly id?: number;
  readonly attempt?: number;
  readonly head?: string;
}

/** A run that has something to say of one image. */
function say({
  image = 'shop',
  text = 'changed',
  id = 10,
  attempt = 1,
  head = comments.head,
  ...more
}: Said = {}): Promise<CommentOutcome> {
  return keepComment(comments, {
    ...{ key: KEY, limit: LIMIT, run: { id, attempt, head }, isWorthSaying: true },
    sections: [{ subject: { workflow: 'ci', image, platform: null }, render: () => `### ${text}` }],
    wasKnown: async () => false,
    pause: async () => {},
    ...more,
  });
}

/** What the only comment of ours says of each image. */
function told(): Record<string, string> {
  const [posted, ...others] = comments.posted.filter(({ author }) => author === OWN_LOGIN);
  expect(others).toEqual([]);
  const sections = parseComment(posted?.body ?? '', KEY) ?? [];
  return Object.fromEntries(sections.map(({ subject, markdown }) => [subject.image, markdown]));
}

/** The body of a comment that another run wrote. */
function bodyOf(image: string, text: string, id = 5): string {
  const run = { id, attempt: 1, head: comments.head };
  const section = { subject: { workflow: 'ci', image, platform: null }, run, markdown: `### ${text}` };
  return composeComment([section], { key: KEY, head: comments.head, limit: LIMIT });
}

describe('the one comment of a pull request', () => {
  test('is written, then updated in place, and left as it is when it says so already', async () => {
    expect(await say()).toEqual({ kind: 'written', url: 'memory:1' });
    expect(await say({ id: 11, text: 'no change', isWorthSaying: false })).toMatchObject({ kind: 'written' });
    expect(await say({ id: 11, text: 'no change' })).toEqual({ kind: 'current', url: 'memory:1' });
    expect(comments.writes).toEqual(['create', 'update 1']);
    expect(told()).toEqual({ shop: '### no change' });
  });

  test('does not begin where nothing is worth it, and gets no section then', async () => {
    expect(await say({ isWorthSaying: false })).toEqual({ kind: 'quiet', url: null });
    await say();
    expect(await say({ image: 'api', isWorthSaying: false })).toEqual({ kind: 'quiet', url: 'memory:1' });
    expect(told()).toEqual({ shop: '### changed' });
  });

  test('is left to the newer head that comes while jobs overwrite each other', async () => {
    await say({ image: 'api', id: 5 });
    const newer = 'b'.repeat(40);
    let isOver = false;
    comments.interfere = () => {
      if (isOver) return;
      isOver = true;
      setImmediate(() => {
        comments.head = newer;
        const run = { id: 30, attempt: 1, head: newer };
        const section = {
          subject: { workflow: 'ci', image: 'api', platform: null },
          run,
          markdown: '### newest',
        };
        const body = composeComment([section], { key: KEY, head: newer, limit: LIMIT });
        comments.posted = comments.posted.map((each) => ({ ...each, body }));
      });
    };
    const pause = (): Promise<void> => setTimeout(5);
    expect(await say({ id: 20, pause })).toEqual({ kind: 'outdated', url: 'memory:1' });
    expect(told()).toEqual({ api: '### newest' });
  });

  test('keeps the newest of more images than fit, says how many do not, and folds other comments in', async () => {
    const workflow = 'a workflow with a long name, as people give them to tell one from another';
    const section = (index: number) => ({
      subject: { workflow, image: `image-${index}`, platform: null },
      run: { id: index, attempt: 1, head: comments.head },
      markdown: `### image-${index}\n\nmore`,
    });
    for (const first of [1, 111]) {
      const sections = Array.from({ length: 110 }, (_, index) => section(first + index));
      comments.post(OWN_LOGIN, composeComment(sections, { key: KEY, head: comments.head, limit: LIMIT }));
    }
    expect(await say({ id: 800 })).toMatchObject({ kind: 'written' });
    const said = told();
    const left = 221 - Object.keys(said).length;
    expect(left).toBeGreaterThan(0);
    expect(said).toHaveProperty('shop');
    expect(said).toHaveProperty('image-220');
    expect(said).not.toHaveProperty('image-1');
    expect(comments.posted[0]?.body).toContain(`*${left} more do not fit here.*`);
    expect(Buffer.byteLength(comments.posted[0]?.body ?? '')).toBeLessThanOrEqual(LIMIT);

    // Later runs count them too, and one that comes back counts once.
    for (const subject of [section(221), section(1), section(220)].map((each) => each.subject)) {
      await say({ id: 801, sections: [{ subject, render: () => '### later' }] });
      expect(told()).toHaveProperty(subject.image, '### later');
      const leftNow = 222 - Object.keys(told()).length;
      expect(comments.posted[0]?.body).toContain(`*${leftNow} more do not fit here.*`);
    }
  });

  test('says that it is of an earlier commit where it arrives after a new head', async () => {
    await say({ image: 'api', id: 5 });
    const pause = async () => {
      comments.head = 'b'.repeat(40);
    };
    expect(await say({ id: 20, pause })).toEqual({ kind: 'outdated', url: 'memory:1' });
    expect(comments.posted[0]?.body.match(/\*Of the earlier commit `1111111`\.\*/g)).toHaveLength(2);
    expect(Object.keys(told())).toEqual(['api', 'shop']);
  });

  test('gets the sections of jobs that wrote at once, and the others are removed', async () => {
    comments.post(OWN_LOGIN, bodyOf('api', 'one'));
    comments.post(OWN_LOGIN, bodyOf('web', 'two'));
    comments.post(OWN_LOGIN, bodyOf('api', 'newer', 6));
    expect(await say()).toEqual({ kind: 'written', url: 'memory:1' });
    expect(told()).toEqual({ api: '### newer', shop: '### changed', web: '### two' });
    expect(comments.writes).toEqual(['update 1', 'remove 2', 'remove 3']);
  });

  test('is written again where another job overwrote it', async () => {
    comments.post(OWN_LOGIN, bodyOf('api', 'one'));
    let isOverwritten = false;
    const pause = async () => {
      const [posted] = comments.posted;
      if (isOverwritten || posted === undefined) return;
      isOverwritten = true;
      comments.posted = [{ ...posted, body: bodyOf('web', 'two') }];
    };
    await say({ pause });
    expect(told()).toMatchObject({ shop: '### changed', web: '### two' });
  });

  test('ends with an error where others overwrite it each time', async () => {
    comments.post(OWN_LOGIN, bodyOf('api', 'one'));
    const pause = async () => {
      comments.posted = comments.posted.map((each) => ({ ...each, body: bodyOf('api', 'one') }));
    };
    await expect(say({ pause })).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('comment-key'),
    });
  });

  test('is found by its author too: what others wrote is not touched', async () => {
    const forged = comments.post('mallory', bodyOf('shop', 'forged', 99));
    await say();
    expect(comments.posted[0]).toEqual(forged);
    expect(told()).toEqual({ shop: '### changed' });
  });

  test.each([
    ['run', { id: 9 }],
    ['attempt', { id: 10, attempt: 1 }],
  ])('is not overwritten by an older %s', async (_, older) => {
    await say({ attempt: 2 });
    expect(await say({ ...older, text: 'old' })).toEqual({ kind: 'outdated', url: 'memory:1' });
    expect(told()).toEqual({ shop: '### changed' });
    expect(comments.writes).toEqual(['create']);
  });

  test('is not written about a head that is no longer one', async () => {
    const old = comments.head;
    comments.head = '2'.repeat(40);
    expect(await say({ head: old })).toEqual({ kind: 'outdated', url: null });
    expect(comments.writes).toEqual([]);
  });

  test('says of sections of an earlier head which commit they are of', async () => {
    await say({ image: 'api' });
    comments.head = '2'.repeat(40);
    await say({ id: 11 });
    expect(Object.keys(told())).toEqual(['api', 'shop']);
    expect(comments.posted[0]?.body).toContain('*Of the earlier commit `1111111`.*');
  });
});

describe('a comment that someone deleted', () => {
  const TIME = '2026-05-01T12:00:00Z';

  test('stays deleted where the same was known before', async () => {
    comments.deletion = TIME;
    const asked: string[] = [];
    const wasKnown = async (time: string) => asked.push(time) > 0;
    expect(await say({ wasKnown })).toEqual({ kind: 'deleted', url: null });
    expect(comments.writes).toEqual([]);
    expect(asked).toEqual([TIME]);
  });

  test('begins again where something is new', async () => {
    comments.deletion = TIME;
    expect(await say({ wasKnown: async () => false })).toMatchObject({ kind: 'written' });
  });

  test('was another one where ours is there', async () => {
    await say();
    comments.deletion = TIME;
    expect(await say({ id: 11, text: 'more', wasKnown: async () => true })).toMatchObject({
      kind: 'written',
    });
    expect(told()).toEqual({ shop: '### more' });
  });

  test('while it is written is written again', async () => {
    comments.post(OWN_LOGIN, bodyOf('shop', 'one'));
    let isGone = false;
    comments.interfere = (write) => {
      if (isGone || !write.startsWith('update')) return;
      isGone = true;
      comments.posted = [];
    };
    expect(await say()).toEqual({ kind: 'written', url: 'memory:2' });
    expect(told()).toEqual({ shop: '### changed' });
  });
});

describe('an answer that is lost', () => {
  test('does not make two comments of one', async () => {
    let isLost = false;
    comments.interfere = () => {
      if (isLost) return;
      isLost = true;
      comments.post(OWN_LOGIN, bodyOf('shop', 'changed', 10));
      throw new VarveError('unreachable', 'the connection broke');
    };
    expect(await say()).toEqual({ kind: 'current', url: 'memory:1' });
    expect(told()).toEqual({ shop: '### changed' });
  });

  test.each([
    ['for the second time', 'unreachable'],
    ['by a refusal', 'denied'],
  ] as const)('%s ends it', async (_, code) => {
    comments.interfere = () => {
      throw new VarveError(code, 'no');
    };
    await expect(say()).rejects.toMatchObject({ code });
    expect(comments.writes).toHaveLength(code === 'denied' ? 1 : 2);
  });
});

test('another key is another comment', async () => {
  comments.post(OWN_LOGIN, `${commentMarker('nightly')}\nmine`);
  await say();
  expect(comments.posted.map(({ body }) => body.split('\n')[0])).toEqual([
    commentMarker('nightly'),
    commentMarker(KEY),
  ]);
});
