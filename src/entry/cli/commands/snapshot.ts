import { EXIT_STATUS } from '../../exit-status.ts';
import { userStore } from '../../host/user-store.ts';
import { runMainJob } from '../../job/main-job.ts';
import type { RunCommand } from './command.ts';
import { writeNotes } from './notes.ts';
import { progressOn } from './output.ts';
import { presentRun } from './present-run.ts';

export const run: RunCommand<'snapshot'> = async (invocation) => {
  const { settings, host, output, resources, signal } = invocation;
  const job = {
    ...{ settings, host, resources, signal, notes: invocation.notes ?? [] },
    images: invocation.arguments,
    storeFolder: () => userStore(host),
    makeDocumentFolder: null,
    startProgress: progressOn(invocation),
    now: () => new Date(),
  };
  await runMainJob(job, {
    present: (result) => presentRun(result, invocation),
    // A script that names an output file goes on to read it: without the file, the command has failed.
    presentUnwritten: (fault) => {
      throw fault;
    },
    presentKit: async (path) => writeNotes([`the kit is ${path}`], invocation),
    presentPublished: async (places) => {
      for (const place of places) output.stderr.write(`varve: published as ${place}\n`);
    },
  });
  return EXIT_STATUS.done;
};
