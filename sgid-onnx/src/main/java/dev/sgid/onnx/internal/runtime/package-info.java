/** The only package that touches ONNX Runtime's own API; not part of sgid's. */
@NullMarked
package dev.sgid.onnx.internal.runtime;

import org.jspecify.annotations.NullMarked;
