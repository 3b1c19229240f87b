import type { RegistryAccess } from '../../adapters/registry/registry-access.ts';
import type { Store } from '../../core/store/store.ts';
import type { Host } from '../host/host.ts';

/** A kind of store that baselines and snapshots are kept in. */
export interface StoreKind {
  /** How its places are written, for help and hints: `dir:PATH`. */
  readonly form: string;
  /**
   * The place that a text names; null for a text of another kind.
   * @throws VarveError `bad-option`, `bad-reference` for a text of this kind that is misspelled.
   */
  parse(text: string): StorePlace | null;
}

/** A store that was named. */
export interface StorePlace {
  /** Tells places apart. It may hold a password: it is never shown. */
  readonly key: string;
  /** As it may be shown; null where that is found out by opening it. */
  readonly shown: string | null;
  /** Whether a run can work in it; one that cannot is only read from, and added to at the end. */
  readonly workable: boolean;
  /** @throws VarveError when it cannot be reached, or refuses. */
  open(circumstances: StoreCircumstances): Promise<Store>;
}

/** What opening a store may need. */
export interface StoreCircumstances {
  readonly host: Host;
  /** How servers are reached that answer soon or not at all. */
  readonly access: RegistryAccess;
  /** Takes what must be closed. */
  readonly resources: AsyncDisposableStack;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal | undefined;
  /** Whether what is asked for is looked for in all of a store, which a run has no time for. */
  readonly thorough: boolean;
}
