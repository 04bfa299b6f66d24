/**
 * CLIP on ONNX Runtime: how well texts and images match.
 *
 * <p>{@link dev.sgid.onnx.clip.ClipSimilarityScorer} is the stage.
 */
@NullMarked
package dev.sgid.onnx.clip;

import org.jspecify.annotations.NullMarked;
