/** Augmented training sets as a data set of the Deep Java Library. */
@NullMarked
package dev.sgid.djl;

import org.jspecify.annotations.NullMarked;
