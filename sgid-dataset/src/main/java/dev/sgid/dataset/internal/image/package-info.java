/** How files of images become pixels that a viewer would show; for {@code ImageDecoder} alone. */
@NullMarked
package dev.sgid.dataset.internal.image;

import org.jspecify.annotations.NullMarked;
