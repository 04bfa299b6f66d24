/** The stages of SGID on ONNX Runtime. */
module dev.sgid.onnx {
  requires transitive dev.sgid;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.google.gson;
  requires com.microsoft.onnxruntime;
  requires java.management;
  requires org.slf4j;
  requires static org.jspecify;

  exports dev.sgid.onnx;
  exports dev.sgid.onnx.blip;
  exports dev.sgid.onnx.clip;
  exports dev.sgid.onnx.diffusion;

  provides dev.sgid.SgidBackend with
      dev.sgid.onnx.OnnxBackend;
}
