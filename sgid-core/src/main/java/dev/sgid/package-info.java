/**
 * Semantic-guided generative image augmentation (SGID): {@link dev.sgid.Sgid} turns a labelled
 * training image into new ones that keep the label's meaning.
 *
 * <p>The method is Li et al., <em>Semantic-Guided Generative Image Augmentation Method with
 * Diffusion Models for Image Classification</em>, AAAI 2024.
 */
@NullMarked
package dev.sgid;

import org.jspecify.annotations.NullMarked;
