package dev.sgid;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What models can run on here. {@link SgidBuilder#diagnose} finds it out.
 *
 * @param runtime what runs models, with its version, like {@code ONNX Runtime 1.29.0}
 * @param providers what they may run on, each tried
 */
public record Diagnosis(String runtime, List<Provider> providers) {
  public Diagnosis {
    requireNonNull(runtime, "runtime");
    providers = List.copyOf(providers);
  }

  /**
   * What models may run on.
   *
   * @param name as the runtime calls it, like {@code CPUExecutionProvider}
   * @param starts whether it really does here
   * @param remedy what to add where it does not, in a line; empty where it does
   */
  public record Provider(String name, boolean starts, String remedy) {
    public Provider {
      requireNonNull(name, "name");
      requireNonNull(remedy, "remedy");
    }
  }
}
