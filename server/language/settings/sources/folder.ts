import { CHANNELS_IN_WORDS, isImage } from "../../images.ts";
import { path, required } from "../../params.ts";
import { defineSource } from "./define.ts";

export const folder = defineSource({
  name: "folder",
  doc: "PNG and JPEG images in one folder a class: `cats/1.png`, `dogs/7.jpg`. They are resized to `shape` = [height, width, channels] (bilinear), 1 channel being grey, 3 colour, 4 colour and opacity; values are 0 to 255.",
  rows: "own",
  needs: ["shape"],
  misfit: (shape) => (isImage(shape) ? undefined : `images are resized to shape = [height, width, channels], ${CHANNELS_IN_WORDS}, and it is [${shape.join(", ")}]`),
  params: { path: required(path("folder"), "Path of the folder that holds one folder for each class.") },
});
