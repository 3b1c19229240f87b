import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeTerminal } from '../../../../src/core/report/escape-terminal.ts';
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

test('no text moves the cursor, colours, breaks the line or commands a log reader', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = escapeTerminal(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(shown).not.toMatch(/##\w*\[/);
      for (const word of shown.split(' ')) expect(word).not.toMatch(/^::/);
    }),
  );
});
