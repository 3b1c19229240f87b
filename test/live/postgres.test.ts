import { describePostgres } from '../contract/postgres-suite.ts';

describePostgres();
