/** Helpers of the ONNX Runtime backend; not part of the API. */
@NullMarked
package dev.sgid.onnx.internal;

import org.jspecify.annotations.NullMarked;
