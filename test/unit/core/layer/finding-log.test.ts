import { describe, expect, it } from 'vitest';
import { FindingLog } from '../../../../src/core/layer/finding-log.ts';
import { openLayerLog } from '../../../../src/core/layer/layer-findings.ts';

const MiB = 1024 * 1024;

describe('a log of findings', () => {
  it('lists them by code and path, whenever they were added', () => {
    const log = new FindingLog<'a' | 'b'>({ object: 'it' });
    log.add('b');
    log.add('a', 'z', 'more');
    log.add('a', 'y');
    expect(log.list()).toStrictEqual([
      { code: 'a', path: 'y' },
      { code: 'a', path: 'z', detail: 'more' },
      { code: 'b' },
    ]);
  });

  it('lists a thousand of each code, and says how many more there are', () => {
    const log = new FindingLog<'a' | 'b'>({ object: 'it' });
    for (let count = 0; count < 1005; count++) log.add('a', `${count}`);
    log.add('b');
    const list = log.list();
    expect(list).toHaveLength(1002);
    expect(list.at(-1)).toEqual({ code: 'findings-omitted', detail: '5 more of a' });
  });

  it('has no more room for paths together with its companion', () => {
    const layer = openLayerLog('it');
    layer.add('bad-whiteout', 'x'.repeat(10 * MiB));
    const log = new FindingLog<'a'>({ object: 'it', companion: layer });
    log.add('a', 'y'.repeat(6 * MiB));
    log.add('a', 'z');
    expect(log.list().map(({ code }) => code)).toEqual(['a', 'findings-omitted']);
    const alone = new FindingLog<'a'>({ object: 'it' });
    alone.add('a', 'y'.repeat(16 * MiB));
    alone.add('a', 'z');
    expect(alone.list().map(({ code }) => code)).toEqual(['a', 'findings-omitted']);
  });

  it('never leaves out an entry that escapes the root: too many are a damaged layer', () => {
    const log = openLayerLog('layer 3');
    for (let count = 0; count < 1000; count++) log.add('escaping-path', `${count}`);
    expect(() => log.add('escaping-path', 'x')).toThrow(
      expect.objectContaining({
        code: 'malformed',
        object: 'layer 3',
        message: 'layer 3: too many entries escape the root',
      }),
    );
  });
});
