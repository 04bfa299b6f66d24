/**
 * What the tests of every module share: stages that need no model, the contracts that they and the
 * real ones pass, and an assertion about pictures. A package of its own, because the test jar lies
 * on the class path, where nothing can join a package of the module {@code dev.sgid}.
 */
@NullMarked
package dev.sgid.testing;

import org.jspecify.annotations.NullMarked;
