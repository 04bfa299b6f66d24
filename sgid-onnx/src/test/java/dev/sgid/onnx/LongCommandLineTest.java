package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime reads the process's command line as it starts. */
class LongCommandLineTest {
  @TempDir Path pack;

  static final class Opens {
    public static void main(String[] args) {
      try (Sgid sgid = Sgid.builder(Path.of(args[0])).withDevice(Device.CPU).build()) {
        System.out.println("opened " + sgid.pack().name());
      }
    }
  }

  @Test
  void open_commandLineOf60Kilobytes_works() throws IOException {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
    String longClassPath = "/a/class/path/of/many.jar:".repeat(2400);

    String printed =
        new OwnJvm().options("-Dlike=" + longClassPath).run(Opens.class, pack.toString());

    assertThat(printed).contains("opened ");
  }
}
