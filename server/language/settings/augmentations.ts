import { real, required, whole, withDefault, word } from "../params.ts";
import type { OptionDef } from "../params.ts";
import { options } from "./options.ts";

const share = (what: string) => required(real({ min: 0, max: 1 }), what);

/** What rows are: images [height, width, channels], rows of a table, any numbers, or tokens. */
export type AugmentationKind = "image" | "table" | "numbers" | "tokens";

interface AugmentationDef extends OptionDef {
  readonly of: AugmentationKind;
}

/**
 * Changes of the training rows that leave their label right; drawn anew at every step from the seed. Of images
 * [height, width, channels]; of tables; of tokens; and of any numbers.
 */
export const augmentations = options<AugmentationDef>(
  { name: "shift", of: "image", doc: "Images: moved by up to a share of their height and width; what comes in is 0.", params: { by: withDefault(real({ min: 0, max: 1 }), 0.1, "Largest share.") } },
  { name: "flip", of: "image", doc: "Images: mirrored, each time with probability ½. Not where left and right mean something (digits, letters).", params: { axis: withDefault(word(["horizontal", "vertical", "both"]), "horizontal", "Left and right, top and bottom, or each by itself.") } },
  { name: "rotate", of: "image", doc: "Images: turned about their centre, bilinear; what comes in is 0.", params: { degrees: withDefault(real({ min: 0, max: 180 }), 15, "Largest angle to either side.") } },
  { name: "zoom", of: "image", doc: "Images: scaled about their centre, bilinear, by 1 − by to 1 + by.", params: { by: withDefault(real({ min: 0, below: 1 }), 0.1, "Largest change.") } },
  { name: "cutout", of: "image", doc: "Images: a square of zeros at a random place, cut off at the border. DeVries and Taylor 2017.", params: { size: required(whole(), "Side of the square in pixels.") } },
  { name: "noise", of: "numbers", doc: "Numbers: normal noise is added to every entry.", params: { std: withDefault(real({ above: 0 }), 0.05, "Standard deviation, after scale and normalization.") } },
  { name: "mixup", of: "numbers", doc: "Numbers: each row is mixed with another of its batch, and so are their labels, λ ~ Beta(alpha, alpha). Zhang et al. 2018.", params: { alpha: withDefault(real({ above: 0 }), 0.2, "Small: mostly one of the two.") } },
  { name: "swap_noise", of: "table", doc: "Tables: an entry is replaced by the same column's of another row. Jahrer 2017.", params: { rate: share("Share of the entries.") } },
  { name: "random_delete", of: "tokens", doc: "Tokens: left out, the rest moves up and 0 fills the end; one always stays. Wei and Zou 2019.", params: { rate: share("Share of the tokens.") } },
  { name: "random_swap", of: "tokens", doc: "Tokens: two change places, once for each such share of the length. Wei and Zou 2019.", params: { rate: share("Swaps, as a share of the tokens.") } },
  { name: "random_mask", of: "tokens", doc: "Tokens: replaced by 1, the unknown word.", params: { rate: share("Share of the tokens.") } },
);
