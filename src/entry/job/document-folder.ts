import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { platformSegment } from '../../core/history/entry-path.ts';
import { isSeveral } from '../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import type { Host } from '../host/host.ts';
import { makeOutputFolder, unwritable } from './output-file.ts';

/**
 * Makes a new folder for the documents of one step: `varve/<name>/<platform>/<step>` among the runner's temporary
 * files, with a number behind it where a step of that name was here before. So nothing in it is of another run. Without a
 * runner, the folder for temporary files is one that other users write to, and the run makes a private folder in it.
 * @throws VarveError `unreachable`.
 */
export async function makeDocumentFolder(
  { environment, temporaryFolder, checkouts }: Host,
  result: SnapshotImageResult,
): Promise<string> {
  const platform = isSeveral(result) ? 'all' : segmentOf(platformSegment(result.platforms[0].entry.platform));
  const own =
    temporaryFolder === environment.RUNNER_TEMP
      ? join(temporaryFolder, 'varve')
      : await makePrivate(temporaryFolder);
  const parent = join(own, segmentOf(result.name), platform);
  const folder = await makeOutputFolder(parent, checkouts);
  // https://docs.github.com/en/actions/reference/workflows-and-actions/variables
  const step = segmentOf(environment.GITHUB_ACTION ?? 'step');
  for (let count = 1; ; count++) {
    const path = join(folder, count === 1 ? step : `${step}_${count}`);
    if (await isMade(path)) return path;
  }
}

async function makePrivate(parent: string): Promise<string> {
  const prefix = join(parent, 'varve-');
  try {
    return await mkdtemp(prefix);
  } catch (fault) {
    throw unwritable(prefix, fault);
  }
}

/** False where something is there already. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(path, fault);
  }
}

/** A name as part of a path: nothing in it that a file system or a shell would take for more than a letter. */
function segmentOf(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100);
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}
