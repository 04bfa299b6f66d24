/** What ONNX files say of themselves, without a runtime. */
@NullMarked
package dev.sgid.onnx.internal.graph;

import org.jspecify.annotations.NullMarked;
