import { required, whole } from "../params.ts";
import type { OptionDef } from "../params.ts";
import { options } from "./options.ts";

interface MetricDef extends OptionDef {
  /** The labels that it is for. */
  readonly of: "class" | "number";
}

/** What is told of the validation rows each epoch and of the test rows in the end, beside loss and accuracy. */
export const metrics = options<MetricDef>(
  { name: "accuracy", of: "class", doc: "Share of right answers.", params: {} },
  { name: "top_k", of: "class", doc: "Share of rows whose class is among the k most probable.", params: { k: required(whole(), "How many count.") } },
  { name: "precision", of: "class", doc: "Right among the rows that were answered so: of the class 1 where there are two, else the mean over the classes.", params: {} },
  { name: "recall", of: "class", doc: "Found among the rows that are so: of the class 1 where there are two, else the mean over the classes.", params: {} },
  { name: "f1", of: "class", doc: "Harmonic mean of precision and recall: of the class 1 where there are two, else the mean of the classes'. Van Rijsbergen 1979.", params: {} },
  { name: "auc", of: "class", doc: "Area under the ROC curve: the chance that a row of the class gets a higher probability than one of another; the mean over the classes where there are more than two. Hanley and McNeil 1982.", params: {} },
  { name: "mae", of: "number", doc: "Mean absolute error of numbers.", params: {} },
  { name: "rmse", of: "number", doc: "Root of the mean squared error of numbers.", params: {} },
  { name: "r2", of: "number", doc: "R² of numbers: 1 − Σ(y − ŷ)² / Σ(y − ȳ)². 0 is as good as the mean.", params: {} },
);
