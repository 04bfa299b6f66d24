/**
 * Originals and their copies as a classifier is trained on them: mixed, shuffled, split and decoded
 * ahead. Start at {@link dev.sgid.dataset.training.TrainingSet}. What turns pictures into a
 * framework's arrays is elsewhere, and thin.
 */
@NullMarked
package dev.sgid.dataset.training;

import org.jspecify.annotations.NullMarked;
