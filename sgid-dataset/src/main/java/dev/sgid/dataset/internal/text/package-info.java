/** Texts in an order that is the same everywhere. */
@NullMarked
package dev.sgid.dataset.internal.text;

import org.jspecify.annotations.NullMarked;
