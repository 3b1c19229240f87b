import { serveTasks } from '../../base/threads/serve-tasks.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import { Registries } from '../registry/registries.ts';
import { runTask } from './run-task.ts';
import type { LayerNews, LayerWork } from './worker-messages.ts';

/** How many bytes are read between two progress messages. */
const PROGRESS_BYTES = 4 * 1024 * 1024;

/**
 * Makes this thread a worker of a `ThreadedLayerReader`.
 * @param analyzers those that it may be asked to run: the reader's.
 */
export function serveLayerWork(analyzers: readonly LayerAnalyzer[]): void {
  /** Connections and tokens last as long as the thread. */
  let registries: Registries | null = null;
  serveTasks<LayerWork, LayerNews>(async ({ task, registryAccess, ...options }, send) => {
    if (registryAccess !== null) registries ??= new Registries(registryAccess);
    let unsaid = 0;
    const tell = () => {
      if (unsaid > 0) send({ kind: 'progress', bytes: unsaid });
      unsaid = 0;
    };
    const onProgress = (bytes: number) => {
      unsaid += bytes;
      if (unsaid >= PROGRESS_BYTES) tell();
    };
    const sources = registries === null ? {} : { registries };
    for await (const reading of runTask(task, { ...options, ...sources, analyzers, onProgress })) {
      tell();
      send({ kind: 'reading', reading });
    }
    tell();
  });
}
