/** Tokenizers as transformers' fast ones; not part of the API. */
@NullMarked
package dev.sgid.onnx.internal.text;

import org.jspecify.annotations.NullMarked;
