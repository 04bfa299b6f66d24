/**
 * What people have in place of a pack, of a part of one or of a file in it: told by what lies
 * there, and answered with what it is and the command that makes it usable.
 */
@NullMarked
package dev.sgid.onnx.internal.recognition;

import org.jspecify.annotations.NullMarked;
