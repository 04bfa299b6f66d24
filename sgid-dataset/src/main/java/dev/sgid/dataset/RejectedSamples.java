package dev.sgid.dataset;

import dev.sgid.dataset.History.Made;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * {@link RejectedPictures} that lie in shards: a shard is written anew without them, its other
 * samples with the bytes they have. One that nothing is left of goes.
 */
final class RejectedSamples {
  private RejectedSamples() {}

  /** Takes rejected pictures that still lie in shards out of the data set, and the manifest. */
  static void settle(Path out, History history) throws IOException {
    Set<String> made = RejectedPictures.fileNames(history.made());
    Map<String, List<Made>> rejected = new TreeMap<>(); // by shard
    for (Made picture : history.rejected()) {
      if (!made.contains(picture.fileName())) {
        rejected.computeIfAbsent(shard(picture.fileName()), s -> new ArrayList<>()).add(picture);
      }
    }
    Map<Path, Set<String>> left = new LinkedHashMap<>(); // names by shard
    List<Made> all = new ArrayList<>();
    for (Map.Entry<String, List<Made>> shard : rejected.entrySet()) {
      Path file = OutFiles.inside(out, shard.getKey());
      if (file != null) {
        Set<String> names = names(file);
        shard.getValue().removeIf(p -> !names.contains(WebDatasetFormat.inShard(p.fileName())));
        if (!shard.getValue().isEmpty()) {
          all.addAll(shard.getValue());
          left.put(file, RejectedPictures.fileNames(shard.getValue()));
        }
      }
    }
    RejectedPictures.put(out, history, all);
    RejectedPictures.writeManifest(out, history);
    for (Map.Entry<Path, Set<String>> shard : left.entrySet()) {
      rewrite(out, shard.getKey(), shard.getValue());
    }
  }

  private static String shard(String fileName) {
    return fileName.substring(0, fileName.indexOf('/'));
  }

  private static TarArchiveInputStream open(Path shard) throws IOException {
    return new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(shard), 1 << 16));
  }

  private static Set<String> names(Path shard) throws IOException {
    Set<String> names = new HashSet<>();
    try (TarArchiveInputStream tar = open(shard)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        names.add(e.getName());
      }
    }
    return names;
  }

  private static void rewrite(Path out, Path shard, Set<String> rejected) throws IOException {
    String name = FileName.of(shard).text();
    long[] length = new long[1];
    OutFiles.write(
        out,
        name,
        stream -> {
          length[0] = copy(shard, name, rejected, stream);
          stream.write(TarSample.end(length[0]));
        });
    if (length[0] == 0) {
      Files.delete(shard);
    }
  }

  /** Copies the samples that stay; how many bytes they have. */
  private static long copy(Path shard, String name, Set<String> rejected, OutputStream stream)
      throws IOException {
    long length = 0;
    try (TarArchiveInputStream tar = open(shard)) {
      Map<String, byte[]> sample = new LinkedHashMap<>();
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        sample.put(e.getName(), tar.readNBytes((int) Math.min(Integer.MAX_VALUE, e.getSize())));
        if (sample.size() == TarSample.FILES) {
          if (sample.keySet().stream().noneMatch(f -> rejected.contains(name + "/" + f))) {
            byte[] bytes = TarSample.bytes(sample);
            stream.write(bytes);
            length += bytes.length;
          }
          sample.clear();
        }
      }
    }
    return length;
  }
}
