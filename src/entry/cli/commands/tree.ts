import { formatCount } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { MergeFinding } from '../../../core/rootfs/merge-layers.ts';
import { listImageTree } from '../../../flows/look/list-tree.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { listingLine } from '../listing/entry.ts';
import type { CommandOutput, RunCommand } from './command.ts';
import { progressOn, writeList } from './output.ts';

/** How many are printed. */
const FINDINGS = 20;

export const run: RunCommand<'tree'> = async (invocation) => {
  const { settings, output } = invocation;
  const [reference = '', path] = invocation.arguments;
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const { platform } = settings;
  const request = { reference, platform, path, origin: reading.origin };
  const { entries, findings } = await listImageTree(reading.tools, request);
  await writeList(invocation, entries, listingLine);
  tellFindings(findings, output);
  return EXIT_STATUS.done;
};

/** What is odd has no place in the tree, so it is said on stderr. */
function tellFindings(findings: readonly MergeFinding[], { stderr }: CommandOutput): void {
  for (const { layer, code, path, detail } of findings.slice(0, FINDINGS)) {
    const parts = [code, path, detail].filter((part) => part !== undefined);
    stderr.write(`varve: layer ${layer}: ${escapeTerminal(parts.join('  '))}\n`);
  }
  const more = findings.length - FINDINGS;
  if (more > 0) stderr.write(`varve: ${formatCount(more, 'more odd entry', 'more odd entries')}\n`);
}
