import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../../base/digest.ts';
import type { HistoryEntry } from './history.ts';

/**
 * A word that entries are looked up by in an index: the beginning of a hash, in hexadecimal. Two things may share one,
 * so what is found by it must be checked against the entry.
 */
export type Term = string;

export const TERM_LENGTH = 16;

/** All terms of an entry, each once. @param layers the diffIDs of its snapshot. */
export function entryTerms(entry: HistoryEntry, layers: Iterable<Digest>): Term[] {
  const { name, commit, branch } = entry;
  const terms = new Set([...layers].map(layerTerm));
  if (commit !== null) terms.add(commitTerm(name, commit));
  if (branch !== null) terms.add(branchTerm(name, branch));
  return [...terms].sort();
}

export const layerTerm = (diffId: Digest): Term => termOf('layer', diffId);
export const commitTerm = (name: string, commit: string): Term => termOf('commit', name, commit);
export const branchTerm = (name: string, branch: string): Term => termOf('branch', name, branch);

function termOf(...parts: readonly string[]): Term {
  return hexOf(digestOf(canonicalJson(parts.map((part) => part.toWellFormed())))).slice(0, TERM_LENGTH);
}
