/** Small programs that use sgid. */
@NullMarked
package dev.sgid.examples;

import org.jspecify.annotations.NullMarked;
