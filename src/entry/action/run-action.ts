import * as core from '@actions/core';
import { toVarveError } from '../../base/errors.ts';
import { allNotes } from '../../core/report/all-notes.ts';
import { headline } from '../../core/report/headline.ts';
import { PLAIN } from '../../core/report/text/palette.ts';
import { renderText } from '../../core/report/text/render-text.ts';
import { throwFailures } from '../../flows/image/platform-failure.ts';
import { snapshotImage } from '../../flows/snapshot/snapshot-image.ts';
import { composeRevisionTools, composeTools, Stores } from '../compose/tools.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { readRunContext } from '../host/run-context.ts';
import { describeError } from '../present-error.ts';
import { publishIfAsked } from '../publish-run.ts';
import { writeRunOutputs } from '../run-outputs.ts';
import { isFoundByCommit } from '../settings/baseline-setting.ts';
import { readSettings, type SettingSource } from '../settings/read-settings.ts';
import type { SettingName } from '../settings/settings.ts';
import { fromEnvironment, fromFile, fromInputs } from '../settings/sources.ts';
import { baselineRequest, chooseStore, snapshotRequest } from '../snapshot-request.ts';
import { complainOfImage, readSoughtImage } from '../sought-image.ts';
import { ACTION_CAS_ROOT, ACTION_DEFAULTS, ACTION_INPUTS } from './interface.ts';
import { writeJobSummary } from './job-summary.ts';
import { logReads } from './log-reads.ts';
import { readOutputs } from './outputs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_WIDTH = 140;

const FROM_DEFAULTS: SettingSource = {
  label: (name) => `the default of ${name}`,
  get: (name: SettingName) =>
    name in ACTION_DEFAULTS ? ACTION_DEFAULTS[name as keyof typeof ACTION_DEFAULTS] : undefined,
};

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
  const sources = [fromInputs(environment), fromEnvironment(environment), await fromFile(), FROM_DEFAULTS];
  const settings = readSettings(ACTION_INPUTS, sources, (given) => complainOfImage(given.image, given));
  const sought = await readSoughtImage(settings.image, settings);
  await using stores = new Stores(environment, settings);
  if (settings.baseline.kind === 'cache') stores.cache(settings);
  const token = isFoundByCommit(settings.baseline)
    ? (settings['github-token'] ?? environment.GITHUB_TOKEN)
    : undefined;
  await using revisions = await composeRevisionTools(settings, environment, token);
  const context = await readRunContext(environment, { commit: undefined, branch: undefined }, revisions);
  const store = await chooseStore(stores, settings, ACTION_CAS_ROOT);
  await using tools = composeTools(store, settings, environment, logReads);
  const baseline = await baselineRequest(stores, settings, context);
  const result = await snapshotImage(tools, snapshotRequest(sought, settings, context, baseline, new Date()));
  await writeRunOutputs(result, settings);
  const text = renderText(result.report, { width: LOG_WIDTH, palette: PLAIN, all: false });
  core.info(headline(result.report));
  await core.group('Report', async () => core.info(text));
  for (const note of allNotes(result.report)) core.warning(note, { title: 'Varve' });
  for (const [name, value] of Object.entries(readOutputs(result, settings))) core.setOutput(name, value);
  await writeJobSummary(result.report, environment, settings['report-path'] ?? null);
  const published = await publishIfAsked(result, store, settings, environment);
  core.setOutput('published', published.join('\n'));
  throwFailures(result.failures);
}
