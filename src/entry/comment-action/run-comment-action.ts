import * as core from '@actions/core';
import { attempt, ERROR_CODES, type ErrorCode, toVarveError, VarveError } from '../../base/errors.ts';
import type { Section } from '../../core/comment/comment.ts';
import { fingerprintOf } from '../../core/comment/fingerprint.ts';
import { type CommentRule, isWorthSaying } from '../../core/comment/worth.ts';
import type { PullRequestFacts, SoughtPullRequest } from '../../core/history/pull-requests.ts';
import { renderImages } from '../../core/report/markdown/render-images.ts';
import { COMMENT_LIMIT, renderSection } from '../../core/report/markdown/render-markdown.ts';
import type { Report } from '../../core/report/report.ts';
import { reportOfDocuments } from '../../core/report/report-of-documents.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import { formatPlatform } from '../../core/words/platform.ts';
import { type CommentOutcome, keepComment, type OwnSection } from '../../flows/comment/keep-comment.ts';
import { SaidMemory } from '../../flows/comment/said-memory.ts';
import { lacksToken, openComments, pauseAbout } from '../compose/comments.ts';
import { openGitHub, openPullRequests } from '../compose/revision.ts';
import { openWorkflowCache } from '../compose/workflow-cache.ts';
import { EarlyExit } from '../early-exit.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { readEventTime, readTriggeringRun } from '../host/github-run.ts';
import { type Environment, type Host, readHost } from '../host/host.ts';
import { addToJobSummary, SUMMARY_LIMIT } from '../host/job-summary.ts';
import { describeRun } from '../host/run-context.ts';
import { readSourceTree, readWorkflowRun, type WorkflowRun } from '../host/workflow-run.ts';
import { describeError } from '../present-error.ts';
import type { SettingsOf } from '../settings/catalogue.ts';
import { readSettingsOf } from '../settings/read-settings.ts';
import { fromEnvironment, fromInputs, fromWorkflowDefaults } from '../settings/setting-sources.ts';
import { readResults } from './read-results.ts';

type CommentActionSettings = SettingsOf<'comment action'>;

/** The run whose results are shown, and the pull request that they are shown in. */
interface Target {
  readonly run: WorkflowRun;
  /** Null where the run is not of a pull request, or GitHub does not know which. */
  readonly number: number | null;
  /** Why that could not be found out. */
  readonly trouble: VarveError | null;
  /** Whether another run reported them, which its author may have made say anything. */
  readonly isReported: boolean;
}

/** Makes a comment of the results of earlier jobs; whatever goes wrong becomes one annotation. */
export async function runCommentAction(environment: Environment): Promise<number> {
  try {
    await using resources = new AsyncDisposableStack();
    const exit = new EarlyExit(resources);
    exit.watchSignals();
    const sources = [fromInputs(environment), fromEnvironment(environment), fromWorkflowDefaults()];
    const settings = readSettingsOf('comment action', sources, ({ results }) =>
      results?.length === 0 ? new VarveError('bad-option', 'no results are given', { hint: HINT }) : null,
    );
    await commentOnResults(settings, readHost(environment), exit.signal);
    return EXIT_STATUS.done;
  } catch (fault) {
    core.error(describeError(fault).join('\n'), { title: 'Varve' });
    return EXIT_STATUS[toVarveError(fault).kind];
  }
}

/** Does the job that settings describe. */
export async function commentOnResults(
  settings: CommentActionSettings,
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  const { results: paths, comment: rule, 'comment-key': key } = settings;
  const target = await findTarget(settings, host, signal);
  const { results, faults } = await readResults(paths);
  const own = results.filter((result) => isOf(result, target));
  for (const fault of faults) warn(fault);
  if (own.length < results.length) warn(foreign(results.length - own.length, target));
  const images = await reportOnEach(own, target.isReported);
  if (images.length === 0) return;
  const reports = images.map(({ report }) => report);
  const source = readSourceTree(host.environment, target.run.head);
  const summary = renderImages(reports, { limit: SUMMARY_LIMIT, whole: null, source });
  const unwritten = await attempt(['outside'], () => addToJobSummary(summary, host.environment));
  if (unwritten instanceof VarveError) warn(unwritten);
  const outcome = await attempt(['outside'], () =>
    comment({ images, target, rule, key }, settings, host, signal),
  );
  if (outcome instanceof VarveError) {
    core.notice(`The pull request got no comment.\n${describeError(outcome).join('\n')}`, { title: 'Varve' });
  }
  core.setOutput('comment-url', outcome instanceof VarveError ? '' : (outcome?.url ?? ''));
}

const HINT = 'name the files or folders of results: the input results';

/**
 * The pull request, as GitHub knows it: nothing in a result says which it is. In a run that follows another one, that
 * one's results are shown.
 */
async function findTarget(settings: CommentActionSettings, host: Host, signal: AbortSignal): Promise<Target> {
  const { environment } = host;
  const triggering = readTriggeringRun(environment);
  const { pullRequest, revision } = describeRun(environment);
  const known = revision.kind === 'pull-request' ? revision : null;
  const sought = triggering === null ? known?.sought : triggering.sought;
  const asked = sought && (await attempt(['outside'], () => askGitHub(sought, settings, host, signal)));
  const [trouble, facts] = asked instanceof VarveError ? [asked, null] : [null, asked ?? null];
  const head = triggering?.head ?? facts?.headCommit ?? known?.headCommit ?? null;
  const run = triggering ?? readWorkflowRun(environment, head);
  if (run === null) {
    throw new VarveError('bad-option', 'this is not a step of a GitHub workflow', {
      hint: 'run it as a step of a workflow',
    });
  }
  // What an event says of a run before may be a pull request of another repository.
  const number = sought ? (facts?.number ?? null) : triggering === null ? pullRequest : null;
  return { run, number, trouble, isReported: triggering !== null };
}

