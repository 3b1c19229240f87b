import { canonicalJson } from '../../../base/canonical-json.ts';
import { allNotes } from '../../../core/report/all-notes.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import { throwFailures } from '../../../flows/image/platform-failure.ts';
import { outputOf } from '../../../flows/snapshot/run-documents.ts';
import { type SnapshotImageResult, snapshotImage } from '../../../flows/snapshot/snapshot-image.ts';
import { composeRevisionTools, composeTools, Stores } from '../../compose/tools.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { readRunContext } from '../../host/run-context.ts';
import { type PublishSettings, publishIfAsked } from '../../publish-run.ts';
import { type OutputSettings, writeRunOutputs } from '../../run-outputs.ts';
import { isFoundByCommit } from '../../settings/baseline-setting.ts';
import {
  baselineRequest,
  chooseStore,
  type SnapshotSettings,
  snapshotRequest,
} from '../../snapshot-request.ts';
import { type BuildSettings, readSoughtImage } from '../../sought-image.ts';
import type { Call, RunCommand } from './command.ts';
import { defaultStorePath } from './default-store.ts';
import { progressOn } from './progress-on.ts';
import { renderReport } from './render-report.ts';

export const run: RunCommand<
  | keyof SnapshotSettings
  | keyof BuildSettings
  | keyof OutputSettings
  | keyof PublishSettings
  | 'commit'
  | 'branch'
  | 'ca'
  | 'plain-http'
  | 'max-layer-bytes'
  | 'max-layer-entries'
  | 'max-sparse-bytes'
  | 'max-header-bytes'
> = async (invocation) => {
  const { settings, output, resources } = invocation;
  const stores = resources.use(new Stores(output.environment, settings));
  const store = await chooseStore(stores, settings, defaultStorePath(output.environment));
  const token = isFoundByCommit(settings.baseline) ? output.environment.GITHUB_TOKEN : undefined;
  const revisions = resources.use(await composeRevisionTools(settings, output.environment, token));
  const context = await readRunContext(output.environment, settings, revisions);
  const baseline = await baselineRequest(stores, settings, context);
  const tools = resources.use(composeTools(store, settings, output.environment, progressOn(output)));
  const sought = await readSoughtImage(invocation.arguments, settings);
  const request = snapshotRequest(sought, settings, context, baseline, new Date());
  const result = await snapshotImage(tools, request);
  await writeRunOutputs(result, settings);
  output.stdout.write(await render(result, invocation));
  for (const place of await publishIfAsked(result, store, settings, output.environment))
    output.stderr.write(`varve: published as ${place}\n`);
  throwFailures(result.failures);
  return EXIT_STATUS.done;
};

async function render(result: SnapshotImageResult, call: Call): Promise<string> {
  if (call.format !== 'json') return renderReport(result.report, call);
  for (const note of allNotes(result.report)) {
    call.output.stderr.write(`varve: ${escapeTerminal(note)}\n`);
  }
  return `${canonicalJson(outputOf(result))}\n`;
}
