/** Which images are the same, or nearly: by their pixels, by a perceptual hash and by likeness. */
@NullMarked
package dev.sgid.dataset.internal.duplicate;

import org.jspecify.annotations.NullMarked;
