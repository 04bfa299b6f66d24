/** Stable Diffusion image-to-image on ONNX Runtime. */
@NullMarked
package dev.sgid.onnx.diffusion;

import org.jspecify.annotations.NullMarked;
