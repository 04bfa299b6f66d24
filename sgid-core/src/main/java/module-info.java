/** The SGID method: its stages as interfaces, the pipeline, and the entry point. */
module dev.sgid {
  requires transitive java.desktop;
  requires jdk.jfr;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.sgid;
  exports dev.sgid.internal to
      dev.sgid.onnx,
      dev.sgid.dataset,
      dev.sgid.nd4j,
      dev.sgid.djl;

  uses dev.sgid.SgidBackend;
}
