package dev.sgid.cli.pull;

import static dev.sgid.cli.pull.Answering.head;
import static dev.sgid.cli.pull.Answering.honest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import dev.sgid.internal.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packs out of archives and by their list, which appear whole or not at all. */
class PullTest {
  @TempDir Path folder;

  private Path out() {
    return folder.resolve("out");
  }

  private String pull(String source, @Nullable String sha256) {
    return pull(source, sha256, 10_000_000);
  }

  private String pull(String source, @Nullable String sha256, long most) {
    Fetch fetch = new Fetch(Duration.ofSeconds(10), Duration.ofMillis(1), most, bytes -> {});
    return new Pull(source, out(), sha256, most, fetch).run();
  }

  private void assertRefused(String source, @Nullable String sha256, String message) {
    assertThatThrownBy(() -> pull(source, sha256))
        .isInstanceOf(SgidException.class)
        .hasMessageContaining(message);
    assertThat(out()).doesNotExist();
  }

  private static byte[] zip(Map<String, String> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
        zip.putArchiveEntry(new ZipArchiveEntry(file.getKey()));
        zip.write(file.getValue().getBytes(UTF_8));
        zip.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(TarArchiveEntry entry, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      byte[] data = content.getBytes(UTF_8);
      entry.setSize(entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() ? data.length : 0);
      tar.putArchiveEntry(entry);
      if (entry.getSize() > 0) {
        tar.write(data);
      }
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private String write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content).toString();
  }

  private static String sum(byte[] content) {
    return Sha256.hex(content);
  }

  @Test
  void run_archivesOfAnyKind_areUnpackedWithoutTheFolderAroundThem() throws IOException {
    byte[] zip = zip(Map.of("my-pack/sgid.json", "{}", "my-pack/clip/config.json", "c"));
    byte[] tar = tar(new TarArchiveEntry("my-pack/sgid.json"), "{}");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream packed = new GZIPOutputStream(gzip)) {
      packed.write(tar);
    }

    assertThat(pull(write("a.zip", zip), sum(zip))).isEqualTo(sum(zip));
    assertThat(out().resolve("clip/config.json")).hasContent("c");
    for (byte[] archive : new byte[][] {tar, gzip.toByteArray()}) {
      try (Stream<Path> old = Files.walk(out())) {
        old.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
      assertThat(pull(write("a.bin", archive), null)).isEqualTo(sum(archive));
      assertThat(out().resolve("sgid.json")).hasContent("{}");
    }
    assertThat(folder.resolve("out.pulling")).doesNotExist();
  }

  @Test
  void run_archiveOfOnePart_keepsThePartsFolder() throws IOException {
    pull(write("a.zip", zip(Map.of("clip/config.json", "c"))), null);

    assertThat(out().resolve("clip/config.json")).hasContent("c");
  }

