package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WebDatasetShardsTest {
  private final Path folder;
  private final Path in;

  WebDatasetShardsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.in = Files.createDirectories(folder.resolve("in"));
  }

  @Test
  void of_folderOfShards_readsImagesLabelsAndCaptionsInOrder() throws IOException {
    shard("b.tar", "x/7.png", noise(3), "x/7.cls", "n02084071\n");
    shard(
        "a.tar",
        "1.json",
        "{\"label\": \"cat\", \"caption\": \" a cat asleep \"}",
        "1.jpg",
        noise(1),
        "2.PNG",
        noise(2),
        "2.cls",
        "3",
        "2.txt",
        "a small dog");
    Files.writeString(in.resolve("notes.md"), "");

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader.format()).isEqualTo("WebDataset shards");
    assertThat(reader)
        .extracting(source -> source.source() + " " + source.label() + " " + source.caption())
        .containsExactly(
            "a.tar/1.jpg cat a cat asleep",
            "a.tar/2.PNG 3 a small dog",
            "b.tar/x/7.png n02084071 null");
    assertThat(reader).extracting(Source::bytes).containsExactly(noise(1), noise(2), noise(3));
    assertThat(reader.failures()).isEmpty();
    assertThat(reader.ignored()).containsExactly("notes.md");
  }

  @Test
  void of_oneShard_isADataSet() throws IOException {
    Path shard = shard("only.tar", "1.png", noise(1), "1.cls", "cat");

    assertThat(DatasetReader.of(shard))
        .extracting(Source::source)
        .containsExactly("only.tar/1.png");
  }

  @ParameterizedTest
  @CsvSource({"0", "10240", "512"})
  void of_shardsJoinedByCat_areAllRead(int padding) throws IOException {
    Path a = shard("a.tar", "1.png", noise(1), "1.cls", "cat");
    Path b = shard("b.tar", "2.png", noise(2), "2.cls", "dog");
    Path joined = folder.resolve("joined.tar");
    try (OutputStream out = Files.newOutputStream(joined)) {
      out.write(Files.readAllBytes(a));
      out.write(new byte[padding]);
      out.write(Files.readAllBytes(b));
    }

    DatasetReader reader = DatasetReader.of(joined);

    assertThat(reader).extracting(Source::label).containsExactly("cat", "dog");
    assertThat(reader).extracting(Source::bytes).containsExactly(noise(1), noise(2));
    assertThat(reader.failures()).isEmpty();
  }

  @Test
  void of_membersThatCantBeUsed_areFailuresWithReasons() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, UTF_8.name())) {
      link(tar, "link.png", TarConstants.LF_SYMLINK, "/etc/passwd");
      link(tar, "hard.png", TarConstants.LF_LINK, "good.png");
      link(tar, "pipe.png", TarConstants.LF_FIFO, "");
      add(tar, "good.png", noise(1));
      add(tar, "good.cls", "cat".getBytes(UTF_8));
      add(tar, "good.png", noise(2));
      add(tar, "none.png", noise(1));
      add(tar, "blank.png", noise(1));
      add(tar, "blank.cls", " _ ".getBytes(UTF_8));
      add(tar, "two.left.png", noise(1));
      add(tar, "two.right.png", noise(1));
      add(tar, "good.png", noise(3));
      add(tar, "good.cls", "dog".getBytes(UTF_8));
    }
    Files.write(in.resolve("s.tar"), bytes.toByteArray());

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader).extracting(Source::bytes).containsExactly(noise(1));
    assertThat(reader.failures())
        .extracting(failure -> failure.source() + " " + failure.reason())
        .containsExactly(
            "s.tar/link.png is a link to /etc/passwd: links in shards are not followed",
            "s.tar/hard.png is a link to good.png: links in shards are not followed",
            "s.tar/pipe.png is no plain file",
            "s.tar/good.png is there a second time; the first one is used",
            "s.tar/none.png has no label: its sample needs a .cls, or a .json with a label",
            "s.tar/blank.png has no label: its sample needs a .cls, or a .json with a label",
            "s.tar/two.left.png its sample has several images, of which none is the one to take:"
                + " left.png, right.png",
            "s.tar/good.png is there a second time; the first one is used");
  }

  @Test
  void of_shardCutAnywhere_keepsWhatIsBeforeAndSaysSo() throws IOException {
    Path shard =
        shard("s.tar", "1.png", noise(1), "1.cls", "cat", "2.cls", "dog", "2.png", noise(2));
    byte[] whole = Files.readAllBytes(shard);
    int lastData = 512 * 7 + noise(2).length; // four headers, three members of a block each
    for (int length = 2000; length < lastData; length += 97) {
      Files.write(shard, Arrays.copyOf(whole, length));

      DatasetReader reader = DatasetReader.of(shard);

      assertThat(reader).as("%d bytes", length).extracting(Source::label).containsExactly("cat");
      assertThat(reader.failures().get(0).source()).startsWith("s.tar");
      assertThat(reader.failures().get(0).reason()).containsAnyOf("is damaged", "is cut off");
    }
  }

  @Test
  void of_nothingToUse_isRefusedWithTheReason() throws IOException {
    Files.write(in.resolve("s.tar.gz"), new byte[] {1});
    assertThatThrownBy(() -> DatasetReader.of(in))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith("There are no images with a label in the shards of " + in)
        .hasMessageContaining(
            "s.tar.gz: is compressed, so that images can't be read from the middle");
    Path file = Files.writeString(folder.resolve("a.zip"), "");
    assertThatThrownBy(() -> DatasetReader.of(file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            file + " is no data set: a file must be a table (.csv, .jsonl) or a shard (.tar)");
  }

  static Stream<String> labels() {
    return Stream.of("../up", "/root", "C:", "C:\\x", "..", ".", "a/../../b", "nul\u0000");
  }

  @ParameterizedTest
  @MethodSource("labels")
  void run_labelThatLeadsElsewhere_staysInOut(String label) throws IOException {
    Path shard = shard("s.tar", "../../1.png", noise(1), "../../1.cls", label);
    Path out = folder.resolve("deep/er/out");
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary summary = AugmentJob.builder(shard, out).build().run(sgid);
      assertThat(summary.pictures()).isEqualTo(1);
    }
    List<String> pictures;
    try (Stream<Path> files = Files.walk(folder)) {
      pictures =
          files
              .filter(file -> file.toString().endsWith(".png"))
              .map(file -> out.relativize(file).normalize().toString())
              .toList();
    }
    assertThat(pictures).hasSize(1);
    assertThat(pictures.get(0)).doesNotStartWith("..").contains("1-sgid-0.png");
  }

  @Test
  void run_overShards_makesWhatFoldersMakeAndGoesOn() throws IOException {
    FakeStages stages = new FakeStages();
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve("folders/cat/" + i + ".png");
      Files.createDirectories(file.getParent());
      Files.write(file, noise(i));
    }
    shard("s.tar", "0.png", noise(0), "0.cls", "cat", "1.png", noise(1), "1.cls", "cat");
    shard("t.tar", "2.png", noise(2), "2.cls", "cat");
    try (Sgid sgid = stages.sgid()) {
      JobSummary ignored =
          AugmentJob.builder(folder.resolve("folders"), folder.resolve("o1")).build().run(sgid);
      ignored = AugmentJob.builder(in, folder.resolve("o2")).build().run(sgid);
      assertThat(
              AugmentJob.builder(in, folder.resolve("o2"))
                  .withCopies(2)
                  .build()
                  .run(sgid)
                  .alreadyThere())
          .isEqualTo(3);
    }
    for (int i = 0; i < 3; i++) {
      String name = "cat/" + i + "-sgid-0.png";
      assertThat(folder.resolve("o2").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("o1").resolve(name));
    }
  }

  @Test
  void of_shardsThatSgidWrote_areReadAndNotTheManifestBesideThem() throws IOException {
    shard("s.tar", "0.png", noise(0), "0.cls", "cat", "1.png", noise(1), "1.cls", "dog");
    Path out = folder.resolve("out");
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary ignored =
          AugmentJob.builder(in, out).withFormat(OutputFormat.webDataset()).build().run(sgid);
    }

    DatasetReader reader = DatasetReader.of(out);

    assertThat(reader.format()).isEqualTo("WebDataset shards");
    assertThat(reader).extracting(Source::label).containsExactly("cat", "dog");
    for (Source source : reader) {
      assertThat(source.bytes()).isNotEmpty();
    }
  }

  @Test
  void build_folderToWriteBesideAShard_isFine() throws IOException {
    Path shard = shard("s.tar", "1.png", noise(1), "1.cls", "cat");

    assertThat(AugmentJob.builder(shard, in.resolve("out")).build().pictures()).isEqualTo(1);
  }

  @Test
  void of_headerWithASizeThatNoFileHas_isCutOff() throws IOException {
    Path shard = shard("s.tar", "1.png", noise(1), "1.cls", "cat", "2.png", noise(2));
    byte[] bytes = Files.readAllBytes(shard);
    int header = 4 * 512; // behind a header and a block of each file before
    byte[] size = new byte[12]; // base 256: 2^63 - 1
    Arrays.fill(size, 4, 12, (byte) 0xff);
    size[0] = (byte) 0x80;
    size[4] = 0x7f;
    System.arraycopy(size, 0, bytes, header + 124, size.length);
    Arrays.fill(bytes, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = header; i < header + 512; i++) {
      sum += bytes[i] & 0xff;
    }
    byte[] checksum = String.format("%06o\0 ", sum).getBytes(UTF_8);
    System.arraycopy(checksum, 0, bytes, header + 148, checksum.length);
    Files.write(shard, bytes);

    DatasetReader reader = DatasetReader.of(shard);

    assertThat(reader).hasSize(1);
    assertThat(reader.failures())
        .extracting(Failure::reason)
        .first()
        .isEqualTo("is cut off: the shard ends within it");
  }

  private Path shard(String name, Object... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, UTF_8.name())) {
      for (int i = 0; i < members.length; i += 2) {
        Object content = members[i + 1];
        add(
            tar,
            (String) members[i],
            content instanceof String text ? text.getBytes(UTF_8) : (byte[]) content);
      }
    }
    return Files.write(in.resolve(name), bytes.toByteArray());
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, byte kind, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static byte[] noise(int seed) throws IOException {
    return TestImages.encode(TestImages.noise(8, 6, seed), "png");
  }
}
