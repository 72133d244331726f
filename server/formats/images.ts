import { decode as decodeJpeg } from "jpeg-js";
import { PNG } from "pngjs";

/** 8 bits of red, green, blue and opacity a pixel, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const MEGAPIXELS = 100;

export class ImageError extends Error {}

/** A PNG or JPEG of so many megapixels at most, by its first bytes, whatever its name. Throws ImageError. */
export function decode(bytes: Buffer, most = MEGAPIXELS): Image {
  try {
    if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47) {
      const pixels = bytes.readUInt32BE(16) * bytes.readUInt32BE(20);
      if (pixels > most * 1e6) throw new Error(`it has ${Math.round(pixels / 1e6)} megapixels, and ${most} are the most`);
      return PNG.sync.read(bytes);
    }
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(bytes, { useTArray: true, formatAsRGBA: true, maxResolutionInMP: most, maxMemoryUsageInMB: 2048 });
  } catch (e) {
    throw new ImageError(`this image cannot be read: ${(e as Error).message}. Correct it, or leave it out.`);
  }
  throw new ImageError("this is neither a PNG nor a JPEG, whatever its name says; correct it, or leave it out.");
}

/** Names that images have. */
export const IMAGE = /\.(png|jpe?g)$/i;

/**
 * Resized to height × width by bilinear interpolation between pixel centres (as tf.image.resize without antialias), to
 * 1 channel (grey as in ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B), 3 or 4. Values from 0 to 255.
 */
export function fit({ width, height, data }: Image, toHeight: number, toWidth: number, channels: number): Float32Array {
  const out = new Float32Array(toHeight * toWidth * channels);
  const [ys, xs] = [places(height, toHeight), places(width, toWidth)];
  const pixel = new Float64Array(4);
  let to = 0;
  for (const { low: y0, high: y1, share: fy } of ys) {
    for (const { low: x0, high: x1, share: fx } of xs) {
      for (let c = 0; c < 4; c++) {
        const at = (y: number, x: number) => data[4 * (y * width + x) + c]!;
        const top = at(y0, x0) + (at(y0, x1) - at(y0, x0)) * fx;
        const bottom = at(y1, x0) + (at(y1, x1) - at(y1, x0)) * fx;
        pixel[c] = top + (bottom - top) * fy;
      }
      if (channels === 1) out[to++] = 0.299 * pixel[0]! + 0.587 * pixel[1]! + 0.114 * pixel[2]!;
      else for (let c = 0; c < channels; c++) out[to++] = pixel[c]!;
    }
  }
  return out;
}

/** For each place of the result: the two of the source that it lies between, and how far. */
function places(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(at);
    return { low, high: Math.min(low + 1, from - 1), share: at - low };
  });
}
