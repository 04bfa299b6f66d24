/** Pixels to tensors and back, as Pillow, transformers and diffusers do it; not part of the API. */
@NullMarked
package dev.sgid.onnx.internal.image;

import org.jspecify.annotations.NullMarked;
