import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShallowJson, parseStrictJson, refuseDisputedNumbers } from '../../../src/base/strict-json.ts';

const parse = (text: string | Uint8Array): unknown => parseStrictJson(Buffer.from(text), 'it');

describe('parseShallowJson', () => {
  it('parses as JSON.parse does, but for what nests too deeply', () => {
    expect(parseShallowJson('{"a":1,"a":[2]}')).toEqual({ a: [2] });
    expect(() => parseShallowJson('{')).toThrow(SyntaxError);
    expect(() => parseShallowJson('['.repeat(257))).toThrow(RangeError);
  });
});

describe('refuseDisputedNumbers', () => {
  const check = (text: string): void => refuseDisputedNumbers(Buffer.from(text), 'it');

  it.each(['9007199254740992', '[-9007199254740993]', '{"a":1e400}', '{"a":"","b":[1,{"c":-1E+999}]}'])(
    'refuses %s',
    (text) => {
      expect(() => check(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );

  it.each([
    '9007199254740991',
    '[-9007199254740991,0,-0,1.5,0.1,1e30]',
    '{"9007199254740993":"9007199254740993","a":"\\"99999999999999999999"}',
  ])('lets %s pass', (text) => {
    check(text);
  });
});

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":{"c":1,"d":[{}],"c":2}}',
    String.raw`{"a":1,"\u0061":2}`,
    '[{"a" : 1 ,\n "b":"}", "a"\t: 2}]',
    String.raw`{"\\":1,"\"":2,"\\":3}`,
    '{"__proto__":1,"__proto__":2}',
  ])('refuses a key that stands twice in one object: %s', (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it.each([
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":"a"}}}',
    '{"a":"b","b":"a","c":["a","a"]}',
    String.raw`{"a":"\"a\":","b":"{\"a\":1,\"a\":2}"}`,
    '{"a":1,"A":2}',
  ])('lets keys of different objects and values alone: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('finds a key made double anywhere', () => {
    const keyed = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
    fc.assert(
      fc.property(keyed, fc.nat(), (object, pick) => {
        const members = Object.entries(object).map(
          ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
        );
        const twice = [...members, members[pick % members.length]].join(',');
        expect(() => parse(`[0,{${twice}}]`)).toThrow(/twice/);
      }),
    );
  });

  it.each([
    ['cut off', '{"a":'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['more than one value', '{} {}'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'malformed', object: 'it' }));
  });

  it('refuses what nests too deeply or has too many values before it parses it', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(Array.isArray(parse(deep(256)))).toBe(true);
    for (const text of [
      deep(257),
      '['.repeat(20_000_000),
      '{"a":'.repeat(257),
      `[${'1,'.repeat(1_000_000)}1]`,
    ])
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'limit-exceeded', object: 'it' }));
    expect(parse(JSON.stringify(`${'[{'.repeat(1000)}\\"`))).toBe(`${'[{'.repeat(1000)}\\"`);
    expect(() => parse(`"${'['.repeat(1000)}`)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
