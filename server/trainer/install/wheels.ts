/**
 * The TensorFlow wheels that are taken, pinned by version and hash. The C++ libraries are the same whatever Python the
 * wheel is for, so one tag is enough and any pip can download it. To move to a newer TensorFlow, change this table
 * (`pip download` of each row, then sha256sum) and run the real test in test/trainer/engine-install.test.ts.
 */

export interface Wheel {
  readonly package: string;
  readonly version: string;
  /** Of the file's name, for pip's --platform. */
  readonly platform: string;
  readonly sha256: string;
  /** Of the file; for progress. */
  readonly bytes: number;
  /** In the wheel's `tensorflow/` folder: what the addon is linked against. They find each other beside themselves. */
  readonly libraries: readonly string[];
}

/** The tag pip is asked for, on every platform. */
export const pythonTag = { version: "311", implementation: "cp", abi: "cp311" } as const;

export function wheelFor(platform: string, arch: string): Wheel | undefined {
  return wheels[`${platform}-${arch}`];
}

const linux = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

const wheels: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    package: "tensorflow-cpu",
    version: "2.21.0",
    platform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    bytes: 273_829_956,
    libraries: linux,
  },
  // `tensorflow-cpu` has no wheel for these; their `tensorflow` is without CUDA as well.
  "linux-arm64": {
    package: "tensorflow",
    version: "2.21.0",
    platform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    bytes: 281_828_020,
    libraries: linux,
  },
  "darwin-arm64": {
    package: "tensorflow",
    version: "2.21.0",
    platform: "macosx_12_0_arm64",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    bytes: 223_405_849,
    libraries: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
  },
};
