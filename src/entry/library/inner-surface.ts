import type { Store as InnerStore } from '../../core/store/store.ts';
import type { Store } from './ports.ts';

/** The types of the library and those within differ in brands alone, and what is within checks the values. */
export const innerSurface = ({ surface }: Pick<Store, 'surface'>) => surface as InnerStore['surface'];
