/**
 * Benchmarks of what is package-private in sgid-onnx: they lie in its package, which the class path
 * allows and the module path would not, so that nothing becomes public for a benchmark's sake.
 */
@NullMarked
package dev.sgid.onnx.diffusion;

import org.jspecify.annotations.NullMarked;
