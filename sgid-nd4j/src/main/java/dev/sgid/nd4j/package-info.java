/** Pictures and augmentations as ND4J arrays and data sets, for training code. */
@NullMarked
package dev.sgid.nd4j;

import org.jspecify.annotations.NullMarked;
