package dev.sgid.dataset.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * What was measured of a class, or of all classes. A measure is null where there is nothing to
 * measure. Immutable.
 *
 * @param originals how many could be read
 * @param copies how many could be read, and belong to an original
 * @param consistency mean cosine of copies and their originals, in [-1, 1]
 * @param lowestConsistency the least of these cosines
 * @param amongOriginals mean cosine of two originals of the class, in [-1, 1]: how alike are those
 *     that nobody made of each other; of all classes together, the mean over pairs of a class
 * @param originalsRight share of the originals that zero-shot classification takes for what their
 *     label says, in [0, 1]; null for a single class, as the next three
 * @param copiesRight share of the copies, likewise
 * @param originalsLabel mean probability of the originals' own labels, in [0, 1]
 * @param copiesLabel mean probability of the copies' own labels, likewise
 * @param fromOriginal mean distance of a copy and its original in CLIP's space, in [0, 2]: 1 less
 *     their cosine
 * @param amongCopies mean distance there of two copies of one original: first over an original's
 *     pairs, then over originals
 * @param fromOriginalPixels mean distance of a copy and its original in pixels, in [0, 1], see
 *     {@link Evaluation}
 * @param amongCopiesPixels mean distance in pixels of two copies of one original
 */
public record Scores(
    int originals,
    int copies,
    @Nullable Double consistency,
    @Nullable Double lowestConsistency,
    @Nullable Double amongOriginals,
    @Nullable Double originalsRight,
    @Nullable Double copiesRight,
    @Nullable Double originalsLabel,
    @Nullable Double copiesLabel,
    @Nullable Double fromOriginal,
    @Nullable Double amongCopies,
    @Nullable Double fromOriginalPixels,
    @Nullable Double amongCopiesPixels) {}
