export function processorTime(pid: number | undefined): number;
