/**
 * What came out, looked at: measures of copies beside their originals, charts of them, and figures
 * of one image.
 */
@NullMarked
package dev.sgid.dataset.evaluate;

import org.jspecify.annotations.NullMarked;
