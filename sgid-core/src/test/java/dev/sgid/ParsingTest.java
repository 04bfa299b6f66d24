package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParsingTest {
  @ParameterizedTest
  @CsvSource({
    "auto, AUTO, 0",
    "cpu, CPU, 0",
    "cuda, CUDA, 0",
    "cuda:0, CUDA, 0",
    "cuda:12, CUDA, 12",
    "tensorrt:1, TENSORRT, 1",
    "rocm, ROCM, 0",
    "directml:2, DIRECTML, 2",
    "CoreML, COREML, 0",
    "' CPU ', CPU, 0",
    "CUDA:1, CUDA, 1"
  })
  void parseDevice_knownText_isThatDevice(String text, Device.Kind kind, int index) {
    assertThat(Device.parse(text)).isEqualTo(new Device(kind, index));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gpu",
        "cuda:",
        "cuda:x",
        "cuda:-1",
        "cuda:1000",
        "cpu:0",
        "auto:1",
        "coreml:1",
        "plugin:",
        "plugin",
        "cpucuda"
      })
  void parseDevice_otherText_isRefusedAsGiven(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.parse(text))
        .withMessage(
            "A device is auto, cpu, cuda or cuda:N, tensorrt, rocm, directml, coreml, openvino, qnn,"
                + " webgpu, xnnpack, dnnl, nnapi, or plugin:LIBRARY, is \""
                + text
                + "\"");
  }

  @Test
  void parseDevice_plugin_isThatLibrary() {
    assertThat(Device.parse("plugin:ep/libfoo.so"))
        .isEqualTo(Device.plugin(Path.of("ep/libfoo.so"), 0))
        .hasToString("plugin:" + Path.of("ep/libfoo.so"));
    assertThat(Device.parse("plugin:ep/libfoo.so#1"))
        .isEqualTo(Device.plugin(Path.of("ep/libfoo.so"), 1))
        .hasToString("plugin:" + Path.of("ep/libfoo.so") + "#1");
  }

  @Test
  void parse_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> Device.parse(Nulls.nothing()))
        .withMessage("text");
    assertThatNullPointerException()
        .isThrownBy(() -> Size.parse(Nulls.nothing()))
        .withMessage("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cpu", "cuda:0", "cuda:7", "tensorrt:1", "coreml"})
  void toString_device_isWhatParseReads(String text) {
    assertThat(Device.parse(text)).hasToString(text);
  }

  @Test
  void device_indexWhereThereIsNone_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Device(Device.Kind.CPU, 1))
        .withMessage(
            "Only a CUDA, TensorRT, ROCm, DirectML or plug-in device has an index, CPU got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.cuda(-1))
        .withMessage("index must be at least 0, is -1");
  }

  @Test
  void device_options_areOfAProvider() {
    assertThat(Device.cuda(1).withOptions(Map.of("gpu_mem_limit", "1")).withSlots(2))
        .isEqualTo(new Device(Device.Kind.CUDA, 1, null, Map.of("gpu_mem_limit", "1"), 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.AUTO.withOptions(Map.of("gpu_mem_limit", "1")))
        .withMessage(
            "Device auto takes no options, got {gpu_mem_limit=1}: name the device that they are for,"
                + " like cuda");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Device.cuda(0).withSlots(0))
        .withMessage("slots must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Device(Device.Kind.PLUGIN, 0))
        .withMessage("A plug-in, and nothing else, needs its library, PLUGIN got null");
  }

  @Test
  void parseSize_widthAndHeight_areInThatOrder() {
    assertThat(Size.parse("512x384")).isEqualTo(new Size(512, 384)).hasToString("512x384");
    assertThat(Size.parse(" 1X2 ")).isEqualTo(new Size(1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "512", "512x", "x512", "5 x 6", "-1x4", "1e3x4", "1234567x1", "1*1"})
  void parseSize_otherText_isRefusedAsGiven(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Size.parse(text))
        .withMessage("A size is WIDTHxHEIGHT, like 512x384, is \"" + text + "\"");
  }

  @Test
  void size_zero_isRefusedWithTheName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Size.parse("0x5"))
        .withMessage("width must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Size(5, -1))
        .withMessage("height must be at least 1, is -1");
  }

  @Test
  void area_largestSize_doesNotOverflow() {
    assertThat(Size.parse("999999x999999").area()).isEqualTo(999_998_000_001L);
  }
}
