/** Reading of the expected values that {@code tools/reference} writes. */
@NullMarked
package dev.sgid.onnx.reference;

import org.jspecify.annotations.NullMarked;
