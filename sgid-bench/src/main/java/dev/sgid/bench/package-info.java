/** Benchmarks, the memory soak and the shutdown test. */
@NullMarked
package dev.sgid.bench;

import org.jspecify.annotations.NullMarked;
