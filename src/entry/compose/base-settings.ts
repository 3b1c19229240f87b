import { resolve } from 'node:path';
import { GitCheckout } from '../../adapters/git/git-checkout.ts';
import type { GitHubApi } from '../../adapters/github/github-api.ts';
import type { GitHubCommits } from '../../adapters/github/github-commits.ts';
import { attempt, tellFault, VarveError } from '../../base/errors.ts';
import { findTop, isBelow, pathBelow } from '../host/checkouts.ts';
import type { Host } from '../host/host.ts';
import { findRuleBase, type RuleBase } from '../host/pull-request.ts';
import { describeRun, isInPullRequest } from '../host/run-context.ts';
import { SETTINGS } from '../settings/catalogue.ts';
import { readSettings, type SettingSource } from '../settings/read-settings.ts';
import type { Catalogue } from '../settings/setting.ts';
import { parseSettings, readCheckedOut, SETTINGS_FILE } from '../settings/setting-sources.ts';
import { openGitHub } from './revision.ts';

/** What a run's settings are gathered from. */
export interface SettingsRequest {
  readonly host: Host;
  /** What the user says: inputs or options, and variables. */
  readonly given: readonly SettingSource[];
  /** The defaults. */
  readonly defaults?: readonly SettingSource[];
  /** A settings file that is named; else it is `varve.yml`, where there is one. */
  readonly named?: string | undefined;
  readonly catalogue?: Catalogue;
  readonly signal?: AbortSignal;
}

/** The sources of settings: the first that has one counts. */
export interface GatheredSettings {
  readonly sources: readonly SettingSource[];
  /** What was skipped. */
  readonly notes: readonly string[];
}

/**
 * Gathers the settings of a pull request: what the user says, and the settings file as the commit has it that the pull
 * request is to be merged into. The rules in that one come before what the user says, which its author may have written.
 * @returns null for a run of anything else.
 * @throws VarveError `bad-option` for a file of the base commit that cannot be used.
 */
export async function gatherOfPullRequest(request: SettingsRequest): Promise<GatheredSettings | null> {
  const { host, given, defaults = [], named } = request;
  const catalogue: Catalogue = request.catalogue ?? SETTINGS;
  if (!isInPullRequest(host)) return null;

  const shown = named ?? SETTINGS_FILE;
  const ruleBase = findRuleBase(describeRun(host.environment), host.environment);
  const base = await readOfBase(ruleBase, resolve(shown), request);
  if (typeof base === 'string') {
    const note = `\`${shown}\` of the base commit could not be read, so no settings file counts: ${base}`;
    return { sources: [...given, ...defaults], notes: [note] };
  }
  const place = `${shown} of the base commit`;
  const values = await parseSettings(base.text ?? '', place, catalogue);
  const origin = named === undefined ? 'base' : 'file';
  const isTaken = (name: string): boolean => catalogue[name]?.from.includes(origin) ?? false;
  const source: SettingSource = {
    origin,
    label: (name) => `${name} in ${place}`,
    get: (name) => (isTaken(name) ? values.get(name) : undefined),
  };
  const rules = {
    ...source,
    get: (name: string) => (catalogue[name]?.isRule ? source.get(name) : undefined),
  };
  const passedOver = [...values.keys()].filter((name) => !isTaken(name));
  return {
    sources: [rules, ...given, source, ...defaults],
    notes: [
      ...noteCheckout(shown, base.text),
      ...passedOver.map((name) => `\`${name}\` in ${place} was skipped: a committed file cannot set it`),
      ...noteOverruled(rules, given, catalogue).map(
        (label) => `${label} has no effect: ${place} overrides it`,
      ),
    ],
  };
}

/** The text of the base commit's file, null where it has none; or why that is not known. */
async function readOfBase(
  { commits, branches }: RuleBase,
  path: string,
  request: SettingsRequest,
): Promise<{ readonly text: string | null } | string> {
  const { host, signal } = request;
  const folder = process.cwd();
  const top = findTop(folder) ?? host.checkouts.find((each) => isBelow(folder, [each])) ?? folder;
  const name = pathBelow(top, path);
  if (name === null) return `it is not in the checkout at ${top}`;
  await using gitHub = await openGitHubAsSaid(request);
  const server = gitHub && (await commitsOf(gitHub));
  const checkout = new GitCheckout(top, host.environment, signal);
  const questions = commits.flatMap((commit) => [
    () => checkout.readFileOf(commit, name),
    () => server?.readFileOf(commit, name),
  ]);
  // If the named commit cannot be had, no other one takes its place.
  const fallbacks = commits.length > 0 ? [] : branches.map((branch) => () => readTip(server, branch, name));
  let trouble: VarveError | null = null;
  for (const ask of [...questions, ...fallbacks]) {
    const file = await attempt(['outside'], async () => ask());
    if (file instanceof VarveError) trouble ??= file;
    else if (file?.kind === 'file') return { text: file.text };
    else if (file?.kind === 'absent') return { text: null };
  }
  if (trouble !== null) return tellFault(trouble);
  return describeMissing(host.environment.GITHUB_ACTIONS === 'true');
}

async function commitsOf(gitHub: GitHubApi): Promise<GitHubCommits> {
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  return new GitHubCommits(gitHub);
}

async function readTip(server: GitHubCommits | null, branch: string, path: string) {
  const tip = await server?.tipOf(branch);
  return tip ? server?.readFileOf(tip, path) : undefined;
}

const describeMissing = (onGitHub: boolean): string =>
  onGitHub
    ? 'the checkout does not have that commit; give a github-token with contents: read, or check out with fetch-depth: 0'
    : 'the checkout does not have that commit; set a larger GIT_DEPTH';

/** GitHub, asked as the user says; null where it may not be. Errors in the settings are reported when all are read. */
async function openGitHubAsSaid({ host, given, defaults = [], signal }: SettingsRequest) {
  const names = ['ca', 'plain-http', 'github-token'] as const;
  const settings = await attempt(['usage'], async () =>
    readSettings(SETTINGS, names, [...given, ...defaults]),
  );
  if (settings instanceof VarveError) return null;
  return openGitHub(settings, host, settings['github-token'] ?? host.environment.GITHUB_TOKEN, signal);
}

function noteCheckout(shown: string, base: string | null): string[] {
  const checkedOut = readQuietly(shown);
  if (checkedOut === null || checkedOut === base) return [];
  const counts =
    base === null ? 'the base commit has none' : 'it differs from the one of the base commit, which counts';
  return [`\`${shown}\` of this pull request was skipped: ${counts}`];
}

/** What is checked out; undefined where that is not a file. */
function readQuietly(path: string): string | null | undefined {
  try {
    return readCheckedOut(path);
  } catch {
    return undefined;
  }
}

/** How the user calls what the rules of the base do not let count. */
function noteOverruled(
  rules: SettingSource,
  given: readonly SettingSource[],
  catalogue: Catalogue,
): readonly string[] {
  return Object.keys(catalogue).flatMap((name) => {
    const rule = rules.get(name);
    const said = given.find(({ get }) => get(name) !== undefined);
    return rule === undefined || said === undefined || said.get(name) === rule ? [] : [said.label(name)];
  });
}
