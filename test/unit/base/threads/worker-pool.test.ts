import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { type Circumstances, WorkerPool } from '../../../../src/base/threads/worker-pool.ts';
import type { Answer, Order } from './obedient-worker.ts';

const SCRIPT = new URL('./obedient-worker.ts', import.meta.url);

let pool = poolOf(2);
let started = 0;
const countStarted = () => {
  started++;
};

function poolOf(threads: number, script = SCRIPT): WorkerPool<Order, Answer> {
  return new WorkerPool({ script, threads, graceMs: 200 });
}

beforeEach(() => {
  started = 0;
  process.on('worker', countStarted);
});

afterEach(async () => {
  process.off('worker', countStarted);
  await pool[Symbol.asyncDispose]();
  pool = poolOf(2);
});

const count = (name: string, to: number, pauseMs?: number): Order => ({
  do: 'count',
  name,
  to,
  ...(pauseMs !== undefined && { pauseMs }),
});

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function all(orders: readonly Order[], options?: { signal?: AbortSignal }): Promise<Answer[]> {
  return collected(pool.run(orders, options));
}

/** That the pool still works, after what was done to it. */
async function expectUsable(): Promise<void> {
  expect(await all([count('still there', 1)])).toMatchObject([{ name: 'still there', value: 1 }]);
}

describe('a pool of worker threads', () => {
  it('gives the replies of all tasks, each task’s in their order', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const answers = await all(names.map((name) => count(name, 4)));
    for (const name of names) {
      const values = answers.flatMap((answer) =>
        answer.kind === 'count' && answer.name === name ? [answer.value] : [],
      );
      expect(values).toEqual([1, 2, 3, 4]);
    }
    expect(answers).toHaveLength(20);
  });

  it('starts no thread before there is work, no more than it may, and uses them again', async () => {
    expect(await all([])).toEqual([]);
    expect(started).toBe(0);
    await all([count('alone', 1)]);
    expect(started).toBe(1);
    for (let i = 0; i < 3; i++) await all(Array.from({ length: 6 }, (_, n) => count(`${n}`, 2)));
    expect(started).toBe(2);
  });

  it('begins tasks in the order that they have', async () => {
    await using single = poolOf(1);
    const answers = await collected(single.run(['x', 'a', 'm', 'b'].map((name) => count(name, 1))));
    expect(answers).toMatchObject([{ name: 'x' }, { name: 'a' }, { name: 'm' }, { name: 'b' }]);
  });

  it('serves several runs at once', async () => {
    const [one, other] = await Promise.all([
      all([count('one', 3, 1), count('uno', 3)]),
      all([count('two', 2, 1)]),
    ]);
    expect(one).toHaveLength(6);
    expect(other).toMatchObject([{ name: 'two' }, { name: 'two' }]);
  });

  it('moves what is transferred', async () => {
    const [bytes, left] = await all([{ do: 'transfer', bytes: 100_000 }]);
    expect(bytes?.kind === 'bytes' && Buffer.from(bytes.bytes).equals(Buffer.alloc(100_000, 7))).toBe(true);
    expect(left).toEqual({ kind: 'left', length: 0 });
  });
});

