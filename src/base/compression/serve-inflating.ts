import { VarveError } from '../errors.ts';
import { ChunkChannel } from '../threads/chunk-channel.ts';
import { serveTasks } from '../threads/serve-tasks.ts';
import { decode } from './decode.ts';
import type { InflateWork } from './inflate-threads.ts';

/** Makes this thread a worker of `InflateThreads`. */
export function serveInflating(): void {
  serveTasks<InflateWork, never>(async ({ port, format, object }) => {
    const channel = new ChunkChannel(port);
    port.once('close', () => channel.fail(new VarveError('internal', 'nobody reads any more')));
    for await (const chunk of decode(channel, { format, object, engine: 'native' })) {
      if (!(await channel.send(chunk))) return;
    }
    channel.end();
  });
}