async function askGitHub(
  sought: SoughtPullRequest,
  settings: CommentActionSettings,
  host: Host,
  signal: AbortSignal,
): Promise<PullRequestFacts | null> {
  const token = settings['github-token'] ?? host.environment.GITHUB_TOKEN;
  await using gitHub = await openGitHub(settings, host, token, signal);
  if (gitHub === null) throw lacksToken(host);
  return (await openPullRequests(gitHub)).find(sought);
}

/** Whether a result is of the run: an artifact of another one, or of another head, is not shown. */
function isOf({ workflow }: RunResult, { run }: Target): boolean {
  const isOfHead = [workflow?.head ?? null, run.head].includes(null) || workflow?.head === run.head;
  return workflow?.run === run.run && isOfHead;
}

const foreign = (count: number, { run }: Target) =>
  new VarveError('malformed', `${count} of the results are not of run ${run.run} and its head`, {
    object: 'results',
    hint: 'download the artifacts of the run that is shown, and no others',
  });

/** @param isReported whether a stranger wrote the result: what it says in words is not repeated. */
function reportOf(result: RunResult, isReported: boolean): Report {
  const [first, ...others] = result.platforms.map(({ pointer, snapshot, comparison }) => ({
    record: pointer,
    snapshot,
    comparison,
  }));
  if (first === undefined)
    throw new VarveError('malformed', 'a result has no platform', {
      object: result.image.name,
      hint: 'let the job that wrote it run again',
    });
  const failures = isReported
    ? result.failures.map((failure) => ({ ...failure, message: meaningOf(failure.code) }))
    : result.failures;
  return reportOfDocuments([first, ...others], { ...result, failures });
}

const meaningOf = (code: string): string =>
  Object.hasOwn(ERROR_CODES, code)
    ? ERROR_CODES[code as ErrorCode][1]
    : 'an error that this version does not know';

/** A result whose documents are not of one image does not keep the others from being shown. */
async function reportOnEach(results: readonly RunResult[], isReported: boolean): Promise<Image[]> {
  const images: Image[] = [];
  for (const result of results) {
    const report = await attempt(['bytes'], async () => reportOf(result, isReported));
    if (report instanceof VarveError) warn(report);
    else images.push({ result, report });
  }
  return images;
}

interface Image {
  readonly result: RunResult;
  readonly report: Report;
}

interface Said {
  readonly images: readonly Image[];
  readonly target: Target;
  readonly rule: CommentRule;
  readonly key: string;
}

async function comment(
  { images, target: { number, run, trouble, isReported }, rule, key }: Said,
  settings: CommentActionSettings,
  host: Host,
  signal: AbortSignal,
): Promise<CommentOutcome | null> {
  const { head } = run;
  if (rule === 'never') return null;
  if (trouble !== null) throw trouble;
  if (number === null || head === null) return null;
  const tokens = { gitHub: settings['github-token'] };
  await using comments = await openComments({ settings, tokens, host, number, signal });
  const isWorth = images.some(({ report }) => isWorthSaying(report, rule));
  if (comments === null && isWorth) throw lacksToken(host);
  if (comments === null) return null;
  const whole = `${host.environment.GITHUB_SERVER_URL}/${host.environment.GITHUB_REPOSITORY}/actions/runs/${run.run}`;
  const remark = isReported ? "\n\nReported by the pull request's own run." : '';
  const render = (limit: number): string => {
    const source = readSourceTree(host.environment, head);
    const room = { limit: limit - Buffer.byteLength(remark), whole, source };
    const [first, ...others] = images;
    const markdown =
      first !== undefined && others.length === 0
        ? renderSection(first.report, room)
        : renderImages(
            images.map(({ report }) => report),
            room,
          );
    return markdown.trimEnd() + remark;
  };
  const section: OwnSection = { subject: { workflow: run.name, ...subjectOf(images) }, render };
  const fingerprint = fingerprintOf(images.flatMap(({ report }) => report.images));
  await using cache = isWorth ? await openWorkflowCache(host, true, signal) : null;
  const memory = cache && new SaidMemory(cache, { pullRequest: number, key, subject: section.subject });
  const outcome = await keepComment(comments.port, {
    key,
    limit: COMMENT_LIMIT,
    run: { id: run.run, attempt: run.attempt, head },
    sections: [section],
    isWorthSaying: isWorth,
    wasKnown: async (time) =>
      isBefore(readEventTime(host.environment), time) || (await memory?.knows(fingerprint)) === true,
    pause: (milliseconds) => pauseAbout(milliseconds, signal),
  });
  if (isWorth && outcome.kind === 'written') await memory?.remember(fingerprint);
  return outcome;
}

/** The run of a fork may write nothing in the cache: at least what was pushed before a deletion is not new. */
const isBefore = (begun: string | null, time: string): boolean =>
  begun !== null && Date.parse(begun) < Date.parse(time);

/** Many images have one section together. */
function subjectOf(images: readonly Image[]): Omit<Section['subject'], 'workflow'> {
  const [first, ...others] = images;
  if (first === undefined || others.length > 0) return { image: '*', platform: null };
  const { image, platform } = first.result;
  return { image: image.name, platform: platform && formatPlatform(platform) };
}

function warn(fault: VarveError): void {
  core.warning(describeError(fault).join('\n'), { title: 'Varve' });
}
