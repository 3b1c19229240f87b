import type { VarveError } from '../../base/errors.ts';
import type { SourceTree } from '../../core/report/markdown/source-tree.ts';
import type { CommentOutcome } from '../../flows/comment/keep-comment.ts';
import { throwFailures } from '../../flows/image/platform-failure.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import { type SnapshotImageResult, snapshotImage } from '../../flows/snapshot/snapshot-image.ts';
import { composeBases } from '../compose/base-images.ts';
import { readCompareOptions } from '../compose/compare-options.ts';
import { composeRevisionTools, openEntryScopes, openGitHub } from '../compose/revision.ts';
import { Stores } from '../compose/stores.ts';
import { composeTools, type ToolOptions } from '../compose/tools.ts';
import type { Host } from '../host/host.ts';
import { readRunContext } from '../host/run-context.ts';
import { readSourceTree, readWorkflowRun } from '../host/workflow-run.ts';
import type { BaselinePlace } from '../settings/baseline.ts';
import type { Settings, SettingsOf } from '../settings/catalogue.ts';
import { VERSION } from '../version.ts';
import { chooseStore, composeBaseline, noteStrangers } from './baseline-of-job.ts';
import { readGivenFiles, readProducer } from './given-files.ts';
import { publishRun, refusePublishing } from './publish.ts';
import { recallPlace } from './recall-snapshot.ts';
import { readSoughtImage } from './sought-image.ts';
import { Steps } from './steps.ts';
import { type WrittenDocuments, writeDocuments } from './write-documents.ts';

/** The main job of action, command line and library: an image to record and to compare with its baseline. */
export interface MainJob {
  readonly settings: Pick<Settings, keyof SettingsOf<'snapshot'>> &
    Partial<Pick<Settings, keyof SettingsOf<'action'> | keyof SettingsOf<'ci'>>>;
  /** Image references: the first that leads to an image is taken. */
  readonly images: readonly string[];
  readonly host: Host;
  /** Folder of the store, where neither a CAS root nor a baseline says. @throws VarveError when there is none. */
  readonly storeFolder: () => string;
  /** Makes the folder of documents that no setting names; null where only those are written that one names. */
  readonly makeDocumentFolder: ((result: SnapshotImageResult) => Promise<string>) | null;
  /** For the note in a merge request on GitLab. */
  readonly gitLabToken?: string | undefined;
  /** What was skipped when the settings were gathered. */
  readonly notes?: readonly string[];
  /** How many of the branch's last snapshots are wanted, to show how the size develops. */
  readonly recall?: number;
  readonly startProgress: StartProgress;
  readonly bareNames?: ToolOptions['bareNames'];
  readonly now: () => Date;
  /** Takes what must be closed before the process ends, early too. */
  readonly resources: AsyncDisposableStack;
  /** Ends the job, whatever it does. */
  readonly signal: AbortSignal;
}

/** Shows people and machines what a run found out. */
export interface Presenter {
  /** @param source where places in the build's source can be looked at; null when nowhere. */
  present(result: SnapshotImageResult, documents: WrittenDocuments, source: SourceTree | null): Promise<void>;
  /** Says that a file could not be written; what it throws makes the run fail at its end. */
  presentUnwritten(fault: VarveError): void;
  /** Says what became of the pull request's comment; null where there is none to write. */
  presentComment?(outcome: CommentOutcome | VarveError | null): void;
  /** @param path of the kit that was written. */
  presentKit?(path: string): Promise<void>;
  /** @param places `oci://HOST/REPO@DIGEST` of what was published; none when that was not asked for. */
  presentPublished(places: readonly string[]): Promise<void>;
}

/**
 * Does the job. What can be refused is refused before anything is read or stored. What was found out is kept before it is
 * shown; from then on every step is taken whatever becomes of the others, and the first fault is thrown at the end.
 * @throws VarveError
 */
export async function runMainJob(job: MainJob, presenter: Presenter): Promise<SnapshotImageResult> {
  const { settings, host, resources, signal } = job;
  const sought = await readSoughtImage(job.images, settings);
  const producer = readProducer(settings);
  const files = await readGivenFiles(settings);
  const comparing = { ...readCompareOptions(settings), signal };
  refusePublishing(settings.publish, sought.references);

  const stores = resources.use(new Stores(host, settings, signal));
  // It takes a while to start, so it starts before its call is known.
  const usesCache = settings.baseline.some(({ kind }) => kind === 'cache');
  const cache = usesCache ? await stores.cache(settings.save) : null;
  const isFoundByCommit = settings.baseline.some(({ kind }) => kind !== 'image' && kind !== 'kept');
  const token = isFoundByCommit ? (settings['github-token'] ?? host.environment.GITHUB_TOKEN) : undefined;
  const gitHub = resources.use(await openGitHub(settings, host, token, signal));
  const revisions = await composeRevisionTools(host, gitHub, signal);
  const time = job.now().toISOString();
  const known = await readRunContext(host.environment, settings, revisions);
  const context = { ...known, own: { ...known.own, time } };
  const save = settings.save && context.isKnown;
  const store = await chooseStore(stores, settings, save, context, job.storeFolder);
  const tools = resources.use(
    composeTools(store, settings, host, {
      startProgress: job.startProgress,
      signal,
      bareNames: job.bareNames,
    }),
  );
  const places: BaselinePlace[] = [];
  for (const place of settings.baseline)
    places.push(await recallPlace(tools.opener, store, settings.tenant, place));
  const { 'cas-root': casRoot, 'trust-cache': trusted } = settings;
  const given = { baseline: places, save: settings.save, 'cas-root': casRoot, 'trust-cache': trusted };
  const baseline = await composeBaseline(stores, given, context, store, () => openEntryScopes(gitHub));
  const result = await snapshotImage(tools, {
    ...sought,
    platform: settings.platform,
    name: settings.name,
    tenant: settings.tenant,
    baseline,
    save,
    comparing,
    given: { files, producer },
    ...(job.recall !== undefined && { recall: job.recall }),
    ...composeBases(store, settings, host, resources, signal),
    run: { ...context, time, version: VERSION },
    notes: [...(job.notes ?? []), ...noteStrangers(store, baseline)],
    accept: ({ reference }) => refusePublishing(settings.publish, [reference]),
  });

  const workflow = readWorkflowRun(host.environment, context.headCommit);
  const source = readSourceTree(host.environment, context.headCommit ?? context.commit);
  const steps = new Steps();
  await steps.take(async () => {
    const documents = await writeDocuments(result, settings, host, workflow, job.makeDocumentFolder);
    for (const fault of documents.faults) await steps.take(async () => presenter.presentUnwritten(fault));
    await presenter.present(result, documents, source);
  });
  await steps.take(async () => {
    if (presenter.presentComment === undefined) return;
    const { commentOnRun } = await import('./comment.ts');
    const commented = {
      ...{ settings, host, store, cache, context, source, comparing, signal },
      gitLabToken: job.gitLabToken,
      silence: gitHub?.silence ?? null,
    };
    presenter.presentComment(await commentOnRun(result, commented));
  });
  await steps.take(async () => {
    const { kit: path, tenant } = settings;
    if (path === undefined) return;
    const { writeKit } = await import('./kit.ts');
    await writeKit(result, store, path, { host, signal, tenant });
    await presenter.presentKit?.(path);
  });
  await steps.take(async () => {
    const published = settings.publish ? await publishRun(result, store, settings.publish, job) : [];
    await presenter.presentPublished(published);
  });
  await steps.take(async () => throwFailures(result.failures));
  steps.end();
  return result;
}
