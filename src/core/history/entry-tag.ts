import { digestOf, hexOf } from '../../base/digest.ts';
import type { Platform } from '../words/platform.ts';
import { entryFileName, platformSegment } from './entry-path.ts';
import type { HistoryEntry } from './history.ts';

/**
 * The tag that a history entry is kept under where names must be short and cannot be folders: it tells what one may
 * ask of entries without fetching them.
 */
export interface EntryTag {
  readonly text: string;
  readonly tenant: string;
  /** Of tenant and name. */
  readonly name: string;
  readonly platform: string;
  /** Of the branch, apart for pull requests. */
  readonly line: string;
  readonly commit: string;
  /** Time and first digits of the digest: in text order, the newest last. */
  readonly order: string;
}

const TAG =
  /^h-(?<tenant>[0-9a-f]{8})-(?<name>[0-9a-f]{16})-(?<platform>[0-9a-f]{8})-(?<order>\d{8}T\d{9}Z-[0-9a-f]{16})-(?<line>[bp][0-9a-f]{8})-(?<commit>[0-9a-f]{8})$/;

/** The tag of an entry. Two entries have the same only if they are the same. */
export function entryTag(entry: HistoryEntry): string {
  const { tenant, name, platform, branch, pullRequest, commit } = entry;
  return [
    'h',
    tagOfTenant(tenant),
    tagOfName(tenant, name),
    tagOfPlatform(platform),
    entryOrder(entry),
    pullRequest === null ? tagOfBranch(branch) : shortHash('p', [branch, pullRequest]),
    tagOfCommit(commit),
  ].join('-');
}

/** What a tag says; null when it is not an entry's. */
export function parseEntryTag(text: string): EntryTag | null {
  const groups = TAG.exec(text)?.groups;
  if (groups === undefined) return null;
  const { tenant = '', name = '', platform = '', line = '', commit = '', order = '' } = groups;
  return { text, tenant, name, platform, line, commit, order };
}

/** The place of an entry in a history, as its tag tells it. */
export function entryOrder(entry: HistoryEntry): string {
  const [time = '', digest = ''] = entryFileName(entry).split('-');
  return `${time}-${digest.slice(0, 16)}`;
}

export const tagOfTenant = (tenant: string): string => shortHash('', tenant);
export const tagOfName = (tenant: string, name: string): string => hexOf(hashOf([tenant, name])).slice(0, 16);
export const tagOfPlatform = (platform: Platform): string => shortHash('', platformSegment(platform));
export const tagOfBranch = (branch: string | null): string => shortHash('b', branch);
export const tagOfCommit = (commit: string | null): string => shortHash('', commit);

function shortHash(prefix: string, value: unknown): string {
  return `${prefix}${hexOf(hashOf(value)).slice(0, 8)}`;
}

const hashOf = (value: unknown) => digestOf(JSON.stringify(value));
