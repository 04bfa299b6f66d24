/** A web service that uses sgid. */
@NullMarked
package dev.sgid.examples.spring;

import org.jspecify.annotations.NullMarked;
