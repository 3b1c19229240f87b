import { type Dirent, readdirSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reasonOf, toVarveError, VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { readAtOnce } from '../../base/read-file.ts';
import { parseRunResult, type RunResult } from '../../core/run/run-result.ts';

/** The name of a result in a folder. */
export const RESULT_FILE = 'varve-result.json';
const LARGEST_RESULT = 64 * 1024 * 1024;
/** Bytes of all results: what is made of them is in memory at once. */
const MOST_BYTES = 2 * LARGEST_RESULT;
const MOST_RESULTS = 500;
const LIMITS = { ...DEFAULT_LIMITS, jsonBytes: LARGEST_RESULT };
/** Folders and files that are looked at. */
const MOST_ENTRIES = 20_000;
/** Folders between the one that is named and a result. */
const DEEPEST = 5;

export interface ReadResults {
  readonly results: readonly RunResult[];
  /** Why others were not read. */
  readonly faults: readonly VarveError[];
}

/**
 * Reads results from files and folders. Another run may have written them, so no link is followed and nothing is waited
 * for.
 * @throws VarveError `bad-option` where a path is not there or a folder has no result; `limit-exceeded`.
 */
export async function readResults(paths: readonly string[]): Promise<ReadResults> {
  const faults: VarveError[] = [];
  const found = (await Promise.all(paths.map((path) => findResults(resolve(path), faults)))).flat();
  const files = new Set(found);
  if (files.size > MOST_RESULTS) throw tooMany('results', MOST_RESULTS);
  const results: RunResult[] = [];
  let left = MOST_BYTES;
  for (const file of files) {
    try {
      const bytes = readAtOnce(file, Math.min(LARGEST_RESULT, left));
      left -= bytes.length;
      results.push(parseRunResult(bytes, file, LIMITS));
    } catch (fault) {
      faults.push(unreadable(file, fault));
    }
  }
  return { results, faults };
}

/** Why something was not read. @throws VarveError when the run was interrupted. */
function unreadable(path: string, fault: unknown): VarveError {
  if (!(fault instanceof Error && 'syscall' in fault)) {
    const error = toVarveError(fault);
    if (error.isFatal) throw fault;
    return error;
  }
  return new VarveError('unreachable', `cannot read ${path}: ${reasonOf(fault)}`, {
    object: path,
    cause: fault,
    hint: 'give what is downloaded names of plain characters, and let this user read it',
  });
}

async function findResults(path: string, faults: VarveError[]): Promise<string[]> {
  let status: Stats;
  try {
    status = await lstat(path);
  } catch (cause) {
    throw new VarveError('bad-option', `there is no ${path}: ${reasonOf(cause)}`, {
      object: path,
      hint: 'download the artifacts with the results before this step',
    });
  }
  if (status.isFile()) return [path];
  if (!status.isDirectory()) {
    throw new VarveError('bad-option', `${path} is neither a file nor a folder`, {
      object: path,
      hint: 'name the file that the output result-path names, or a folder with such files; links are not followed',
    });
  }
  const before = faults.length;
  const found = searchFolder(path, faults);
  if (found.length > 0 || faults.length > before) return found;
  throw new VarveError('bad-option', `${path} has no ${RESULT_FILE} within ${DEEPEST} levels of folders`, {
    object: path,
    hint: 'let each job upload the file that its output result-path names',
  });
}

function searchFolder(top: string, faults: VarveError[]): string[] {
  const found: string[] = [];
  const pending = [{ path: top, depth: 0 }];
  let seen = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const entry of listFolder(folder.path, faults)) {
      if (++seen > MOST_ENTRIES) throw tooMany(`files in ${top}`, MOST_ENTRIES);
      const path = join(folder.path, entry.name);
      if (entry.isDirectory() && folder.depth < DEEPEST) pending.push({ path, depth: folder.depth + 1 });
      if (entry.isFile() && entry.name === RESULT_FILE) found.push(path);
    }
  }
  return found.sort();
}

/** What a folder has; nothing, and why, where it cannot be read. */
function listFolder(path: string, faults: VarveError[]): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (fault) {
    faults.push(unreadable(path, fault));
    return [];
  }
}

const tooMany = (what: string, most: number) =>
  new VarveError('limit-exceeded', `there are more than ${most} ${what}`, {
    object: what,
    hint: 'download into the folder only the artifacts with results of this run',
  });
