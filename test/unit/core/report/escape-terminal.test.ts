import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defuseJson, escapeTerminal } from '../../../../src/core/report/escape-terminal.ts';
import { hostileText } from '../../../support/hostile-text.ts';

test.each([
  ['::error::x', '\\x3a:error::x'],
  ['a ::debug::x', 'a \\x3a:debug::x'],
  ['File::Spec.3pm', 'File::Spec.3pm'],
  ['x##[add-mask]y', 'x#\\x23[add-mask]y'],
  ['##vso[task.x]y', '#\\x23vso[task.x]y'],
  ['a\n::set-env name=A::b', 'a\\n::set-env name=A::b'],
])('%j becomes %j', (text, shown) => {
  expect(escapeTerminal(text)).toBe(shown);
});

test('no text moves the cursor, colors, breaks the line or commands a log reader', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = escapeTerminal(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(shown).not.toMatch(/##\w*\[/);
      for (const word of shown.split(' ')) expect(word).not.toMatch(/^::/);
    }),
  );
});

test('JSON keeps its meaning, and has nothing that a terminal or a log reader acts on', () => {
  fc.assert(
    fc.property(fc.dictionary(hostileText, hostileText), (value) => {
      const shown = defuseJson(JSON.stringify(value));
      expect(JSON.parse(shown)).toEqual(value);
      expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]|##/u);
    }),
  );
});

test.each([0, 1, 2, 3])('JSON that is cut into pieces is the same: %i', (shift) => {
  for (const unit of ['##', '\u202e', '\u009b', 'é']) {
    const text = `"${'a'.repeat(shift)}${unit.repeat(700_000)}"`;
    const shown = defuseJson(text);
    expect(JSON.parse(shown)).toBe(text.slice(1, -1));
    expect(shown).not.toMatch(/[\u009b\u202e]|##/);
  }
});
