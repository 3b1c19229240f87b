import type { EntryCache } from '../../core/cache/entry-cache.ts';
import type { Host } from '../host/host.ts';
import { scriptOf } from './scripts.ts';

/** The cache of a workflow; dispose of it to end what is under way. */
export type WorkflowCache = EntryCache & AsyncDisposable;

/**
 * The cache of the workflow that this is a run of; null where there is none. The sooner it is asked for, the sooner it
 * answers.
 * @param saves whether something will be saved after what was restored.
 */
export async function openWorkflowCache(
  { environment, temporaryFolder }: Host,
  saves: boolean,
  signal?: AbortSignal,
): Promise<WorkflowCache | null> {
  const { ActionsCache, reachesActionsCache } = await import('../../adapters/actions-cache/actions-cache.ts');
  if (!reachesActionsCache(environment)) return null;
  return new ActionsCache({
    ...{ script: scriptOf('cache-process'), zstdProgram: scriptOf('zstd-program') },
    ...{ environment, temporaryFolder, saves },
    ...(signal && { signal }),
  });
}
