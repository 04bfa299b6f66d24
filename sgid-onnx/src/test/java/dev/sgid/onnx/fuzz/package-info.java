/** Packs that are damaged at random. */
@NullMarked
package dev.sgid.onnx.fuzz;

import org.jspecify.annotations.NullMarked;
