package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What was found out about a pack: what each part is made of, and whether it runs. {@link
 * SgidBuilder#check} finds it out.
 *
 * @param pack its folder
 * @param info what it is and what runs it; empty where nothing of it could be opened
 * @param parts those that are the pack's or a folder's, in the order in which they are used
 * @param verified how many of the files that it lists were held against their SHA-256
 * @param damage what is wrong with files that it lists, a line for each
 */
public record PackCheck(
    Path pack, Optional<PackInfo> info, List<Checked> parts, int verified, List<String> damage) {
  public PackCheck {
    requireNonNull(pack, "pack");
    requireNonNull(info, "info");
    parts = List.copyOf(parts);
    damage = List.copyOf(damage);
  }

  /** Whether pictures can be made with it. */
  public boolean isUsable() {
    return damage.isEmpty() && parts.stream().allMatch(part -> part.problem().isEmpty());
  }

  /**
   * A part of a pack.
   *
   * @param part which one
   * @param files the graphs that were opened, by name
   * @param made what it made of a small picture, in words; empty where it made nothing
   * @param opening how long it took to open
   * @param running how long it took to make something
   * @param problem why it can't be used, in a line; empty where it can
   */
  public record Checked(
      Part part,
      List<Graph> files,
      String made,
      Duration opening,
      Duration running,
      Optional<String> problem) {
    public Checked {
      requireNonNull(part, "part");
      files = List.copyOf(files);
      requireNonNull(made, "made");
      requireNonNull(opening, "opening");
      requireNonNull(running, "running");
      requireNonNull(problem, "problem");
    }
  }

  /**
   * An open graph.
   *
   * @param name its path in its part, like {@code unet/model.onnx}
   * @param path where it lies
   * @param bytes its size, its external data included
   * @param form what is known of how it was exported, in words; may be empty
   * @param inputs what goes in, each with type and shape, {@code ?} where a dimension is free
   * @param outputs what comes out
   */
  public record Graph(
      String name, Path path, long bytes, String form, List<String> inputs, List<String> outputs) {
    public Graph {
      requireNonNull(name, "name");
      requireNonNull(path, "path");
      requireNonNull(form, "form");
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Files that a pack lists, held against their SHA-256.
   *
   * @param verified how many
   * @param damage what is wrong with some, a line for each
   */
  public record Verified(int verified, List<String> damage) {
    public Verified {
      damage = List.copyOf(damage);
    }
  }
}
