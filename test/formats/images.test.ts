import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode, ImageError } from "../../server/formats/images.ts";

/** test/truth/image_files.py: written and read by Pillow. */
const truth = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/image-files.json"), "utf8")) as { files: Record<string, { bytes: string; pixels: number[] }> };

describe("images have Pillow's pixels", () => {
  test.each(Object.entries(truth.files))("%s", (name, { bytes, pixels }) => {
    const { width, height, data } = decode(Buffer.from(bytes, "base64"));
    expect([width, height, data.length]).toEqual([16, 12, pixels.length]);
    const off = pixels.map((v, i) => Math.abs(v - data[i]!));
    // A JPEG's decoders round by themselves, and differ in how they widen halved colour.
    const [most, mean] = name.startsWith("png") ? [0, 0] : name.includes("halved") ? [20, 5] : [3, 1];
    expect(Math.max(...off)).toBeLessThanOrEqual(most);
    expect(off.reduce((a, b) => a + b) / off.length).toBeLessThanOrEqual(mean);
  });
});

test("an image that is cut anywhere, or in which any byte differs, is an image or an ImageError", () => {
  for (const { bytes } of Object.values(truth.files)) {
    const whole = Buffer.from(bytes, "base64");
    for (let i = 0; i < whole.length; i += 7) {
      const damaged = Buffer.from(whole);
      damaged[i]! ^= 0x55;
      for (const some of [whole.subarray(0, i), damaged]) {
        try {
          const { width, height, data } = decode(some, 1);
          expect(data.length).toBe(4 * width * height);
        } catch (e) {
          expect(e).toBeInstanceOf(ImageError);
        }
      }
    }
  }
});
