import { directoryStores } from './directory.ts';
import { ociStores } from './oci.ts';
import { postgresStores } from './postgres.ts';
import type { StoreKind } from './store-kind.ts';

/** Every kind of store. A new one is a file in this folder, and a line here. */
export const STORE_KINDS: readonly StoreKind[] = [directoryStores, ociStores, postgresStores];
