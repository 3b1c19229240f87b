import { VarveError } from '../../base/errors.ts';

/** A snapshot named by its place in the history of a name. */
export interface HistoryExpression {
  readonly name: string;
  /** How many entries before the newest one: 0 is the newest. */
  readonly back: number;
}

export const HISTORY_PREFIX = 'history:';

/** Reads what a history is asked for by: a name, `NAME~N` for what is N before the newest and older, or `history:NAME~N`. */
export function parseHistoryName(text: string): HistoryExpression {
  const [, name = text, back = '0'] = /^(?:history:)?(.+?)(?:~(\d{1,9}))?$/s.exec(text) ?? [];
  return { name, back: Number(back) };
}

/**
 * Reads `history:NAME` (the newest snapshot of the name) or `history:NAME~N` (N before it).
 * @returns null for a text that is not such an expression at all.
 * @throws VarveError `bad-reference` for one that is not well formed.
 */
export function parseHistoryExpression(text: string): HistoryExpression | null {
  if (!text.startsWith(HISTORY_PREFIX)) return null;
  const [, name = '', back = '0'] = /^history:([^~]+)(?:~(\d{1,9}))?$/.exec(text) ?? [];
  if (name !== '') return { name, back: Number(back) };
  throw new VarveError('bad-reference', `${JSON.stringify(text.slice(0, 200))} is not a place in a history`, {
    object: text.slice(0, 200),
    hint: 'write history:NAME for the newest snapshot, history:NAME~1 for the one before it',
  });
}
