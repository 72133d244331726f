import { activationsInARow } from "./activations-in-a-row.ts";
import { batchNormBatch } from "./batch-norm-batch.ts";
import { biasBeforeBatchNorm } from "./bias-before-batch-norm.ts";
import { classImbalance } from "./class-imbalance.ts";
import { movingAverages } from "./moving-averages.ts";
import { narrowBottleneck } from "./narrow-bottleneck.ts";
import { channelsFirst } from "./channels-first.ts";
import { constantInit } from "./constant-init.ts";
import { deadRelu } from "./dead-relu.ts";
import type { Check } from "./define.ts";
import { dropoutBeforeBatchNorm } from "./dropout-before-batch-norm.ts";
import { dropoutRate } from "./dropout-rate.ts";
import { ensembleAndFolds } from "./ensemble-and-folds.ts";
import { featuresUnscaled } from "./features-unscaled.ts";
import { indicesAsNumbers } from "./indices-as-numbers.ts";
import { indicesAgainstEmbedding } from "./indices-against-embedding.ts";
import { labelAmongFeatures } from "./label-among-features.ts";
import { lastLayer } from "./last-layer.ts";
import { explodingGradient } from "./exploding-gradient.ts";
import { learningRate } from "./learning-rate.ts";
import { lossAgainstActivation } from "./loss-against-activation.ts";
import { lossAgainstLabel } from "./loss-against-label.ts";
import { noNonlinearity } from "./no-nonlinearity.ts";
import { outputRange } from "./output-range.ts";
import { parametersAgainstRows } from "./parameters-against-rows.ts";
import { poolingDropsEdge } from "./pooling-drops-edge.ts";
import { positionsLost } from "./positions-lost.ts";
import { positionsUnread } from "./positions-unread.ts";
import { receptiveFieldShort } from "./receptive-field-short.ts";
import { rowShapeCheck } from "./row-shape.ts";
import { scoresAlike } from "./scores-alike.ts";
import { sentencesCut } from "./sentences-cut.ts";
import { nothingToTrain, outputShape, settingAgainstModel } from "./setting-against-model.ts";
import { trainingDiverges } from "./training-diverges.ts";
import { trainingLength } from "./training-length.ts";
import { trainingStalls } from "./training-stalls.ts";
import { unitsAgainstClasses } from "./units-against-classes.ts";
import { unreadableValues } from "./unreadable-values.ts";
import { dataNotFound } from "./data-not-found.ts";
import { unknownColumn } from "./unknown-column.ts";
import { narrowLayers } from "./narrow-layers.ts";
import { saturatedUnits } from "./saturated-units.ts";
import { weightPenalty } from "./weight-penalty.ts";
import { vanishingGradient } from "./vanishing-gradient.ts";

/** One line a check. */
export const checks: readonly Check[] = [
  deadRelu,
  constantInit,
  lossAgainstActivation,
  receptiveFieldShort,
  positionsLost,
  dataNotFound,
  unknownColumn,
  unreadableValues,
  labelAmongFeatures,
  settingAgainstModel,
  outputShape,
  nothingToTrain,
  rowShapeCheck,
  indicesAgainstEmbedding,
  sentencesCut,
  positionsUnread,
  indicesAsNumbers,
  lossAgainstLabel,
  unitsAgainstClasses,
  outputRange,
  activationsInARow,
  noNonlinearity,
  lastLayer,
  biasBeforeBatchNorm,
  dropoutBeforeBatchNorm,
  dropoutRate,
  batchNormBatch,
  movingAverages,
  channelsFirst,
  poolingDropsEdge,
  featuresUnscaled,
  learningRate,
  scoresAlike,
  trainingLength,
  weightPenalty,
  parametersAgainstRows,
  classImbalance,
  vanishingGradient,
  explodingGradient,
  saturatedUnits,
  narrowLayers,
  narrowBottleneck,
  ensembleAndFolds,
  trainingDiverges,
  trainingStalls,
];
