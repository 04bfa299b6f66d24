/** The {@code sgid} command. */
@NullMarked
package dev.sgid.cli;

import org.jspecify.annotations.NullMarked;
