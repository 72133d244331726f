export { curvatureOf, tangentOf } from "./curvature.ts";
export { type KernelGradient, propagate, type Propagation, reachOf } from "./gradients.ts";
export { normalBelow } from "./normal.ts";
export { canReach, type Measured, Probe } from "./probe.ts";
export { goOn, leaveOff, probeOf } from "./probes.ts";
export type { ProbeRows } from "./rows.ts";
export { Nonlinearity } from "./response.ts";
export type { Signals } from "./signals.ts";
export { type Signal, STANDARD, variance } from "./signal.ts";
