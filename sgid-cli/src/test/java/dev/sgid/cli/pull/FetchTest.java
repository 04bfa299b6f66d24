package dev.sgid.cli.pull;

import static dev.sgid.cli.pull.Answering.head;
import static dev.sgid.cli.pull.Answering.honest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.SgidException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over HTTP from servers that stall, truncate, redirect and lie. */
class FetchTest {
  private static final byte[] CONTENT = new byte[300_000];
  private static final byte[] OTHER = new byte[200_000];
  private static final int HALF = 150_000;

  static {
    new Random(1).nextBytes(CONTENT);
    new Random(2).nextBytes(OTHER);
  }

  @TempDir Path folder;

  private Path fetch(String url) {
    return fetch(url, 1_000_000);
  }

  private Path fetch(String url, long most) {
    return fetch(url, most, Duration.ofSeconds(60));
  }

  private Path fetch(String url, long most, Duration patience) {
    Path part = folder.resolve("part");
    new Fetch(patience, Duration.ofMillis(1), most, bytes -> {}).fetch(URI.create(url), part);
    return part;
  }

  @Test
  void fetch_honestServer_bringsTheFile() throws IOException {
    try (Answering server = new Answering((ask, out) -> honest(ask, out, CONTENT, "\"1\""))) {
      assertThat(fetch(server.url("/pack.zip"))).hasBinaryContent(CONTENT);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).headers()).containsEntry("accept-encoding", "identity");
    }
  }

  @Test
  void fetch_truncatedAnswer_goesOnWhereItStopped() throws IOException {
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.from() == 0) {
                head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
                out.write(CONTENT, 0, HALF);
              } else {
                honest(ask, out, CONTENT, "\"1\"");
              }
            })) {
      assertThat(fetch(server.url("/"))).hasBinaryContent(CONTENT);
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(1).headers())
          .containsEntry("range", "bytes=" + HALF + "-")
          .containsEntry("if-range", "\"1\"");
    }
  }

  @Test
  void fetch_stalledServer_isLeftAndAskedAgain() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.from() == 0) {
                head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
                out.write(CONTENT, 0, HALF);
                out.flush();
                await(end);
              } else {
                honest(ask, out, CONTENT, "\"1\"");
              }
            })) {
      assertThat(fetch(server.url("/"), 1_000_000, Duration.ofSeconds(1)))
          .hasBinaryContent(CONTENT);
    } finally {
      end.countDown();
    }
  }

  @Test
  void fetch_serverThatNeverAnswers_isGivenUp() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (Answering server = new Answering((ask, out) -> await(end))) {
      assertThatThrownBy(() -> fetch(server.url("/pack.zip"), 1_000_000, Duration.ofMillis(500)))
          .isInstanceOf(SgidException.class)
          .hasMessage(
              server.url("/pack.zip")
                  + " can't be fetched: nothing has come for 0.5 s, 5 times in a row");
    } finally {
      end.countDown();
    }
  }

  private static void await(CountDownLatch end) throws IOException {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void fetch_contentThatChangesBetween_isBegunAnew() throws IOException {
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.from() == 0) {
                head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
                out.write(CONTENT, 0, HALF);
              } else {
                honest(ask, out, OTHER, "\"2\"");
              }
            })) {
      assertThat(fetch(server.url("/"))).hasBinaryContent(OTHER);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "\"2\", 150000, ETag of other content",
    "\"1\", 0, the beginning in place of the rest",
    "\"1\", 150001, one byte further on"
  })
  void fetch_rangeThatIsALie_isBegunAnew(String tag, int start, String what) throws IOException {
    int[] lies = {0};
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.from() > 0) {
                lies[0]++;
                head(
                    out,
                    "206 Partial Content",
                    "ETag: " + tag,
                    "Content-Range: bytes " + start + "-299999/300000",
                    "Content-Length: " + HALF);
                out.write(OTHER, 0, HALF);
              } else if (lies[0] == 0) {
                head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
                out.write(CONTENT, 0, HALF);
              } else {
                honest(ask, out, CONTENT, "\"1\"");
              }
            })) {
      assertThat(fetch(server.url("/"))).as(what).hasBinaryContent(CONTENT);
      assertThat(lies[0]).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ETag: W/\"1\"", "X-Nothing: 1"})
  void fetch_serverWithoutAStrongValidator_isBegunAnew(String header) throws IOException {
    int[] asked = {0};
    try (Answering server =
        new Answering(
            (ask, out) -> {
              head(out, "200 OK", header, "Content-Length: " + CONTENT.length);
              out.write(CONTENT, 0, asked[0]++ == 0 ? HALF : CONTENT.length);
            })) {
      assertThat(fetch(server.url("/"))).hasBinaryContent(CONTENT);
      assertThat(server.requests().get(1).headers()).doesNotContainKey("range");
    }
  }

  @Test
  void fetch_noMoreOfIt_isBegunAnew() throws IOException {
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.from() > 0) {
                head(out, "416 Range Not Satisfiable", "Content-Length: 0");
              } else if (Files.exists(folder.resolve("part"))) {
                honest(ask, out, OTHER, "\"2\"");
              } else {
                head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
                out.write(CONTENT, 0, HALF);
              }
            })) {
      assertThat(fetch(server.url("/"))).hasBinaryContent(OTHER);
    }
  }

  @Test
  void fetch_lengthlessAnswerWithoutEnd_stopsAtTheLimit() throws IOException {
    try (Answering server =
        new Answering(
            (ask, out) -> {
              head(out, "200 OK");
              while (true) {
                out.write(CONTENT);
              }
            })) {
      assertThatThrownBy(() -> fetch(server.url("/"), 400_000))
          .isInstanceOf(SgidException.class)
          .hasMessageContaining("it has more than the 400000 bytes that are allowed");
      assertThat(Files.size(folder.resolve("part"))).isLessThanOrEqualTo(400_000);
    }
  }

  @Test
  void fetch_busyServer_isAskedAgain() throws IOException {
    int[] asked = {0};
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (asked[0]++ < 2) {
                head(out, "503 Service Unavailable", "Content-Length: 0");
              } else {
                honest(ask, out, CONTENT, "\"1\"");
              }
            })) {
      assertThat(fetch(server.url("/"))).hasBinaryContent(CONTENT);
    }
  }

  @Test
  void fetch_noSuchFile_saysSoAtOnce() throws IOException {
    try (Answering server =
        new Answering((ask, out) -> head(out, "404 Not Found", "Content-Length: 0"))) {
      assertThatThrownBy(() -> fetch(server.url("/a")))
          .hasMessage(server.url("/a") + " can't be fetched: the server answers 404");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void fetch_redirects_areFollowed() throws IOException {
    try (Answering server =
        new Answering(
            (ask, out) -> {
              if (ask.path().equals("/a")) {
                head(out, "302 Found", "Location: /b?x=1", "Content-Length: 0");
              } else {
                honest(ask, out, CONTENT, "\"1\"");
              }
            })) {
      assertThat(fetch(server.url("/a"))).hasBinaryContent(CONTENT);
      assertThat(server.requests().get(1).path()).isEqualTo("/b?x=1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/x%d"})
  void fetch_redirectsWithoutEnd_areGivenUp(String location) throws IOException {
    int[] asked = {0};
    try (Answering server =
        new Answering(
            (ask, out) ->
                head(
                    out,
                    "307 Temporary Redirect",
                    "Location: " + location.replace("%d", "" + asked[0]++),
                    "Content-Length: 0"))) {
      assertThatThrownBy(() -> fetch(server.url("/a")))
          .hasMessageEndingWith("it is redirected in a circle, or more than 10 times");
    }
  }

  @Test
  void redirected_toWhatAnybodyCanChange_isRefused() throws IOException {
    URI from = URI.create("https://example.org/a/pack.zip");

    assertThat(Fetch.redirected(from, "../b")).isEqualTo(URI.create("https://example.org/b"));
    assertThat(Fetch.redirected(URI.create("http://example.org/"), "https://example.org/"))
        .isEqualTo(URI.create("https://example.org/"));
    assertThatThrownBy(() -> Fetch.redirected(from, "http://example.org/a"))
        .hasMessageStartingWith("it is redirected from https to http://example.org/a");
    assertThatThrownBy(() -> Fetch.redirected(from, "file:///etc/passwd"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Fetch.redirected(from, "ftp://example.org/a"))
        .hasMessageContaining("neither http nor https");
    assertThatThrownBy(() -> Fetch.redirected(from, "")).hasMessageContaining("to nowhere");
  }

  @Test
  void fetch_interrupted_endsAndKeepsWhatIsThere() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch half = new CountDownLatch(1);
    try (Answering server =
        new Answering(
            (ask, out) -> {
              head(out, "200 OK", "ETag: \"1\"", "Content-Length: " + CONTENT.length);
              out.write(CONTENT, 0, HALF);
              out.flush();
              await(end);
            })) {
      Throwable[] thrown = {null};
      Fetch fetch =
          new Fetch(
              Duration.ofSeconds(60),
              Duration.ofMillis(1),
              1_000_000,
              bytes -> {
                if (bytes == HALF) {
                  half.countDown();
                }
              });
      Thread thread =
          new Thread(
              () -> {
                try {
                  fetch.fetch(URI.create(server.url("/")), folder.resolve("part"));
                } catch (SgidException e) {
                  thrown[0] = e;
                }
              });
      thread.start();
      half.await();
      thread.interrupt();
      thread.join();

      assertThat(thrown[0]).isInstanceOf(SgidException.class).hasMessageContaining("Cancelled");
      assertThat(Files.size(folder.resolve("part"))).isEqualTo(HALF);
    } finally {
      end.countDown();
    }
  }
}
