import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { compileGlobs } from '../../../../src/core/layer/glob.ts';

const matches = (glob: string, path: string): boolean => compileGlobs([glob]).test(path);

describe('globs', () => {
  it('match as minimatch does', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'a.',
      '-',
      '*',
      '**',
      '?',
      '[ab]',
      '[!a]',
      '[^-b]',
      '{a,b}',
      'a{,b*}',
      '\\*',
    );
    const name = fc.oneof(
      { weight: 1, arbitrary: fc.constant('**') },
      {
        weight: 3,
        arbitrary: fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')),
      },
      { weight: 1, arbitrary: fc.constantFrom('{a/b,b}', '{a,**/b}', '{a/**/b,*}') },
    );
    const glob = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    const path = fc
      .array(fc.stringMatching(/^[ab.*-]{1,6}$/), { minLength: 1, maxLength: 6 })
      .filter((names) => !names.some((name) => name === '.' || name === '..'))
      .map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 10, maxLength: 10 }), (glob, paths) => {
        const options = { dot: true, nonegate: true, noext: true, nocomment: true };
        // A last `**` of its own needs something below, which every path is given here.
        const oracle = (path: string) => minimatch(`${path}/below`, `${glob}/**`, options);
        const found = compileGlobs([glob]);
        expect(paths.filter((path) => found.test(path))).toEqual(paths.filter((path) => oracle(path)));
      }),
      { numRuns: 500 },
    );
  });

  it('take names as they are: of one character beyond 16 bits, with newlines, parentheses and leading dots', () => {
    expect(matches('?', '😀')).toBe(true);
    expect(matches('[😀-😂]', '😁')).toBe(true);
    expect(matches('a*/b', 'a\n/b')).toBe(true);
    expect(matches('setup (1).*', 'setup (1).exe')).toBe(true);
    expect(matches('*/?b', '.a/.b')).toBe(true);
  });

  it('take sets, escapes and ranges', () => {
    expect(matches('[]a-]', ']') && matches('[]a-]', '-') && !matches('[]a-]', 'b')).toBe(true);
    expect(matches('[!]a]', 'b') && !matches('[!]a]', ']') && !matches('[!b]', '/')).toBe(true);
    expect(matches('[+-9]', '/')).toBe(false);
    expect(matches('\\{a\\}\\\\', '{a}\\')).toBe(true);
    expect(matches('{x,\\\\}\\[', '\\[')).toBe(true);
    expect(matches('v{1..3}', 'v2') && !matches('v{1..3}', 'v4')).toBe(true);
  });

  it('are refused where they are none', () => {
    const braces = ['{a,b}'.repeat(12), `{a,b}${'a'.repeat(150_000)}`];
    for (const glob of [
      '',
      '/',
      'a[b',
      'a\\',
      '[]',
      '[b-a]',
      '[[:alpha:]]',
      '+(a)',
      'x!(a)',
      ...braces,
      '*a'.repeat(5001),
      '*a'.repeat(1601),
      '[ab]'.repeat(1025),
    ]) {
      expect(() => compileGlobs([glob]), glob).toThrow(SyntaxError);
    }
  });

  it('take no longer for a path made to be slow', () => {
    // Backtracking over any of these would take longer than a test may.
    const stars = '*a'.repeat(1000);
    const deep = '**/a/'.repeat(800);
    expect(matches(`${stars}b`, 'a'.repeat(4000))).toBe(false);
    expect(matches(`${stars}`, 'a'.repeat(4000))).toBe(true);
    expect(matches(`${deep}b`, 'a/'.repeat(2000))).toBe(false);
    expect(matches('**/*x*/**/*x*/**/*x*/**/*x*/**/*x*/y', 'axa/'.repeat(1000))).toBe(false);
  });
});
