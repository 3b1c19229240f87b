import { describe, expect, test } from 'vitest';
import { inline, inSummary, verbatim } from '../../../../src/core/report/markdown/write.ts';
import {
  bar,
  brief,
  code,
  faint,
  join,
  list,
  mapTexts,
  name,
  phrase,
  readQuotes,
  sign,
  strong,
} from '../../../../src/core/report/phrase.ts';
import { plainText } from '../../../../src/core/report/plain-text.ts';

describe('a phrase', () => {
  test('is put together of words, numbers, pieces and phrases', () => {
    const told = phrase`step ${4} ${code('RUN a')}${phrase`, of ${name('web')}`}`;
    expect(told).toEqual(['step ', '4', ' ', code('RUN a'), ', of ', name('web')]);
    expect(join([['a'], [name('b')]], ', ')).toEqual(['a', ', ', name('b')]);
    expect([[], [['a']], [['a'], ['b']], [['a'], ['b'], ['c']]].map((each) => plainText(list(each)))).toEqual(
      [...['', 'a', 'a and b', 'a, b and c']],
    );
  });

  test('is read from a sentence with backquotes', () => {
    expect(readQuotes('a `b` c')).toEqual(['a ', code('b'), ' c']);
    expect(readQuotes('`b`')).toEqual([code('b')]);
    expect(readQuotes('a `b` c`d')).toEqual(['a ', code('b'), ' c', '`d']);
  });

  test('has all of its texts changed, those of either length too', () => {
    const told = phrase`a ${code('b')}${brief(name('c'), ['d'])}${bar(1)}`;
    expect(mapTexts(told, (text) => text.toUpperCase())).toEqual(
      phrase`A ${code('B')}${brief(name('C'), ['D'])}${bar(1)}`,
    );
  });
});

describe('what renderers make of it', () => {
  const told = phrase`${sign('🟢 ')}${strong('9 MB')} of ${code('RUN `a`')} in ${name('a_b')}${brief(', *really*', '')}`;

  test('plain text quotes code alone, and is brief', () => {
    expect(plainText(told)).toBe("9 MB of `RUN 'a'` in a_b");
  });

  test('Markdown escapes words and quotes in code', () => {
    expect(inline(told, 100)).toBe('🟢 **9 MB** of <code>RUN &#96;a&#96;</code> in `a_b`, &#42;really&#42;');
    expect(inline([faint('unknown'), bar(0.5)], 100)).toBe('*unknown*█████');
  });

  test('a summary is HTML', () => {
    expect(inSummary(told, 100)).toBe(
      '🟢 <b>9 MB</b> of <code>RUN &#96;a&#96;</code> in <code>a&#95;b</code>, &#42;really&#42;',
    );
  });

  test('a fence shows it as it is', () => {
    expect(verbatim(told, 100)).toBe('🟢 9 MB of RUN `a` in a_b, *really*');
  });

  test('words that meet are escaped as one, and a log reader finds no command where pieces meet', () => {
    expect(inline(['GH', '-', '12'], 100)).toBe(inline(['GH-12'], 100));
    expect(inline(['a', brief('_', '-'), 'b'], 100)).toBe('a_b');
    expect(plainText([name('##'), name('[error]')])).toBe('#\\x23[error]');
    expect(plainText([':', name(':error::')])).toBe('\\x3a:error::');
  });

  test('long quotations lose their middle', () => {
    expect(plainText([name('x'.repeat(50))], 10)).toBe('xxxxxx…xxx');
    expect(inline([code('x'.repeat(50))], 10)).toBe('`xxxxxx…xxx`');
  });
});
