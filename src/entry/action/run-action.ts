import * as core from '@actions/core';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { formatCount, formatSize } from '../../base/human-size.ts';
import { headline } from '../../core/report/headline.ts';
import { allAsides, allNotes } from '../../core/report/notes.ts';
import { PLAIN } from '../../core/report/text/palette.ts';
import { renderText } from '../../core/report/text/render-text.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { EarlyExit } from '../early-exit.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { type Environment, readHost } from '../host/host.ts';
import { runMainJob } from '../job/main-job.ts';
import { complainOfImage } from '../job/sought-image.ts';
import { describeError } from '../present-error.ts';
import type { SettingsOf } from '../settings/catalogue.ts';
import { readSettingsOf } from '../settings/read-settings.ts';
import { fromEnvironment, fromFile, fromInputs, fromWorkflowDefaults } from '../settings/setting-sources.ts';
import { ACTION_CAS_ROOT } from './interface.ts';
import { readOutputs, writeJobSummary } from './outputs.ts';

const LOG_WIDTH = 140;

/** Does the action's job and gives the exit status; whatever goes wrong becomes one annotation. */
export async function runAction(environment: Environment): Promise<number> {
  try {
    await snapshotAndReport(environment);
    return EXIT_STATUS.done;
  } catch (fault) {
    const [first = '', ...rest] = describeError(fault);
    core.error([first, ...rest].join('\n'), { title: 'Varve' });
    return EXIT_STATUS[toVarveError(fault).kind];
  }
}

async function snapshotAndReport(environment: Environment): Promise<void> {
  const sources = [
    fromInputs(environment),
    fromEnvironment(environment),
    await fromFile(),
    fromWorkflowDefaults(),
  ];
  const settings = readSettingsOf('action', sources, (given) => complainOfImage(given.image, given));
  await runWith(settings, environment);
}

/** Does the job that settings describe. */
export async function runWith(settings: SettingsOf<'action'>, environment: Environment): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const exit = new EarlyExit(resources);
  // A workflow that is cancelled interrupts its steps first, and kills them a few seconds later.
  exit.watchSignals();
  const job = {
    ...{ settings, resources, signal: exit.signal, host: readHost(environment) },
    images: settings.image,
    storeFolder: () => ACTION_CAS_ROOT,
    startProgress: logReads,
    // What a workflow has just built is not what a stranger has put on Docker Hub.
    bareNames: 'builder' as const,
    now: () => new Date(),
  };
  await runMainJob(job, {
    present: (result) => present(result, settings, environment),
    presentPublished: async (places) => setOutput('published', places.join('\n')),
  });
  await exit.hearSignals();
  exit.signal.throwIfAborted();
}

async function present(
  result: SnapshotImageResult,
  settings: SettingsOf<'action'>,
  environment: Environment,
): Promise<void> {
  const { report } = result;
  const text = renderText(report, { width: LOG_WIDTH, palette: PLAIN, all: false });
  core.info(headline(report));
  await core.group('Report', async () => core.info(text));
  for (const note of allNotes(report)) core.warning(note, { title: 'Varve' });
  for (const aside of allAsides(report)) core.notice(aside, { title: 'Varve' });
  for (const [name, value] of Object.entries(readOutputs(result, settings))) setOutput(name, value);
  await writeJobSummary(report, environment, settings['report-path'] ?? null);
}

/** @throws VarveError `unreachable` where the runner's file for outputs is gone. */
function setOutput(name: string, value: string): void {
  try {
    core.setOutput(name, value);
  } catch (cause) {
    throw new VarveError('unreachable', `cannot write the output ${name}`, { object: name, cause });
  }
}

/** Says in the log what is about to be read: a bar would fill it with lines. */
const logReads: StartProgress = ({ layers, bytes }) => {
  core.info(
    layers === null
      ? `The engine exports the image, about ${formatSize(bytes)}`
      : `Reading ${formatCount(layers, 'layer')}, ${formatSize(bytes)}`,
  );
  return { advance() {}, finishLayer() {}, clear() {} };
};
