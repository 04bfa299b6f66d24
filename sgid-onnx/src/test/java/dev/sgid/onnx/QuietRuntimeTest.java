package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ONNX Runtime writes to stderr itself, past Java: nothing. */
class QuietRuntimeTest {
  @TempDir Path pack;

  static final class Opens {
    public static void main(String[] args) {
      try (Sgid sgid = Sgid.builder(Path.of(args[0])).withDevice(Device.CPU).build()) {
        System.out.println("opened " + sgid.pack().name());
      }
    }
  }

  /** With a graph that ONNX Runtime warns of as it is opened. */
  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
    new TestGraph()
        .input("input_ids", TestGraph.Element.INT64, -1, -1)
        .output("text_embeds", 1, 1, 24)
        .unused("nobody's")
        .write(pack.resolve("clip/text_model.onnx"));
  }

  private String run(String level) throws IOException {
    return new OwnJvm()
        .options("-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level)
        .run(Opens.class, pack.toString());
  }

  @Test
  void open_graphThatIsWarnedOf_nothingIsWritten() throws IOException {
    assertThat(run("warn")).startsWith("opened ").hasLineCount(1);
  }

  /** For those who look for more, and so that the other test proves something. */
  @Test
  void open_debugLevel_theWarningIsWritten() throws IOException {
    assertThat(run("debug")).contains("Removing initializer 'nobody's'", "opened ");
  }
}
