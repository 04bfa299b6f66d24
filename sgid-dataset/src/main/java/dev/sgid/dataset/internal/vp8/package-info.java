/** Decodes VP8 key frames, which are lossy WebP's pixels, to the bit as libwebp does. */
@NullMarked
package dev.sgid.dataset.internal.vp8;

import org.jspecify.annotations.NullMarked;
