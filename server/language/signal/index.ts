export { curvatureOf, tangentOf } from "./curvature.ts";
export { type KernelGradient, propagate, type Propagation, reachOf } from "./gradients.ts";
export { normalBelow } from "./normal.ts";
export { goOn, type Measured, Probe, probeOf, type ProbeRows } from "./probe.ts";
export { Nonlinearity } from "./response.ts";
export type { Signals } from "./signals.ts";
export { type Signal, STANDARD, variance } from "./signal.ts";
