/** Captioners on ONNX Runtime, and what all of them have in common; not part of the API. */
@NullMarked
package dev.sgid.onnx.internal.captioner;

import org.jspecify.annotations.NullMarked;
