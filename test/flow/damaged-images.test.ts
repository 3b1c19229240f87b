import { callVarve } from '../support/call-varve.ts';
import { damagedImageSuite } from '../support/damaged-image-suite.ts';

damagedImageSuite((args) => callVarve(...args), {
  layout: { flips: 12, cuts: 5 },
  archive: { flips: 60, cuts: 20 },
});
