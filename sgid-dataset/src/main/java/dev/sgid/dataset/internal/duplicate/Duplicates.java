package dev.sgid.dataset.internal.duplicate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images among which others are looked for: the same ones by their pixels, nearly the same ones by
 * a perceptual hash that differs in at most 8 of its 64 bits and a likeness from a bound on.
 * Immutable and thread-safe.
 */
public final class Duplicates {
  /**
   * From which likeness on images are nearly the same where nothing else is said. Of 1,000 images
   * of Fashion-MNIST that are stored anew (JPEG of quality 75 and more, brighter or darker by 30 %,
   * at 24 to 112 pixels) 97 % and more of each kind are found, and of 10,000 others 53 in 50
   * million pairs are mistaken.
   */
  public static final double LEAST_LIKENESS = 0.99;

  private final List<Fingerprint> images;
  private final double least;
  private final Map<String, Integer> byIdentity = new HashMap<>(); // the first of each
  private final List<Integer> firsts = new ArrayList<>();
  private final HashIndex index;

  /**
   * Among so many images.
   *
   * @param leastLikeness from which on images are nearly the same, above 0; of 1 for none but the
   *     same
   */
  public Duplicates(List<Fingerprint> images, double leastLikeness) {
    this.images = List.copyOf(images);
    this.least = leastLikeness;
    for (int i = 0; i < images.size(); i++) {
      if (byIdentity.putIfAbsent(images.get(i).identity(), i) == null) {
        firsts.add(i);
      }
    }
    this.index = new HashIndex(firsts.stream().mapToLong(i -> images.get(i).hash()).toArray());
  }

  /**
   * An image that was found.
   *
   * @param index which of all, from 0
   * @param likeness how alike both are, up to 1; 1 for the same pixels
   * @param exact whether both have the same pixels
   */
  public record Match(int index, double likeness, boolean exact) {}

  /** The image that is the same, or else the one that is most alike, if any is nearly the same. */
  public Optional<Match> best(Fingerprint image) {
    Integer same = byIdentity.get(image.identity());
    if (same != null) {
      return Optional.of(new Match(same, 1, true));
    }
    List<Match> near = new ArrayList<>();
    if (least >= 1) {
      return Optional.empty();
    }
    index.near(
        image.hash(),
        i -> {
          int other = firsts.get(i);
          double likeness = image.likeness(images.get(other));
          if (likeness >= least) {
            near.add(new Match(other, Math.min(1, likeness), false));
          }
        });
    return near.stream()
        .max(Comparator.comparingDouble(Match::likeness).thenComparingInt(match -> -match.index()));
  }

  /**
   * Images that are the same or nearly, each to another one of the group.
   *
   * @param members which of all, in order, two at least
   * @param likeness the lowest by which one of them belongs to it; 1 where all have the same pixels
   * @param exact whether all have the same pixels
   */
  public record Group(List<Integer> members, double likeness, boolean exact) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /**
   * All groups, in the order of their first members.
   *
   * @param checkpoint called every now and then; may throw to end it
   */
  public List<Group> groups(Runnable checkpoint) {
    Forest forest = new Forest(images.size());
    for (int i = 0; i < images.size(); i++) {
      int first = byIdentity.getOrDefault(images.get(i).identity(), i);
      if (first != i) {
        forest.join(first, i, 1);
      }
    }
    for (int i = 0; i < firsts.size() && least < 1; i++) {
      if (i % 256 == 0) {
        checkpoint.run();
      }
      link(i, forest);
    }
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < images.size(); i++) {
      members.computeIfAbsent(forest.root(i), root -> new ArrayList<>()).add(i);
    }
    return members.entrySet().stream()
        .filter(group -> group.getValue().size() > 1)
        .map(group -> group(group.getValue(), forest.weakest(group.getKey())))
        .toList();
  }

  private Group group(List<Integer> members, double likeness) {
    long different = members.stream().map(i -> images.get(i).identity()).distinct().count();
    return new Group(members, likeness, different == 1);
  }

  private void link(int i, Forest forest) {
    int image = firsts.get(i);
    Fingerprint print = images.get(image);
    index.near(
        print.hash(),
        j -> {
          int other = firsts.get(j);
          if (j < i && forest.root(image) != forest.root(other)) { // else they are together already
            double likeness = print.likeness(images.get(other));
            if (likeness >= least) {
              forest.join(image, other, Math.min(1, likeness));
            }
          }
        });
  }

  /** Disjoint sets, and the weakest link in each. */
  private static final class Forest {
    private final int[] parents;
    private final double[] weakest; // of roots

    Forest(int size) {
      parents = new int[size];
      weakest = new double[size];
      for (int i = 0; i < size; i++) {
        parents[i] = i;
        weakest[i] = 1;
      }
    }

    int root(int i) {
      int at = i;
      while (parents[at] != at) {
        parents[at] = parents[parents[at]]; // half the way for those to come
        at = parents[at];
      }
      return at;
    }

    double weakest(int root) {
      return weakest[root];
    }

    void join(int a, int b, double likeness) {
      int first = Math.min(root(a), root(b));
      int second = Math.max(root(a), root(b));
      parents[second] = first;
      weakest[first] = Math.min(likeness, Math.min(weakest[first], weakest[second]));
    }
  }
}
