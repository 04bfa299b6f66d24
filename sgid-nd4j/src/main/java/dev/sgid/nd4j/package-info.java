/**
 * Originals and copies as ND4J arrays and data sets, for training code. Start at {@link
 * dev.sgid.nd4j.AugmentedDataSetIterator}.
 */
@NullMarked
package dev.sgid.nd4j;

import org.jspecify.annotations.NullMarked;
