/** Decodes lossless WebP (VP8L), which also holds lossy WebP's alpha. */
@NullMarked
package dev.sgid.dataset.internal.vp8l;

import org.jspecify.annotations.NullMarked;
