import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { scanBuild } from '../../../flows/sbom/scan-build.ts';
import { composeScanTools } from '../../compose/scan-tools.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { readScanPlace, refuseWayOut } from '../../host/scan-place.ts';
import { givenPaths, readGivenFiles, readProducer } from '../../job/given-files.ts';
import { writeOutputFile } from '../../job/output-file.ts';
import { VERSION } from '../../version.ts';
import { scanLine } from '../listing/scan.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand<'buildkit-scan'> = async ({ settings, host, signal, output: { stdout } }) => {
  const limits = {
    ...DEFAULT_LIMITS,
    layerBytes: settings['max-layer-bytes'],
    layerEntries: settings['max-layer-entries'],
  };
  const { 'cas-root': casRoot, tenant } = settings;
  const producer = readProducer(settings);
  const given = await readGivenFiles(settings);
  const place = readScanPlace(host.environment);
  for (const path of givenPaths(settings)) refuseWayOut(path, place);
  const tools = await composeScanTools(casRoot, host, signal);
  const source = { scannerBuild: `varve@${VERSION}`, imageDigest: null, scanId: 'buildkit-scan' };
  const scanned = await scanBuild(tools, {
    ...{ targets: place.targets, given, producer, limits },
    ...{ origin: { tenant, source, time: new Date().toISOString() } },
    ...{ tool: `varve-${VERSION}`, created: place.created },
  });
  // BuildKit takes everything that it finds there: nothing is there before all of it is known.
  for (const { name, statement } of scanned)
    await writeOutputFile(join(place.destination, fileOf(name)), statement, host.checkouts);
  for (const root of scanned) stdout.write(`${scanLine(fileOf(root.name), root)}\n`);
  return EXIT_STATUS.done;
};

const fileOf = (name: string): string => `${name}.spdx.json`;
