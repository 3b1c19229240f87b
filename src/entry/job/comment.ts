import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, type VarveError } from '../../base/errors.ts';
import type { SectionRun, Subject } from '../../core/comment/comment.ts';
import { isWorthSaying } from '../../core/comment/worth.ts';
import type { CompareOptions } from '../../core/comparison/compare.ts';
import { COMMENT_LIMIT, renderSection } from '../../core/report/markdown/render-markdown.ts';
import type { Store } from '../../core/store/store.ts';
import { type CommentOutcome, keepComment } from '../../flows/comment/keep-comment.ts';
import { wasKnownBefore } from '../../flows/comment/was-known-before.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { openComments } from '../compose/comments.ts';
import type { Host } from '../host/host.ts';
import type { RunContext } from '../host/run-context.ts';
import type { Settings } from '../settings/catalogue.ts';

/** The settings that a comment depends on. */
export type CommentSettings = Pick<
  Settings,
  'comment' | 'comment-key' | 'platform' | 'github-token' | 'ca' | 'plain-http'
>;

export interface CommentJob {
  readonly settings: CommentSettings;
  readonly host: Host;
  readonly store: Store;
  readonly context: RunContext;
  readonly comparing: CompareOptions;
  readonly signal: AbortSignal;
}

/**
 * Says in the pull request what the run found out, where that is worth it.
 * @returns null where there is no pull request, or none that is on GitHub; what went wrong where it could not be said.
 */
export async function commentOnRun(
  result: SnapshotImageResult,
  job: CommentJob,
): Promise<CommentOutcome | VarveError | null> {
  const { settings, host, store, context, comparing, signal } = job;
  const { pullRequest: number, headCommit: head, url } = context;
  if (settings.comment === 'never' || number === null || head === null) return null;
  return attempt(['outside'], async () => {
    await using comments = await openComments(settings, host, number, signal);
    if (comments === null) return null;
    const { report, platforms } = result;
    const section = {
      subject: subjectOf(result, settings, host),
      render: (limit: number) => renderSection(report, { limit, whole: url }),
    };
    return keepComment(comments.port, {
      key: settings['comment-key'],
      limit: COMMENT_LIMIT,
      run: runOf(host, head),
      sections: [section],
      isWorthSaying: isWorthSaying(report, settings.comment),
      wasKnown: (time) =>
        wasKnownBefore(
          store,
          platforms.map(({ entry }) => entry),
          time,
          comparing,
        ),
      pause: async (milliseconds) => {
        await sleep(milliseconds * (0.5 + Math.random()), undefined, { signal });
      },
    });
  });
}

/** A platform that was asked for has a section of its own: other jobs have those of the others. */
function subjectOf(
  { name, report }: SnapshotImageResult,
  { platform }: CommentSettings,
  { environment }: Host,
): Subject {
  return {
    workflow: environment.GITHUB_WORKFLOW ?? '',
    image: name,
    platform: platform === 'all' ? null : (report.images[0]?.platform ?? null),
  };
}

function runOf({ environment }: Host, head: string): SectionRun {
  const count = (text: string | undefined): number => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : 0);
  const { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt } = environment;
  return { id: count(id), attempt: count(attempt), head };
}
