/** Channels that images have: grey, colour, colour and opacity. */
const CHANNELS: readonly unknown[] = [1, 3, 4];

export const CHANNELS_IN_WORDS = "channels being 1 (grey), 3 (colour) or 4 (colour and opacity)";

export const isChannels = (size: unknown): boolean => CHANNELS.includes(size);

/** [height, width, channels] */
export const isImage = (shape: readonly unknown[]): boolean => shape.length === 3 && isChannels(shape[2]);
