import { tellFinding } from '../../../core/report/notes.ts';
import { listImageTree } from '../../../flows/look/list-tree.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { listingLine } from '../listing/entry.ts';
import type { RunCommand } from './command.ts';
import { writeFindings, writeNotes } from './notes.ts';
import { progressOn, writeList } from './output.ts';

export const run: RunCommand<'tree'> = async (invocation) => {
  const { settings } = invocation;
  const [reference = '', path] = invocation.arguments;
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const { platform } = settings;
  const request = { reference, platform, path, origin: reading.origin };
  const { entries, notes, findings } = await listImageTree(reading.tools, request);
  writeNotes(notes, invocation);
  await writeList(invocation, entries, listingLine);
  writeFindings(findings.map(tellFinding), invocation);
  return EXIT_STATUS.done;
};
