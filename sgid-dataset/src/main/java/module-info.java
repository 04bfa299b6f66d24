/** Data sets: a labelled folder of images in, an augmented one out. */
module dev.sgid.dataset {
  requires transitive dev.sgid;
  requires com.drew.metadata;
  requires com.google.gson;
  requires org.apache.commons.compress;
  requires org.apache.commons.csv;
  requires org.slf4j;
  requires xchart; // has no module name of its own
  requires static org.jspecify;

  exports dev.sgid.dataset;
  exports dev.sgid.dataset.evaluate;
  exports dev.sgid.dataset.plan;
  exports dev.sgid.dataset.report;
  exports dev.sgid.dataset.training;

  opens dev.sgid.dataset to
      com.google.gson; // reads and writes the manifest's record
  opens dev.sgid.dataset.evaluate to
      com.google.gson; // reads and writes an evaluation's records
  opens dev.sgid.dataset.plan to
      com.google.gson; // writes its records
}
