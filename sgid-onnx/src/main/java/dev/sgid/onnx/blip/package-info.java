/**
 * BLIP on ONNX Runtime: captions as transformers generates them.
 *
 * <p>{@link dev.sgid.onnx.blip.BlipCaptioner} is the stage, {@link dev.sgid.onnx.blip.BlipOptions}
 * says how it searches for the words.
 */
@NullMarked
package dev.sgid.onnx.blip;

import org.jspecify.annotations.NullMarked;
