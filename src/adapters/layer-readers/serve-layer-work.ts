import { serveTasks } from '../../base/threads/serve-tasks.ts';
import type { LayerAnalyzer } from '../../core/analysis/analyzer.ts';
import { runTask } from './run-task.ts';
import type { LayerNews, LayerWork } from './worker-messages.ts';

/** How many bytes are read before the asking thread is told of them. */
const PROGRESS_BYTES = 4 * 1024 * 1024;

/** Makes this thread a worker of a `ThreadedLayerReader`. */
export function serveLayerWork(catalogue: readonly LayerAnalyzer[]): void {
  serveTasks<LayerWork, LayerNews>(async ({ task, analyzers, ...options }, send) => {
    let unsaid = 0;
    const tell = () => {
      if (unsaid > 0) send({ kind: 'progress', bytes: unsaid });
      unsaid = 0;
    };
    const onProgress = (bytes: number) => {
      unsaid += bytes;
      if (unsaid >= PROGRESS_BYTES) tell();
    };
    const wanted = catalogue.filter(({ id }) => analyzers.includes(id));
    for await (const reading of runTask(task, { ...options, analyzers: wanted, onProgress })) {
      tell();
      send({ kind: 'reading', reading });
    }
    tell();
  });
}
