import type { StoreKind } from './store-kind.ts';

/** PostgreSQL databases. The URL may hold a password: it is never shown. */
export const postgresStores: StoreKind = {
  form: 'postgres://USER@HOST/DATABASE',
  parse(text) {
    if (!/^postgres(ql)?:/i.test(text)) return null;
    return {
      key: text,
      shown: null,
      workable: true,
      open: async ({ host, resources, signal }) => {
        const { openPostgres } = await import('./open-postgres.ts');
        return resources.use(await openPostgres(text, host.environment, signal));
      },
    };
  },
};
