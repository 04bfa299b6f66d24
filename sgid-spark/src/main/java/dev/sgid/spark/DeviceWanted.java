package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.Device.Kind;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where models run, as it is sent to workers: a {@link Device} is not serializable.
 *
 * @param name as {@link Device#parse} reads it
 * @param options of its execution provider
 * @param slots runs of models at the same time
 */
record DeviceWanted(String name, Map<String, String> options, int slots) implements Serializable {
  private static final long serialVersionUID = 1;

  DeviceWanted {
    requireNonNull(name, "name");
    options = Map.copyOf(options);
  }

  static DeviceWanted of(Device device) {
    return new DeviceWanted(device.toString(), device.options(), device.slots());
  }

  /** The device that was asked for. */
  Device device() {
    return Device.parse(name).withOptions(new TreeMap<>(options)).withSlots(slots);
  }

  /** That kind of device at a GPU's number; CUDA's where any was asked for. */
  Device at(int gpu) {
    Device asked = device();
    return switch (asked.kind()) {
      case AUTO -> new Device(Kind.CUDA, gpu, null, asked.options(), asked.slots());
      case CUDA, TENSORRT, ROCM, DIRECTML, PLUGIN ->
          new Device(asked.kind(), gpu, asked.library(), asked.options(), asked.slots());
      default -> asked; // it has no number
    };
  }
}
