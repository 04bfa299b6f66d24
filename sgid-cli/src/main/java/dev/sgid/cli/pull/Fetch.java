package dev.sgid.cli.pull;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.internal.RootCause;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files over HTTP(S), each going on where a former attempt stopped.
 *
 * <p>A file that is not complete lies beside a note of what it is a part of: the address and the
 * server's validator (a strong ETag, or the time of its last change), which goes along as If-Range.
 * Where the server has something else by now, or can't say, the file is begun anew. What is
 * complete is for the caller to verify.
 *
 * @param patience how long nothing may come
 * @param pause before an attempt is repeated, twice as long each time
 * @param most how many bytes a file may have
 * @param progress hears how many bytes of the file are there
 */
record Fetch(Duration patience, Duration pause, long most, LongConsumer progress) {
  private static final int REDIRECTS = 10;
  private static final int ATTEMPTS = 5; // in a row that bring nothing
  private static final Set<Integer> REDIRECTED = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> LATER = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER) // each step is looked at
          .connectTimeout(Duration.ofSeconds(30))
          .build();

  /** An attempt that may be repeated. */
  private static final class Again extends IOException {
    private static final long serialVersionUID = 1L;

    Again(String why) {
      super(why);
    }
  }

  /**
   * Fetches a file.
   *
   * @param part where it comes to lie, or lies already in part
   * @throws SgidException naming the address and what went wrong; what is there stays for the next
   *     time
   */
  void fetch(URI address, Path part) {
    int inVain = 0;
    while (true) {
      long before = size(part);
      try {
        attempt(address, part);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SgidException.cancelled(Stage.OPEN);
      } catch (Again e) {
        inVain = size(part) > before ? 1 : inVain + 1;
        if (inVain >= ATTEMPTS) {
          throw failed(address, e.getMessage() + ", " + ATTEMPTS + " times in a row", e);
        }
        rest(pause.multipliedBy(1L << inVain));
      } catch (IOException e) {
        throw failed(address, Reason.of(e), e);
      }
    }
  }

  private static void rest(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    }
  }

  private static long size(Path part) {
    try {
      return Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private void attempt(URI address, Path part) throws IOException, InterruptedException {
    Set<URI> visited = new LinkedHashSet<>();
    URI at = address;
    while (true) {
      if (!visited.add(at) || visited.size() > REDIRECTS) {
        throw new IOException("it is redirected in a circle, or more than " + REDIRECTS + " times");
      }
      Note note = Note.of(part, address);
      HttpResponse<@Nullable Void> response = send(at, part, note);
      int status = response.statusCode();
      if (REDIRECTED.contains(status)) {
        at = redirected(at, response.headers().firstValue("Location").orElse(""));
      } else if (status == 416) {
        Note.forget(part);
        throw new Again("the server has no more of it");
      } else if (LATER.contains(status)) {
        throw new Again("the server answers " + status);
      } else if (status != 200 && status != 206) {
        throw new IOException("the server answers " + status);
      } else {
        return;
      }
    }
  }

  /**
   * Where a redirect leads; never from an address that nobody can listen to to one that many can.
   */
  static URI redirected(URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is redirected to " + location + ", which is no address", e);
    }
    boolean secure = "https".equalsIgnoreCase(to.getScheme());
    if (location.isEmpty() || to.getHost() == null) {
      throw new IOException("it is redirected to nowhere");
    }
    if (!secure && !"http".equalsIgnoreCase(to.getScheme())) {
      throw new IOException("it is redirected to " + to + ", which is neither http nor https");
    }
    if (!secure && "https".equalsIgnoreCase(from.getScheme())) {
      throw new IOException(
          "it is redirected from https to " + to + ", where anybody can change it");
    }
    return to;
  }

  private HttpResponse<@Nullable Void> send(URI at, Path part, Note note)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(at).header("Accept-Encoding", "identity");
    if (note.resumes()) {
      request.header("Range", "bytes=" + note.bytes() + "-").header("If-Range", note.validator());
    }
    Receiver receiver = new Receiver(part, most, progress);
    CompletableFuture<HttpResponse<@Nullable Void>> response =
        CLIENT.sendAsync(
            request.build(),
            info -> {
              receiver.tick();
              if (info.statusCode() != 200 && info.statusCode() != 206) {
                return BodySubscribers.replacing(null);
              }
              return receiver.from(begin(info, note, part));
            });
    try {
      return wait(response, receiver);
    } finally {
      boolean ignored = response.cancel(true); // does nothing where it is done
      receiver.close();
    }
  }

  /** Where what comes goes on in the file; -1 where it is of no use. */
  private static long begin(HttpResponse.ResponseInfo info, Note note, Path part) {
    HttpHeaders headers = info.headers();
    String validator = Note.validator(headers);
    if (info.statusCode() == 200) {
      Note.write(part, note.address(), validator);
      return 0;
    }
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    boolean fits =
        note.resumes()
            && range.matches()
            && Long.parseLong(range.group(1)) == note.bytes()
            // a server that does not know If-Range
            && (validator.isEmpty() || validator.equals(note.validator()));
    return fits ? note.bytes() : -1;
  }

  private HttpResponse<@Nullable Void> wait(
      CompletableFuture<HttpResponse<@Nullable Void>> response, Receiver receiver)
      throws IOException, InterruptedException {
    long step = Math.max(1, Math.min(1000, patience.toMillis() / 4));
    while (true) {
      try {
        return response.get(step, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (receiver.silence().compareTo(patience) > 0) {
          throw new Again("nothing has come for " + patience.toMillis() / 1000.0 + " s");
        }
      } catch (ExecutionException e) {
        Throwable cause = RootCause.of(e);
        if (cause instanceof Receiver.Unusable unusable) {
          if (unusable.isFinal()) {
            throw unusable;
          }
          Note.forget(receiver.part()); // begun anew, next time
        }
        throw new Again(
            cause.getMessage() == null ? cause.getClass().getSimpleName() : Reason.of(cause));
      }
    }
  }

  private static SgidException failed(URI address, String why, Throwable cause) {
    return new SgidException(Stage.OPEN, address + " can't be fetched: " + why, cause);
  }

  /**
   * What a file that is not complete is a part of.
   *
   * @param address where it comes from
   * @param validator what tells the server's content apart; empty where nothing does
   * @param bytes how many are there
   */
  private record Note(String address, String validator, long bytes) {
    boolean resumes() {
      return bytes > 0 && !validator.isEmpty();
    }

    static Note of(Path part, URI address) {
      try {
        List<String> lines = Files.readAllLines(file(part), UTF_8);
        if (lines.size() == 2 && lines.get(0).equals(address.toString())) {
          return new Note(lines.get(0), lines.get(1), size(part));
        }
      } catch (IOException e) {
        return new Note(address.toString(), "", 0); // there is none, or it can't be read
      }
      return new Note(address.toString(), "", 0);
    }

    static void write(Path part, String address, String validator) {
      try {
        Path ignored = Files.writeString(file(part), address + "\n" + validator + "\n", UTF_8);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    static void forget(Path part) {
      try {
        boolean ignored = Files.deleteIfExists(file(part));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private static Path file(Path part) {
      return part.resolveSibling(part.getFileName() + ".from");
    }

    /** A weak ETag is of no use: what it stands for may differ in its bytes. */
    static String validator(HttpHeaders headers) {
      return headers
          .firstValue("ETag")
          .filter(tag -> tag.startsWith("\""))
          .or(() -> headers.firstValue("Last-Modified"))
          .orElse("");
    }
  }
}
