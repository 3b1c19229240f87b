import type { CompareOutput } from '../../core/comparison/compare-output.ts';
import { compareWanted } from '../../flows/compare/compare-images.ts';
import { composeBases } from '../compose/base-images.ts';
import { readCompareOptions } from '../compose/compare-options.ts';
import { openReading, type Reader } from '../compose/open-reading.ts';
import type { SettingsOf } from '../settings/catalogue.ts';
import { recallSnapshot } from './recall-snapshot.ts';

type JobOutcome = Awaited<ReturnType<typeof compareWanted>> & Pick<CompareOutput, 'references'>;

/** Compares two images, as command line and library do it. What can be refused is refused before anything is read. */
export async function runCompareJob(
  reader: Reader & { readonly settings: SettingsOf<'compare'> },
  base: string,
  target: string,
): Promise<JobOutcome> {
  const { settings, host, resources, signal } = reader;
  const comparing = { ...readCompareOptions(settings), signal };
  const { tools, origin, openKept } = await openReading(reader);
  const kept = await openKept([base, target], settings.baseline);
  const complete = (text: string) => recallSnapshot(tools.opener, kept, origin.tenant, text);
  const sides = { base: await complete(base), target: await complete(target) };
  const bases = composeBases(tools.store, settings, host, resources, signal);
  const request = { kept, ...sides, comparing, origin, ...bases };
  return { ...(await compareWanted(tools, request, settings.platform)), references: sides };
}
