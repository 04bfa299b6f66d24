package dev.sgid;

final class DegenerateCaption {
  static java.util.List<Integer> othersOf(java.util.List<String> c) {
    return java.util.stream.IntStream.range(0, c.size()).boxed().toList();
  }
}