describe('this thread, next to the workers', () => {
  const named = (name: string, value: number): Answer => ({ kind: 'count', name, value, thread: threadId });
  const nameOf = (order: Order): string => (order.do === 'count' ? order.name : order.do);

  it('does tasks too, and is told when few are left', async () => {
    await using single = poolOf(1);
    const done: [string, boolean][] = [];
    const answers = await collected(
      single.run(
        ['a', 'b', 'c', 'd', 'e'].map((name) => count(name, 2, 50)),
        {
          async *here(order, { last }) {
            done.push([nameOf(order), last]);
            yield named(nameOf(order), 1);
            yield named(nameOf(order), 2);
          },
        },
      ),
    );
    expect(answers).toHaveLength(10);
    expect(done).toEqual([
      ['a', false],
      ['c', false],
      ['d', true],
      ['e', true],
    ]);
  });

  it('does them all where there are no workers', async () => {
    await using none = poolOf(0);
    const here = async function* (order: Order) {
      yield named(nameOf(order), 1);
    };
    const answers = await collected(none.run([count('a', 1), count('b', 1)], { here }));
    expect(answers).toEqual([named('a', 1), named('b', 1)]);
    expect(started).toBe(0);
  });

  it('tells of what fails here, and begins nothing more', async () => {
    const begun: string[] = [];
    const here = async function* (order: Order): AsyncGenerator<Answer> {
      begun.push(nameOf(order));
      yield named(nameOf(order), 1);
      throw new Error('bad here');
    };
    await using none = poolOf(0);
    const run = collected(none.run([count('a', 1), count('b', 1)], { here }));
    await expect(run).rejects.toThrow('bad here');
    expect(begun).toEqual(['a']);
  });

  it.each<[string, (stop: AbortController, own: WorkerPool<Order, Answer>) => unknown]>([
    ['the abort of the signal', (stop) => stop.abort(new Error('enough'))],
    ['the disposal', (_, own) => own[Symbol.asyncDispose]()],
  ])('gives up with %s, and is waited for', async (_name, end) => {
    const own = poolOf(1);
    const stop = new AbortController();
    let ended = false;
    const here = async function* (_: Order, { signal }: Circumstances): AsyncGenerator<Answer> {
      try {
        for (;;) {
          signal.throwIfAborted();
          yield { kind: 'word', word: 'on and on' };
          await setImmediate();
        }
      } finally {
        ended = true;
      }
    };
    const reading = async () => {
      let answers = 0;
      for await (const _ of own.run([count('here', 1), { do: 'spin' }], { here, signal: stop.signal })) {
        if (++answers === 10) void end(stop, own);
      }
    };
    await expect(reading()).rejects.toThrow();
    expect(ended).toBe(true);
    await own[Symbol.asyncDispose]();
  });
});

describe('a task that fails', () => {
  it('throws here the error that it threw there', async () => {
    const fault: unknown = await all([{ do: 'fail' }]).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(VarveError);
    expect(fault).toMatchObject({
      code: 'malformed',
      message: 'it is bad',
      object: 'layer 3',
      hint: 'make it good',
    });
    const cause = (fault as VarveError).cause;
    expect(cause).toBeInstanceOf(VarveError);
    expect(cause).toMatchObject({ code: 'truncated', object: undefined, cause: new Error('EOF') });
    expect((fault as VarveError).stack).toContain('obedient-worker.ts');
    await expectUsable();
  });

  it('gives the replies from before first', async () => {
    const seen: Answer[] = [];
    const reading = async () => {
      for await (const answer of pool.run([{ do: 'fail', after: ['one', 'two'] }])) seen.push(answer);
    };
    await expect(reading()).rejects.toThrow('it is bad');
    expect(seen).toMatchObject([{ word: 'one' }, { word: 'two' }]);
  });

  it('ends the others of its run, those at work too, and none of another run', async () => {
    const other = all([count('other', 3, 20)]);
    await expect(all([{ do: 'fail' }, { do: 'spin' }, count('never', 1)])).rejects.toThrow('it is bad');
    expect(await other).toHaveLength(3);
    await expectUsable();
  });

  it.each<[string, Order, string]>([
    ['throws a text', { do: 'throw-text' }, 'only a text'],
    ['sends what cannot be sent', { do: 'reply-with-function' }, 'could not be cloned'],
    ['leaves an error uncaught', { do: 'throw-later' }, 'nobody catches this'],
    ['exits', { do: 'exit', status: 3 }, 'exited with status 3'],
    ['exits with status 0', { do: 'exit', status: 0 }, 'exited with status 0'],
  ])('is reported when it %s', async (_name, order, message) => {
    await expect(all([order])).rejects.toThrow(message);
    await expectUsable();
  });

  it('is reported when its request cannot be sent', async () => {
    const unsendable = Object.assign(count('x', 1), { more: () => {} });
    const other = all([count('other', 3, 5)]);
    await expect(all([unsendable, unsendable, count('never', 1)])).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await other).toHaveLength(3);
    await expectUsable();
  });

  it.each([
    ['is absent', new URL('./absent.ts', import.meta.url), 'absent.ts'],
    ['throws', new URL('data:text/javascript,throw new Error("at once")'), 'at once'],
    ['serves no tasks', new URL('data:text/javascript,0'), 'exited with status 0'],
  ])('is reported when the script %s', async (_name, script, message) => {
    await using broken = poolOf(2, script);
    const run = collected(broken.run([count('a', 1), count('b', 1), count('c', 1)]));
    await expect(run).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(message) });
  });
});

