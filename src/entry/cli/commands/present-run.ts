import { allAsides, allNotes } from '../../../core/report/notes.ts';
import { outputOf } from '../../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../../flows/snapshot/snapshot-image.ts';
import type { Call } from './command.ts';
import { writeNotes } from './notes.ts';
import { renderReport, writeJson } from './output.ts';

/** Writes what a run of the main job found out, in the format that is asked for. */
export async function presentRun({ report, ...result }: SnapshotImageResult, call: Call): Promise<void> {
  const { stdout } = call.output;
  if (call.format !== 'json') {
    stdout.write(await renderReport(report, call));
    return;
  }
  writeNotes([...allNotes(report), ...(call.isQuiet ? [] : allAsides(report))], call);
  writeJson(stdout, outputOf({ report, ...result }));
}
