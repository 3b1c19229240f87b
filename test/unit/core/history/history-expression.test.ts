import { describe, expect, it } from 'vitest';
import { parseHistoryExpression } from '../../../../src/core/history/history-expression.ts';

describe('history expressions', () => {
  it.each([
    ['history:app', 'app', 0],
    ['history:app~0', 'app', 0],
    ['history:app~1', 'app', 1],
    ['history:ghcr.io:443/acme/app~12', 'ghcr.io:443/acme/app', 12],
  ])('%s is entry %s, %i back', (text, name, back) => {
    expect(parseHistoryExpression(text)).toEqual({ name, back });
  });

  it.each(['app', 'oci:app', 'historyapp', 'History:app', ''])('%j is none', (text) => {
    expect(parseHistoryExpression(text)).toBeNull();
  });

  it.each([
    'history:',
    'history:~1',
    'history:app~',
    'history:app~-1',
    'history:app~x',
    'history:app~1~2',
    `history:app~${'9'.repeat(20)}`,
  ])('%j is refused with a hint', (text) => {
    expect(() => parseHistoryExpression(text)).toThrow(
      expect.objectContaining({ code: 'bad-reference', hint: expect.stringContaining('history:NAME') }),
    );
  });
});
