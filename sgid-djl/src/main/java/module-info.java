/** Augmented training sets as a data set of the Deep Java Library. */
module dev.sgid.djl {
  requires transitive ai.djl.api;
  requires transitive dev.sgid.dataset;
  requires static org.jspecify;

  exports dev.sgid.djl;
}
