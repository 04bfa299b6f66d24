/**
 * Text from a decoder, as transformers' {@code generate} finds it; not part of the API.
 *
 * <p>{@link dev.sgid.onnx.internal.generation.TextGenerator} is the way in, {@link
 * dev.sgid.onnx.internal.generation.DecoderModel} says which graphs it runs. What a sequence begins
 * with, what ends it and what the decoder looks at are its caller's.
 */
@NullMarked
package dev.sgid.onnx.internal.generation;

import org.jspecify.annotations.NullMarked;
