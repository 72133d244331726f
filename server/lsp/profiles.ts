import type { DataProfile, ProfileRequest } from "../language/index.ts";
import type { Platform } from "./platform.ts";

interface Known {
  /** Of the files when they were read. */
  readonly stamp: string;
  readonly profile: DataProfile | undefined;
}

/** Data sources that are kept known. */
const MOST_KEPT = 200;

/**
 * Looks at data sources, read in the background one after another, so that typing never waits for one. What was known of
 * one counts until its new look is there.
 */
export class Profiles {
  private readonly platform: Platform;
  private readonly arrived: (paths: readonly string[]) => void;
  private readonly known = new Map<string, Known>();
  /** Being read, or waiting for it: by key, the stamp. */
  private readonly asked = new Map<string, string>();
  private reading: Promise<void> = Promise.resolve();

  /** `arrived` hears that more is known of files. */
  constructor(platform: Platform, arrived: (paths: readonly string[]) => void) {
    this.platform = platform;
    this.arrived = arrived;
  }

  of(request: ProfileRequest): DataProfile | undefined {
    const key = JSON.stringify(request);
    const stamps = Object.values(request.files).map((path) => this.platform.stamp(path));
    if (stamps.includes(undefined)) return undefined;
    const stamp = stamps.join("\n");
    const known = this.known.get(key);
    if (known?.stamp === stamp) return known.profile;
    if (this.asked.get(key) !== stamp) {
      this.asked.set(key, stamp);
      this.reading = this.reading.then(() => this.read(key, stamp, request));
    }
    return known?.profile;
  }

  private async read(key: string, stamp: string, request: ProfileRequest): Promise<void> {
    if (this.asked.get(key) !== stamp) return;
    const profile = await this.platform.profile(request).catch(() => undefined);
    if (this.asked.get(key) === stamp) this.asked.delete(key);
    if (this.known.size >= MOST_KEPT) this.known.clear();
    this.known.set(key, { stamp, profile });
    this.arrived(Object.values(request.files));
  }
}
