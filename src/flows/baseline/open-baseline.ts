import { attempt, tellFault, VarveError } from '../../base/errors.ts';
import type { HistoryScope } from '../../core/history/history.ts';
import type { Store } from '../../core/store/store.ts';
import { type Baseline, type Hindsight, NoBaseline } from './baseline.ts';
import { BaselineList } from './baseline-list.ts';
import type { CacheLine } from './cache-baseline.ts';
import { ImageBaseline } from './image-baseline.ts';
import { KeptBaseline } from './kept-baseline.ts';
import { StoreBaseline } from './store-baseline.ts';

/** What a run is to be compared with. */
export type BaselineRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'image'; readonly reference: string }
  /** A snapshot that a store has: `history:NAME~N`, or the beginning of a digest. */
  | { readonly kind: 'kept'; readonly store: Store; readonly text: string }
  | ({ readonly kind: 'store'; readonly store: Store } & Hindsight)
  /** Entries of a cache, which are found once the image's name is known. */
  | ({ readonly kind: 'cache'; readonly line: CacheLine } & Hindsight)
  /** The first that has something to compare with. */
  | { readonly kind: 'list'; readonly requests: readonly BaselineRequest[] }
  /** A place that cannot be opened. */
  | { readonly kind: 'unavailable'; readonly place: string; readonly problem: string };

/**
 * Opens the baseline of an image that is known by its name and platform alone.
 * @param former what the image was called before: stores are searched for it where they have nothing under its name.
 */
export async function openBaseline(
  request: BaselineRequest,
  subject: HistoryScope,
  former: string | null = null,
): Promise<Baseline> {
  switch (request.kind) {
    case 'none':
      return new NoBaseline();
    case 'unavailable':
      return new NoBaseline(request);
    case 'image':
      return new ImageBaseline(request.reference);
    case 'kept':
      return new KeptBaseline(request.store, request.text);
    case 'store':
      return new StoreBaseline(request.store, subject, request, former);
    case 'list': {
      const members: Baseline[] = [];
      for (const each of request.requests) members.push(await openBaseline(each, subject, former));
      return new BaselineList(members);
    }
    case 'cache': {
      // The workflows of GitHub alone have one.
      const { CacheBaseline } = await import('./cache-baseline.ts');
      const opened = await attempt(['outside'], () => CacheBaseline.restore(request.line, subject, request));
      if (!(opened instanceof VarveError)) return opened;
      return new NoBaseline({ place: request.line.cache.location, problem: tellFault(opened) });
    }
  }
}
