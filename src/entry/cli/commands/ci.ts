import { VarveError } from '../../../base/errors.ts';
import type { CommentOutcome } from '../../../flows/comment/keep-comment.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { userStore } from '../../host/user-store.ts';
import { makeDocumentFolder } from '../../job/document-folder.ts';
import { runMainJob } from '../../job/main-job.ts';
import type { WrittenDocuments } from '../../job/write-documents.ts';
import { describeError } from '../../present-error.ts';
import type { Call, RunCommand } from './command.ts';
import { writeNotes } from './notes.ts';
import { progressOn } from './output.ts';
import { presentRun } from './present-run.ts';

export const run: RunCommand<'ci'> = async (invocation) => {
  const { settings, host, output, resources, signal } = invocation;
  const { image, 'gitlab-token': gitLabToken } = settings;
  const [argument] = invocation.arguments;
  if (argument !== undefined && invocation.options.image !== undefined) throw refuseSecond(argument);
  const job = {
    ...{ settings, host, resources, signal, gitLabToken, notes: invocation.notes ?? [] },
    images: argument === undefined ? image : [argument],
    storeFolder: () => userStore(host),
    makeDocumentFolder: makeDocumentFolder.bind(null, host),
    startProgress: progressOn(invocation),
    // What a pipeline has just built is not what a stranger has put on Docker Hub.
    bareNames: 'builder' as const,
    now: () => new Date(),
  };
  await runMainJob(job, {
    present: async (result, documents) => {
      await presentRun(result, invocation);
      nameDocuments(documents, invocation);
    },
    presentUnwritten: (fault) => {
      throw fault;
    },
    presentComment: (outcome) => tellComment(outcome, invocation),
    presentKit: async (path) => writeNotes([`the kit is ${path}`], invocation),
    presentPublished: async (places) => {
      for (const place of places) output.stderr.write(`varve: published as ${place}\n`);
    },
  });
  return EXIT_STATUS.done;
};

function refuseSecond(argument: string): VarveError {
  return new VarveError('bad-option', `both ${argument} and --image are given`, {
    hint: 'leave out one of them; --image can be given several times, and the first image that exists is taken',
  });
}

/** Says where the files of the run are. */
function nameDocuments(documents: WrittenDocuments, call: Call): void {
  if (call.isQuiet) return;
  const { report, result, comparison, pointer } = documents;
  const named = Object.entries({ report, result, comparison, pointer }).flatMap(([what, path]) =>
    path === null ? [] : [`${what}: ${path}`],
  );
  writeNotes(named, call);
}

/** A comment that cannot be written is not a fault of the image. */
function tellComment(outcome: CommentOutcome | VarveError | null, call: Call): void {
  if (outcome instanceof VarveError) writeNotes(['there is no comment', ...describeError(outcome)], call);
  else if (outcome?.url != null) writeNotes([`comment: ${outcome.url}`], call);
}
