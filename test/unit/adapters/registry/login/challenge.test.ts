import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../../../src/adapters/registry/login/challenge.ts';

const read = (...values: string[]) =>
  parseChallenges(values).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  it.each([
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.example/token',
            service: 'registry.example',
            scope: 'repository:a/b:pull,push',
          },
        ],
      ],
    ],
    ['Basic realm="a \\"b\\" \\\\ c"', [['basic', { realm: 'a "b" \\ c' }]]],
    ['BASIC Realm = plain', [['basic', { realm: 'plain' }]]],
    [
      'Basic realm="a, Bearer realm=b", Bearer realm="c", , error="x"',
      [
        ['basic', { realm: 'a, Bearer realm=b' }],
        ['bearer', { realm: 'c', error: 'x' }],
      ],
    ],
    [
      'Negotiate YII==, Basic realm="x"',
      [
        ['negotiate', {}],
        ['yii==', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['Bearer realm="never ends', [['bearer', {}]]],
    ['realm="no scheme"', []],
    ['', []],
  ])('reads %s', (value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it('reads several headers', () => {
    expect(read('Basic realm="a"', 'Bearer realm="b"').map(([scheme]) => scheme)).toEqual([
      'basic',
      'bearer',
    ]);
  });

  it('comes to an end with whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
        expect(Array.isArray(parseChallenges([value]))).toBe(true);
      }),
    );
  });
});
