/** The stages of SGID on ONNX Runtime: {@code OnnxBackend} opens model packs. */
@NullMarked
package dev.sgid.onnx;

import org.jspecify.annotations.NullMarked;
