package dev.sgid.onnx.internal;

import static java.util.stream.Collectors.joining;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The graphs of a model's folder, which may lie there in several forms: {@code NAME.onnx}, and
 * variants of it like {@code NAME_fp16.onnx} and {@code NAME_quantized.onnx}, in the folder itself
 * or in {@code onnx} below, where published models have them.
 *
 * @param folder the model's
 * @param variant the one that is taken wherever a graph has it, {@code fp16} for one; empty for the
 *     most exact form of each graph
 */
public record ModelFiles(Path folder, String variant) {
  private static final String SUFFIX = ".onnx";
  private static final String BELOW = "onnx";

  /** The form without a variant's name, and what it is also asked for by. */
  private static final String PLAIN = "";

  private static final String PLAIN_TYPE = "fp32";

  /** How far below a pack's folder graphs lie: stable-diffusion/unet/onnx/model.onnx. */
  private static final int DEPTH = 4;

  /** What exporters and quantisers append to a name, the most exact first. */
  private static final List<Pattern> KNOWN =
      Stream.of(
              "fp32",
              "optimized",
              "O[1-3]",
              "O4",
              "fp16",
              "quantized",
              "q8",
              "q?int8(_[a-z0-9_]+)?",
              "q?uint8(_[a-z0-9_]+)?",
              "q4",
              "q4f16",
              "bnb4")
          .map(Pattern::compile)
          .toList();

  private static final Pattern NAME_AND_VARIANT =
      Pattern.compile(
          "(?<name>.+?)[_.-](?<variant>"
              + KNOWN.stream().map(Pattern::pattern).collect(joining("|"))
              + ")\\.onnx");

  /** A form in which a graph is there. */
  private record Form(String variant, Path file) {}

  /** The same variant's files in a folder below. */
  public ModelFiles in(String name) {
    return new ModelFiles(folder.resolve(name), variant);
  }

  /** A graph's file; where there is none in any form, the one of that very name, which is not. */
  public Path graph(String name) {
    return best(name).map(Form::file).orElseGet(() -> folder.resolve(name + SUFFIX));
  }

  /** Whether a graph is there in a form that can be taken. */
  public boolean has(String name) {
    return best(name).isPresent();
  }

  /**
   * How good the form is that a graph would be taken in: 0 is best, {@link Integer#MAX_VALUE} where
   * there is none.
   */
  public int rank(String name) {
    return best(name).map(form -> order(form.variant)).orElse(Integer.MAX_VALUE);
  }

  private Optional<Form> best(String name) {
    return forms(name).stream().min((a, b) -> Integer.compare(order(a.variant), order(b.variant)));
  }

  private int order(String of) {
    if (!variant.isEmpty() && of.equals(variant)) {
      return 0;
    }
    if (of.isEmpty()) {
      return variant.equals(PLAIN_TYPE) ? 1 : 2;
    }
    for (int i = 0; i < KNOWN.size(); i++) {
      if (KNOWN.get(i).matcher(of).matches()) {
        return 3 + i;
      }
    }
    return Integer.MAX_VALUE;
  }

  /** What there is of a graph, of equals the one in the folder itself first. */
  private List<Form> forms(String name) {
    List<Form> forms = new ArrayList<>();
    for (Path place : List.of(folder, folder.resolve(BELOW))) {
      Path plain = place.resolve(name + SUFFIX);
      if (Files.exists(plain)) {
        forms.add(new Form(PLAIN, plain));
      }
      for (Path file : graphs(place, 1)) {
        String own = variantOf(file, name);
        if (!own.isEmpty()) {
          forms.add(new Form(own, file));
        }
      }
    }
    return forms;
  }

  /** The variant of {@code name} that a file is: a known one, or the one asked for; else empty. */
  private String variantOf(Path file, String name) {
    String text = fileName(file);
    if (!text.startsWith(name) || text.length() <= name.length() + 1 + SUFFIX.length()) {
      return "";
    }
    String own = text.substring(name.length() + 1, text.length() - SUFFIX.length());
    boolean separated = "_.-".indexOf(text.charAt(name.length())) >= 0;
    boolean known = own.equals(variant) || KNOWN.stream().anyMatch(k -> k.matcher(own).matches());
    return separated && known ? own : "";
  }

  /**
   * The variants that a graph which was opened is there in beside, {@code fp32} for the form
   * without a variant's name; in order.
   */
  public static SortedSet<String> others(Path graph) {
    Matcher chosen = NAME_AND_VARIANT.matcher(fileName(graph));
    String own = chosen.matches() ? chosen.group("variant") : PLAIN;
    String name =
        chosen.matches() ? chosen.group("name") : fileName(graph).replaceFirst("\\.onnx$", "");
    SortedSet<String> others = new TreeSet<>();
    for (Form form : new ModelFiles(graph.resolveSibling(""), "").forms(name)) {
      if (!form.variant.equals(own)) {
        others.add(form.variant.isEmpty() ? PLAIN_TYPE : form.variant);
      }
    }
    return others;
  }

  /** The bytes of a graph and of its weights: all in its folder but what is of its variants. */
  public static long bytes(Path graph) {
    Path folder = graph.resolveSibling("");
    List<String> others =
        graphs(folder, 1).stream()
            .filter(file -> !file.getFileName().equals(graph.getFileName()))
            .map(ModelFiles::fileName)
            .toList();
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> others.stream().noneMatch(other -> fileName(file).startsWith(other)))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      return 0; // whoever opens it will complain
    }
  }

  /**
   * Refuses a variant that no graph of these folders has.
   *
   * @param pack named in the message
   * @throws SgidException listing the variants that are there
   */
  public static void requireVariant(String variant, Path pack, Collection<Path> folders) {
    if (variant.isEmpty()) {
      return;
    }
    SortedSet<String> found = new TreeSet<>();
    for (Path folder : folders) {
      for (Path file : graphs(folder, DEPTH)) {
        if (fileName(file).matches(".+[_.-]" + Pattern.quote(variant) + "\\.onnx")) {
          return;
        }
        Matcher known = NAME_AND_VARIANT.matcher(fileName(file));
        found.add(known.matches() ? known.group("variant") : PLAIN_TYPE);
      }
    }
    if (!found.contains(variant)) {
      throw new SgidException(
          Stage.OPEN,
          pack,
          "No model has a variant \""
              + variant
              + "\"; the models are there as "
              + (found.isEmpty() ? "nothing" : String.join(", ", found)),
          null);
    }
  }

  private static List<Path> graphs(Path folder, int depth) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files =
        Files.find(
            folder,
            depth,
            (file, attributes) -> !attributes.isDirectory() && fileName(file).endsWith(SUFFIX),
            FileVisitOption.FOLLOW_LINKS)) {
      return files.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new SgidException(
          Stage.OPEN, folder, "Can't look for models (" + Reason.of(e) + ")", e);
    }
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }
}
