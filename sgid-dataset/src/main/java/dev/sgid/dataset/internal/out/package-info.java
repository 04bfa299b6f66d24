/** Augmented data sets, as they lie on the disk. */
@NullMarked
package dev.sgid.dataset.internal.out;

import org.jspecify.annotations.NullMarked;
