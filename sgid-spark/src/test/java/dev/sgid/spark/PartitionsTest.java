package dev.sgid.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.Device.Kind;
import dev.sgid.SgidException;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.spark.Probe.Found;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionsTest {
  @ParameterizedTest
  @CsvSource({
    // pictures, seconds each, seconds a task, tasks at a time: tasks
    "1000000, 0.5, 120, 64, 4167",
    "10, 0.1, 120, 4, 4", // every slot has something to do
    "3, 0.1, 120, 64, 3", // and none has nothing
    "1000000000, 15, 120, 64, 1000000", // as many as a driver can keep track of
    "5, 0, 120, 2, 2"
  })
  void partitions_areTasksOfTheDurationAskedFor(
      long pictures, double seconds, double task, int slots, int expected) {
    assertThat(SparkPlan.partitions(pictures, seconds, task, slots)).isEqualTo(expected);
  }

  @Test
  void columns_areAllFieldsOfTheManifestTyped() {
    assertThat(ManifestColumns.FIELDS.fieldNames())
        .hasSize(ManifestLine.class.getRecordComponents().length + 4) // a verdict has five
        .startsWith("file_name", "label", "source", "source_sha256", "group")
        .contains("caption_degenerate", "noise_rate_run", "label_probability", "reject_reason");
    assertThat(ManifestColumns.FIELDS.apply("seed").dataType()).isEqualTo(DataTypes.LongType);
    assertThat(ManifestColumns.FIELDS.apply("similarity").dataType())
        .isEqualTo(DataTypes.DoubleType);
  }

  @Test
  void probe_workerThatCantOpenThePack_isNamedWithItsMessage() {
    ModelsWanted wanted =
        new ModelsWanted(
            new PackPlace(PackPlace.Kind.SENT, "sd15"),
            PartsWanted.ALL,
            "{}",
            0,
            DeviceWanted.of(Device.AUTO),
            null,
            null,
            null);
    assertThatThrownBy(
            () ->
                Probe.require(
                    wanted,
                    List.of(
                        new Found("worker a (executor 0)", "1f", null),
                        new Found("worker b (executor 1)", "", "There is no unet"))))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "worker b (executor 1) can't open the pack that Spark sends as sd15: There is no"
                + " unet");
    assertThatThrownBy(
            () ->
                Probe.require(
                    wanted, List.of(new Found("worker a", "1f", null), new Found("b", "2e", null))))
        .hasMessageContaining("worker a has 1f; b has 2e")
        .hasMessageContaining("--archives");
  }

  @Test
  void device_ofATaskWithAGpu_keepsKindOptionsAndSlots() {
    Map<String, String> limit = Map.of("gpu_mem_limit", "8589934592");
    Device cuda = Device.cuda(0).withOptions(limit).withSlots(2);
    assertThat(DeviceWanted.of(cuda).device()).isEqualTo(cuda);
    assertThat(DeviceWanted.of(cuda).at(3))
        .isEqualTo(Device.cuda(3).withOptions(limit).withSlots(2));
    assertThat(DeviceWanted.of(Device.AUTO).at(1)).isEqualTo(Device.cuda(1));
    assertThat(DeviceWanted.of(new Device(Kind.TENSORRT, 0)).at(1))
        .isEqualTo(new Device(Kind.TENSORRT, 1));
  }

  @Test
  void withSettings_unknownOne_isNamed() {
    assertThatThrownBy(() -> SgidSparkOptions.builder().withSettings(Map.of("noise", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("There is no setting \"noise\"");
  }
}
