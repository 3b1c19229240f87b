import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../../../src/base/digest.ts';
import { chooseByPrefix, parseDigestPrefix } from '../../../../src/core/words/digest-prefix.ts';

const digest = (start: string) => parseDigest(`sha256:${start.padEnd(64, '0')}`);
const DIGESTS = [digest('abcdef1'), digest('abcdef2'), digest('1234567')];

describe('the beginning of a digest', () => {
  it('is long enough not to be a word, or says what it is', () => {
    expect(parseDigestPrefix('abcdef1')).toEqual({ text: 'sha256:abcdef1', isCertain: false });
    expect(parseDigestPrefix('6f71')).toEqual({ text: 'sha256:6f71', isCertain: false });
    expect(parseDigestPrefix('sha256:abcd')).toEqual({ text: 'sha256:abcd', isCertain: true });
    for (const text of ['abc', 'sha256:abc', 'ABCDEF1', 'abcdefg', `sha256:${'a'.repeat(65)}`, '']) {
      expect(parseDigestPrefix(text), text).toBeNull();
    }
  });

  const choose = (text: string) => {
    const prefix = parseDigestPrefix(text);
    if (prefix === null) throw new Error(`${text} is not one`);
    return chooseByPrefix(prefix, DIGESTS, 'snapshots');
  };

  it('stands for the one digest that begins so, and a whole one for itself', () => {
    expect(choose('1234567')).toBe(DIGESTS[2]);
    expect(choose('sha256:abcdef2')).toBe(DIGESTS[1]);
    expect(choose('7654321')).toBeNull();
    expect(choose(digest('fff'))).toBe(digest('fff'));
  });

  it('is refused where several begin so, which are named', () => {
    expect(() => choose('sha256:abcdef')).toThrow(
      expect.objectContaining({
        code: 'bad-reference',
        message: '2 snapshots begin with sha256:abcdef',
        hint: 'write more of the digest: sha256:abcdef10000000, sha256:abcdef20000000',
      }),
    );
  });
});
