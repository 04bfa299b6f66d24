/** Augmentation on Apache Spark: the same pictures, on as many machines as there are. */
@NullMarked
package dev.sgid.spark;

import org.jspecify.annotations.NullMarked;
