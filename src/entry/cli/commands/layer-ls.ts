import { VarveError } from '../../../base/errors.ts';
import { tellFinding } from '../../../core/report/notes.ts';
import { parseDigestPrefix } from '../../../core/words/digest-prefix.ts';
import { listLayer } from '../../../flows/look/list-layer.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { listingLine } from '../listing/entry.ts';
import type { RunCommand } from './command.ts';
import { writeFindings } from './notes.ts';
import { progressOn, writeList } from './output.ts';

export const run: RunCommand<'layer ls'> = async (invocation) => {
  const [reference = '', layer = ''] = invocation.arguments;
  if (!isLayer(layer)) throw notALayer(layer, reference);
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const { platform, tenant } = invocation.settings;
  const { inventory, findings } = await listLayer(reading.tools, { reference, platform, layer, tenant });
  await writeList(invocation, inventory.entries(), listingLine);
  writeFindings(findings.map(tellFinding), invocation);
  return EXIT_STATUS.done;
};

const isIndex = (text: string): boolean => /^\d+$/.test(text);

const isLayer = (text: string): boolean => isIndex(text) || parseDigestPrefix(text) !== null;

/** Refused before an image is looked for. */
function notALayer(layer: string, reference: string): VarveError {
  return new VarveError('bad-option', `${JSON.stringify(layer)} is not a layer`, {
    object: layer,
    hint: isIndex(reference)
      ? `the image comes first: varve layer ls ${layer} ${reference}`
      : 'write its index from 0, or at least 4 digits of its digest; varve inspect IMAGE lists the layers',
  });
}
