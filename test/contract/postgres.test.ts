import { describePostgres } from './postgres-suite.ts';

describePostgres();
