@NullMarked
package dev.sgid.dataset;

import org.jspecify.annotations.NullMarked;
