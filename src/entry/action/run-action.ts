import { join } from 'node:path';
import * as core from '@actions/core';
import { attempt, toVarveError, VarveError } from '../../base/errors.ts';
import { formatCount, formatSize } from '../../base/human-size.ts';
import { headline } from '../../core/report/headline.ts';
import type { SourceTree } from '../../core/report/markdown/source-tree.ts';
import { allAsides, allNotes } from '../../core/report/notes.ts';
import { phrase } from '../../core/report/phrase.ts';
import { plainText } from '../../core/report/plain-text.ts';
import type { Report } from '../../core/report/report.ts';
import { PLAIN } from '../../core/report/text/palette.ts';
import { renderText } from '../../core/report/text/render-text.ts';
import type { CommentOutcome } from '../../flows/comment/keep-comment.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { gatherSettings } from '../compose/gather-settings.ts';
import { EarlyExit } from '../early-exit.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { type Environment, readHost } from '../host/host.ts';
import { userStore } from '../host/user-store.ts';
import { makeDocumentFolder } from '../job/document-folder.ts';
import { runMainJob } from '../job/main-job.ts';
import { complainOfImage } from '../job/sought-image.ts';
import type { WrittenDocuments } from '../job/write-documents.ts';
import { describeError } from '../present-error.ts';
import type { SettingsOf } from '../settings/catalogue.ts';
import { readSettingsOf } from '../settings/read-settings.ts';
import { fromEnvironment, fromInputs, fromWorkflowDefaults } from '../settings/setting-sources.ts';
import type { ActionOutput } from './interface.ts';
import { readOutputs, tellTrends, writeJobSummary } from './outputs.ts';

const LOG_WIDTH = 140;
/** With this run's, the summary shows twenty. */
const RECALLED = 19;

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
  const host = readHost(environment);
  const given = [fromInputs(environment), fromEnvironment(environment)];
  const { sources, notes } = await gatherSettings({ host, given, defaults: [fromWorkflowDefaults()] });
  const settings = readSettingsOf('action', sources, (given) => complainOfImage(given.image, given));
  await runWith(settings, environment, notes);
}

/** Does the job that settings describe. */
export async function runWith(
  settings: SettingsOf<'action'>,
  environment: Environment,
  notes: readonly string[] = [],
): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const exit = new EarlyExit(resources);
  // A workflow that is canceled interrupts its steps first, and kills them a few seconds later.
  exit.watchSignals();
  const host = readHost(environment);
  const job = {
    ...{ settings, notes, resources, signal: exit.signal, host },
    images: settings.image,
    // Without a runner's own, the folder for temporary files is one that other users write to.
    storeFolder: () =>
      environment.RUNNER_TEMP ? join(host.temporaryFolder, 'varve', 'store') : userStore(host),
    makeDocumentFolder: (result: SnapshotImageResult) => makeDocumentFolder(host, result),
    startProgress: logReads,
    ...(environment.GITHUB_STEP_SUMMARY && { recall: RECALLED }),
    // What a workflow has just built is not what a stranger has put on Docker Hub.
    bareNames: 'builder' as const,
    now: () => new Date(),
  };
  await runMainJob(job, {
    present: (result, documents, source) => present(result, documents, source, environment),
    presentUnwritten: warn,
    presentComment,
    presentKit: async (path) => setOutputs({ 'kit-path': path }),
    presentPublished: async (places) => setOutputs({ published: places.join('\n') }),
  });
  await exit.hearSignals();
  exit.signal.throwIfAborted();
}

async function present(
  result: SnapshotImageResult,
  documents: WrittenDocuments,
  source: SourceTree | null,
  environment: Environment,
): Promise<void> {
  const { report } = result;
  const text = renderText(report, { width: LOG_WIDTH, palette: PLAIN, all: false });
  core.info(headline(report));
  await core.group('Report', async () => core.info(text));
  for (const note of allNotes(report)) core.warning(note, { title: 'Varve' });
  for (const aside of allAsides(report)) core.notice(aside, { title: 'Varve' });
  annotate(report);
  setOutputs(readOutputs(result, documents));
  const summary = { whole: documents.report, source, trends: tellTrends(result) };
  const unwritten = await attempt(['outside'], () => writeJobSummary(report, environment, summary));
  if (unwritten instanceof VarveError) warn(unwritten);
}

/** GitHub shows ten annotations of a kind for a step, and notes come first. */
const MOST_ANNOTATED = 5;

/** Says what somebody should look at, at the line of the build's source where that is known. */
function annotate({ images }: Report): void {
  const items = images.flatMap(({ attention, locations }) =>
    attention.map((line) => ({ line, location: line.layer === null ? null : locations[line.layer] })),
  );
  for (const { line, location } of items.slice(0, MOST_ANNOTATED)) {
    const { sentence, remedy } = line;
    core.warning(plainText(phrase`${sentence}: ${remedy}`), {
      title: 'Varve',
      ...(location && { file: location.file, startLine: location.firstLine, endLine: location.lastLine }),
    });
  }
}

/** A comment that cannot be written is not a fault of the image: the summary says the same. */
function presentComment(outcome: CommentOutcome | VarveError | null): void {
  if (outcome instanceof VarveError) {
    const said = describeError(outcome).join('\n');
    core.notice(`The pull request got no comment; the job summary says the same.\n${said}`, {
      title: 'Varve',
    });
  } else if (outcome?.url) setOutputs({ 'comment-url': outcome.url });
}

/** Says what could not be written: everything else is done nevertheless. */
function warn(fault: VarveError): void {
  core.warning(describeError(fault).join('\n'), { title: 'Varve' });
}

/** The runner's file for outputs may be gone, or the disk full: then outputs are empty. */
function setOutputs(outputs: Partial<Record<ActionOutput, string>>): void {
  const unwritten = Object.entries(outputs).flatMap(([name, value]) => {
    try {
      core.setOutput(name, value);
      return [];
    } catch (cause) {
      return [{ name, cause }];
    }
  });
  const [first] = unwritten;
  if (first === undefined) return;
  const names = unwritten.map(({ name }) => name).join(', ');
  warn(
    new VarveError('unreachable', `cannot write the outputs ${names}`, {
      object: first.name,
      cause: first.cause,
    }),
  );
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
