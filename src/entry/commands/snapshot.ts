import { canonicalJson } from '../../base/canonical-json.ts';
import { renderMarkdown } from '../../core/report/markdown/render-markdown.ts';
import { renderText } from '../../core/report/text/render-text.ts';
import { type SnapshotImageResult, snapshotImage } from '../../flows/snapshot-image.ts';
import { composeTools, Stores } from '../compose.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { type OutputSettings, writeRunOutputs } from '../run-outputs.ts';
import { readRunContext } from '../settings/run-context.ts';
import { baselineRequest, chooseStore, type SnapshotSettings, snapshotRequest } from '../snapshot-request.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { Call, RunCommand } from './command.ts';
import { defaultStorePath } from './default-store.ts';
import { progressOn } from './progress-on.ts';

export const run: RunCommand<
  | keyof SnapshotSettings
  | keyof OutputSettings
  | 'commit'
  | 'branch'
  | 'max-layer-bytes'
  | 'max-layer-entries'
  | 'max-sparse-bytes'
  | 'max-header-bytes'
  | 'max-json-bytes'
> = async (invocation) => {
  const { settings, output } = invocation;
  const stores = new Stores();
  const store = chooseStore(stores, settings, defaultStorePath(output.environment));
  const context = readRunContext(output.environment, settings);
  const baseline = baselineRequest(stores, settings, context);
  await using tools = composeTools(store, settings, output.environment, progressOn(output));
  const request = snapshotRequest(invocation.arguments, settings, context, baseline, new Date());
  const result = await snapshotImage(tools, request);
  await writeRunOutputs(result, settings);
  output.stdout.write(render(result, invocation));
  return EXIT_STATUS.done;
};

function render(
  { report, pointer, comparison }: SnapshotImageResult,
  { format, options, output }: Call,
): string {
  if (format === 'json') return `${canonicalJson({ ...pointer, comparisonDocument: comparison })}\n`;
  if (format === 'markdown') return renderMarkdown(report);
  return renderText(report, {
    ...describeTerminal(output.stdout, output.environment),
    all: options.all === true,
  });
}