  @Test
  void run_otherSum_leavesNothing() throws IOException {
    byte[] zip = zip(Map.of("sgid.json", "{}"));
    String wanted = "0".repeat(64);

    assertRefused(
        write("a.zip", zip),
        wanted,
        "a.zip has another SHA-256 than it should: " + sum(zip) + ", not " + wanted);
    assertThat(folder.resolve("out.pulling/archive")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil", "a/../../evil", "/etc/evil", "C:/evil", "..\\evil", "a/b\u0001c"})
  void run_nameThatLeadsOut_isRefused(String name) throws IOException {
    assertRefused(
        write("a.zip", zip(Map.of("ok", "1", name, "evil"))), null, "leads out of the folder");
    assertRefused(
        write("a.tar", tar(new TarArchiveEntry(name, true), "evil")), null, "leads out of the");
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void run_links_areRefused() throws IOException {
    TarArchiveEntry symbolic = new TarArchiveEntry("clip", TarConstants.LF_SYMLINK);
    symbolic.setLinkName("/etc");
    TarArchiveEntry hard = new TarArchiveEntry("model.onnx", TarConstants.LF_LINK);
    hard.setLinkName("/etc/passwd");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(zip)) {
      ZipArchiveEntry link = new ZipArchiveEntry("clip");
      link.setUnixMode(0120777);
      out.putArchiveEntry(link);
      out.write("/etc".getBytes(UTF_8));
      out.closeArchiveEntry();
    }

    for (byte[] archive : new byte[][] {tar(symbolic, ""), tar(hard, ""), zip.toByteArray()}) {
      assertRefused(write("a.bin", archive), null, "is a link or a device");
    }
  }

  @Test
  void run_namesThatDifferInTheirLettersSizeOnly_areRefused() throws IOException {
    assertRefused(
        write("a.zip", zip(Map.of("Model.onnx", "1", "model.onnx", "2"))), null, "is there twice");
  }

  @Test
  void run_bomb_stopsAtTheLimit() throws IOException {
    String bomb = write("a.zip", zip(Map.of("zeros", "0".repeat(200_000))));

    assertThat(Files.size(Path.of(bomb))).isLessThan(2000);
    assertThatThrownBy(() -> pull(bomb, null, 100_000))
        .hasMessageContaining("more would come of it than --max-size allows");
    assertThat(out()).doesNotExist();
  }

  @Test
  void run_damagedArchive_saysSo() throws IOException {
    byte[] zip = zip(Map.of("sgid.json", "{}"));
    assertRefused(
        write("a.zip", Arrays.copyOf(zip, zip.length - 30)),
        null,
        "The archive is damaged or can't be unpacked");
    assertRefused(
        write("a.txt", "text".getBytes(UTF_8)), null, "Not an archive (zip, tar or tar.gz)");
  }

  @Test
  void run_outThatIsThere_isLeftAlone() throws IOException {
    Files.createDirectories(out().resolve("mine"));

    assertThatThrownBy(() -> pull(write("a.zip", zip(Map.of("a", "b"))), null))
        .hasMessage("OUT must be a new or empty folder; there is something already: " + out());
    assertThat(out().resolve("mine")).exists();
  }

  private static String list(String name, byte[] content, String sum) {
    return "{\"files\": {\""
        + name
        + "\": {\"bytes\": "
        + content.length
        + ", \"sha256\": \""
        + sum
        + "\"}}}";
  }

  @Test
  void run_listOverHttp_fetchesWhatItNames() throws IOException {
    byte[] model = "weights".getBytes(UTF_8);
    byte[] json = list("clip/my model.onnx", model, sum(model)).getBytes(UTF_8);
    try (Answering server =
        new Answering(
            (ask, out) ->
                honest(ask, out, ask.path().equals("/p/sgid.json") ? json : model, "\"1\""))) {
      assertThat(pull(server.url("/p/sgid.json"), sum(json))).isEqualTo(sum(json));

      assertThat(server.requests().get(1).path()).isEqualTo("/p/clip/my%20model.onnx");
      assertThat(out().resolve("clip/my model.onnx")).hasContent("weights");
      assertThat(out().resolve("sgid.json")).hasBinaryContent(json);
    }
  }

  @Test
  void run_listWithAFileThatDiffers_leavesNothing() throws IOException {
    byte[] json = list("clip/model.onnx", new byte[7], "a".repeat(64)).getBytes(UTF_8);
    Files.createDirectories(folder.resolve("clip"));
    write("clip/model.onnx", "changed".getBytes(UTF_8));

    assertRefused(write("sgid.json", json), null, "clip/model.onnx has another SHA-256");
  }

  @Test
  void run_listThatLeadsOut_isRefused() throws IOException {
    byte[] json = list("../evil", new byte[1], "a".repeat(64)).getBytes(UTF_8);

    assertRefused(write("sgid.json", json), null, "leads out of the folder");
    assertRefused(write("sgid.json", "{}".getBytes(UTF_8)), null, "it has no \"files\"");
    assertRefused(write("sgid.json", "<html>".getBytes(UTF_8)), null, "Not a list of a pack's");
  }

  @Test
  void run_stoppedBetween_goesOnWithoutWhatIsThere() throws IOException {
    byte[] one = "one".getBytes(UTF_8);
    byte[] two = "two".getBytes(UTF_8);
    byte[] json =
        (list("1", one, sum(one)).replace("}}}", "}, ")
                + list("2", two, sum(two)).substring("{\"files\": {".length()))
            .getBytes(UTF_8);
    boolean[] works = {false};
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.path().equals("/2") && !works[0]) {
                head(out, "403 Forbidden", "Content-Length: 0");
              } else {
                honest(
                    ask,
                    out,
                    ask.path().equals("/1") ? one : ask.path().equals("/2") ? two : json,
                    "\"1\"");
              }
            })) {
      assertRefused(server.url("/sgid.json"), sum(json), "the server answers 403");
      works[0] = true;
      pull(server.url("/sgid.json"), sum(json));

      assertThat(out().resolve("1")).hasContent("one");
      assertThat(out().resolve("2")).hasContent("two");
      assertThat(server.requests().stream().filter(ask -> ask.path().equals("/1"))).hasSize(1);
    }
  }
}
