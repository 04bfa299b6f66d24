/** What a job will do, found out before it runs. */
@NullMarked
package dev.sgid.dataset.plan;

import org.jspecify.annotations.NullMarked;
