package dev.sgid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BenchmarkListTest {
  @Test
  void benchmarkList_afterTheBuild_namesEveryBenchmark() throws IOException {
    // missing where JMH's annotation processor did not run, which no compiler complains about
    try (InputStream in = getClass().getResourceAsStream("/META-INF/BenchmarkList")) {
      assertThat(in).isNotNull();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "AugmentBenchmark",
              "DdimStepBenchmark",
              "DenoiseBenchmark",
              "OpenBenchmark",
              "ResizeBenchmark",
              "StagesBenchmark",
              "TokenizerBenchmark",
              "VaeBenchmark");
    }
  }
}
