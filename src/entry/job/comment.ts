import { attempt, type VarveError } from '../../base/errors.ts';
import type { EntryCache } from '../../core/cache/entry-cache.ts';
import type { Subject } from '../../core/comment/comment.ts';
import { fingerprintOf } from '../../core/comment/fingerprint.ts';
import { isWorthSaying } from '../../core/comment/worth.ts';
import type { CompareOptions } from '../../core/comparison/compare.ts';
import { COMMENT_LIMIT, renderSection } from '../../core/report/markdown/render-markdown.ts';
import type { SourceTree } from '../../core/report/markdown/source-tree.ts';
import type { Store } from '../../core/store/store.ts';
import { type CommentOutcome, keepComment } from '../../flows/comment/keep-comment.ts';
import { SaidMemory } from '../../flows/comment/said-memory.ts';
import { wasKnownBefore } from '../../flows/comment/was-known-before.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { lacksToken, openComments, pauseAbout } from '../compose/comments.ts';
import type { Host } from '../host/host.ts';
import type { RunContext } from '../host/run-context.ts';
import { readWorkflowRun } from '../host/workflow-run.ts';
import type { Settings } from '../settings/catalogue.ts';

/** The settings that a comment depends on; a face without comments has no rule for them. */
export type CommentSettings = Pick<Settings, 'platform' | 'github-token' | 'ca'> &
  Partial<Pick<Settings, 'comment' | 'comment-key'>>;

export interface CommentJob {
  readonly settings: CommentSettings;
  readonly host: Host;
  readonly store: Store;
  readonly context: RunContext;
  /** The workflow's cache, where the run uses it. */
  readonly cache: EntryCache | null;
  /** Where places in the build's source can be looked at; null when nowhere. */
  readonly source: SourceTree | null;
  readonly comparing: CompareOptions;
  readonly signal: AbortSignal;
  /** Why GitHub is not asked any more: it gave no answer before. */
  readonly silence: VarveError | null;
  /** For a merge request on GitLab. */
  readonly gitLabToken?: string | undefined;
}

/**
 * Says in the pull request what the run found out, where that is worth it.
 * @returns null where there is no pull request or merge request, or no comment is wanted; what went wrong where it could not be said.
 */
export async function commentOnRun(
  result: SnapshotImageResult,
  job: CommentJob,
): Promise<CommentOutcome | VarveError | null> {
  const { settings, host, store, cache, context, source, comparing, signal } = job;
  const { pullRequest: number, headCommit: head, url } = context;
  const { comment = 'never', 'comment-key': key = '' } = settings;
  const tokens = { gitHub: settings['github-token'], gitLab: job.gitLabToken };
  const workflow = readWorkflowRun(host.environment, head);
  if (comment === 'never' || number === null || head === null || workflow === null) return null;
  if (job.silence !== null) return job.silence;
  return attempt(['outside'], async () => {
    await using comments = await openComments({ settings, tokens, host, number, signal });
    const { report, platforms } = result;
    const isWorth = isWorthSaying(report, comment);
    if (comments === null) return isWorth ? lacksToken(host) : null;
    const subject = subjectOf(result, settings, workflow.name);
    const memory = cache && new SaidMemory(cache, { pullRequest: number, key, subject });
    const section = {
      subject,
      render: (limit: number) => renderSection(report, { limit, whole: url, source }),
    };
    const outcome = await keepComment(comments.port, {
      key,
      limit: COMMENT_LIMIT,
      run: { id: workflow.run, attempt: workflow.attempt, head },
      sections: [section],
      isWorthSaying: isWorth,
      wasKnown: async (time) => {
        const entries = platforms.map(({ entry }) => entry);
        if (await memory?.knows(fingerprintOf(report.images))) return true;
        return wasKnownBefore(store, entries, time, comparing);
      },
      pause: (milliseconds) => pauseAbout(milliseconds, signal),
    });
    if (isWorth && outcome.kind === 'written') await memory?.remember(fingerprintOf(report.images));
    return outcome;
  });
}

/** A platform that was asked for has a section of its own: other jobs have those of the others. */
function subjectOf(
  { name, report }: SnapshotImageResult,
  { platform }: CommentSettings,
  workflow: string,
): Subject {
  const asked = platform === 'all' ? null : (report.images[0]?.platform ?? null);
  return { workflow, image: name, platform: asked };
}
