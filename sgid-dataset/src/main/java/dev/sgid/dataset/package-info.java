/**
 * Augments a data set: a folder of labelled images goes in, a folder of new ones comes out, with a
 * line for each that says how it was made. Start at {@link dev.sgid.dataset.AugmentJob}.
 */
@NullMarked
package dev.sgid.dataset;

import org.jspecify.annotations.NullMarked;
