/** The report: one HTML file in which originals and their copies are looked at and judged. */
@NullMarked
package dev.sgid.dataset.report;

import org.jspecify.annotations.NullMarked;
