/** Which copies are fit to train on, as a run says it and a tuning foresees it. */
@NullMarked
package dev.sgid.dataset.internal.keep;

import org.jspecify.annotations.NullMarked;
