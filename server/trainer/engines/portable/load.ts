export interface LoadedPortable {
  readonly tf: typeof import("@tensorflow/tfjs-core");
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: "cpu";
}

/** tfjs in plain JavaScript: needs nothing but Node, and trains every layer. The wasm backend lacks the gradients of convolution filters and of pooling. */
export async function loadPortable(): Promise<LoadedPortable> {
  const tf = await import("@tensorflow/tfjs-core");
  const { version_cpu } = await import("@tensorflow/tfjs-backend-cpu");
  if (!(await tf.setBackend("cpu"))) throw new Error("tfjs' plain JavaScript backend does not start; reinstall nnet");
  return { tf, versions: { "tfjs-core": tf.version_core, "tfjs-backend-cpu": version_cpu, node: process.versions.node }, backend: "cpu" };
}