describe('an end before the end', () => {
  it('comes with the abort of the signal, whatever a thread is at', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const seen: Answer[] = [];
    const reading = async () => {
      for await (const answer of pool.run([{ do: 'spin' }, { do: 'spin' }, count('never', 1)], {
        signal: stop.signal,
      })) {
        seen.push(answer);
        stop.abort(reason);
      }
    };
    await expect(reading()).rejects.toBe(reason);
    expect(seen.every((answer) => answer.kind === 'word')).toBe(true);
    await expect(all([count('never', 1)], { signal: stop.signal })).rejects.toBe(reason);
    await expectUsable();
  });

  it('leaves threads that listen as they are', async () => {
    for await (const _ of pool.run([{ do: 'wait' }, { do: 'make-streams' }, count('never', 1)])) break;
    await expectUsable();
    await expect(all([{ do: 'fail' }, { do: 'wait' }])).rejects.toThrow('it is bad');
    await all([count('a', 1), count('b', 1)]);
    expect(started).toBe(2);
  });

  it('does not meet a thread where that would end the process', () => {
    const output = inProcess(`
      for (let i = 0; i < 10; i++) {
        for await (const answer of pool.run([{ do: 'make-streams' }, { do: 'make-streams' }])) break;
      }
      for await (const answer of pool.run([{ do: 'make-streams' }])) break;
      await pool[Symbol.asyncDispose]();
      console.log('came to its end');
    `);
    expect(output).toBe('came to its end\n');
  });

  it('comes when the replies are no longer read', async () => {
    for await (const _ of pool.run([{ do: 'spin' }, { do: 'spin' }, { do: 'spin' }])) break;
    await expectUsable();
  });

  it('comes with the disposal, and nothing can be run after it', async () => {
    const fates = Promise.allSettled([all([{ do: 'spin' }, { do: 'spin' }]), all([count('never', 1)])]);
    await pool[Symbol.asyncDispose]();
    for (const fate of await fates) {
      expect(fate).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    }
    await expect(all([count('late', 1)])).rejects.toMatchObject({ code: 'internal' });
  });

  it('is waited for, even by a process that has nothing else to do', () => {
    // The reply that ends the reading is followed at once by word that the task is done.
    const output = inProcess(`
      for (let i = 0; i < 20; i++) {
        for await (const answer of pool.run([{ do: 'count', name: 'a', to: 1 }])) break;
      }
      console.log('came to its end');
    `);
    expect(output).toBe('came to its end\n');
  });

  it('is not held up by idle threads', () => {
    const output = inProcess(`
      for await (const answer of pool.run([{ do: 'count', name: 'a', to: 1 }])) console.log(answer.value);
    `);
    expect(output).toBe('1\n');
  });
});

/** Runs statements on a `pool` in a process of their own; gives what it prints. */
function inProcess(statements: string): string {
  const module = new URL('../../../../src/base/threads/worker-pool.ts', import.meta.url);
  const script = `
    import { WorkerPool } from ${JSON.stringify(module)};
    const pool = new WorkerPool({ script: new URL(${JSON.stringify(SCRIPT)}), threads: 2 });
    ${statements}
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script]).toString();
}
