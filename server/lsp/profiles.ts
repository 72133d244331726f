import type { DataProfile, ProfileOptions } from "../language/index.ts";
import type { Platform } from "./platform.ts";

interface Known {
  /** Of the file when it was read. */
  readonly stamp: string;
  readonly profile: DataProfile | undefined;
}

/** Data files that are kept known. */
const MOST_KEPT = 200;

/**
 * Looks at data files, read in the background one after another, so that typing never waits for one. What was known of
 * a file counts until its new look is there.
 */
export class Profiles {
  private readonly platform: Platform;
  private readonly arrived: (path: string) => void;
  private readonly known = new Map<string, Known>();
  /** Being read, or waiting for it: by key, the stamp. */
  private readonly asked = new Map<string, string>();
  private reading: Promise<void> = Promise.resolve();

  /** `arrived` hears that more is known of a file. */
  constructor(platform: Platform, arrived: (path: string) => void) {
    this.platform = platform;
    this.arrived = arrived;
  }

  of(path: string, options: ProfileOptions): DataProfile | undefined {
    const key = `${options.delimiter}\n${path}`;
    const stamp = this.platform.stamp(path);
    const known = this.known.get(key);
    if (stamp === undefined) return undefined;
    if (known?.stamp === stamp) return known.profile;
    if (this.asked.get(key) !== stamp) {
      this.asked.set(key, stamp);
      this.reading = this.reading.then(() => this.read(key, path, stamp, options));
    }
    return known?.profile;
  }

  private async read(key: string, path: string, stamp: string, options: ProfileOptions): Promise<void> {
    if (this.asked.get(key) !== stamp) return;
    const profile = await this.platform.profile(path, options).catch(() => undefined);
    if (this.asked.get(key) === stamp) this.asked.delete(key);
    if (this.known.size >= MOST_KEPT) this.known.clear();
    this.known.set(key, { stamp, profile });
    this.arrived(path);
  }
}
