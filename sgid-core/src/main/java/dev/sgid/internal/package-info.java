/** Helpers shared by the modules of sgid; not part of the API. */
@NullMarked
package dev.sgid.internal;

import org.jspecify.annotations.NullMarked;
