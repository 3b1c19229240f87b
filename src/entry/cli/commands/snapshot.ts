import { allAsides, allNotes } from '../../../core/report/notes.ts';
import { outputOf } from '../../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../../flows/snapshot/snapshot-image.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { userStore } from '../../host/user-store.ts';
import { runMainJob } from '../../job/main-job.ts';
import type { Call, RunCommand } from './command.ts';
import { writeNotes } from './notes.ts';
import { progressOn, renderReport, writeJson } from './output.ts';

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
    present: (result) => present(result, invocation),
    // A script that names an output file goes on to read it: without the file, the command has failed.
    presentUnwritten: (fault) => {
      throw fault;
    },
    presentPublished: async (places) => {
      for (const place of places) output.stderr.write(`varve: published as ${place}\n`);
    },
  });
  return EXIT_STATUS.done;
};

export async function present({ report, ...result }: SnapshotImageResult, call: Call): Promise<void> {
  const { stdout } = call.output;
  if (call.format !== 'json') {
    stdout.write(await renderReport(report, call));
    return;
  }
  writeNotes([...allNotes(report), ...(call.isQuiet ? [] : allAsides(report))], call);
  writeJson(stdout, outputOf({ report, ...result }));
}
