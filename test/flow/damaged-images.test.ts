import { callVarve } from '../support/call-varve.ts';
import { damagedImageSuite } from '../support/damaged-image-suite.ts';

damagedImageSuite((args) => callVarve(...args), {
  layout: { flips: 24, cuts: 8 },
  archive: { flips: 120, cuts: 40 },
});
