/** Loaded before a program (`node --import`), this lets its waits between two attempts end at once. */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const { setTimeout } = timers;
timers.setTimeout = (_, value, options) => setTimeout(0, value, options);
syncBuiltinESMExports();
