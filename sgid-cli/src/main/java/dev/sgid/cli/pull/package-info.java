/** Fetching model packs: over HTTP(S), out of archives, by a list of files. */
@NullMarked
package dev.sgid.cli.pull;

import org.jspecify.annotations.NullMarked;
