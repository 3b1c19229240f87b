import fc from 'fast-check';
import { makeEntry } from './item-makers.ts';

const COMMITS = ['base', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const branch = fc.constantFrom('release', 'main', 'other', null);
const entry = fc
  .record({
    commit: fc.constantFrom(...COMMITS, 'x', null),
    branch,
    pullRequest: fc.constantFrom(null, null, null, 7),
    id: fc.nat(),
  })
  .map(({ id, ...fields }) => makeEntry({ ...fields, scanId: `${id}` }));
const ancestors = fc.shuffledSubarray(COMMITS.slice(1));

/** Entries of one name, of few commits and branches, so that much coincides. */
export const anyHistory = fc.array(entry, { maxLength: 8 });

/** A situation that such entries may have something for. */
export const anySituation = fc.oneof(
  fc.record({
    kind: fc.constant('pull-request' as const),
    baseCommit: fc.constantFrom('base', null),
    ancestors,
    baseBranch: branch,
    defaultBranch: branch,
  }),
  fc.record({ kind: fc.constant('branch' as const), ancestors, branch }),
  fc.record({ kind: fc.constant('branch' as const), rebuilt: fc.constant('base'), ancestors, branch }),
  fc.constant({ kind: 'unversioned' as const }),
);
