import { damagedImageSuite } from '../support/damaged-image-suite.ts';
import { runVarve } from '../support/run-varve.ts';

damagedImageSuite((args) => runVarve(args), {
  layout: { flips: 3, cuts: 1 },
  archive: { flips: 10, cuts: 4 },
});
