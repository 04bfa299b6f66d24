package dev.sgid.examples.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@Timeout(180)
class SpringBootServiceTest {
  private static final Path BOOT = Path.of("../data/fashion/ankle_boot/fashion-50000.png");
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Pattern HELD = Pattern.compile("^held$");
  private static final int SIGTERM = 128 + 15;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void augment_image_givesACopyOfItsSize() throws Exception {
    try (ConfigurableApplicationContext service = start()) {
      requireCopy(
          client.send(
              post(port(service), BodyPublishers.ofFile(BOOT)), BodyHandlers.ofByteArray()));
    }
  }

  @Test
  void augment_noImage_isABadRequest() throws Exception {
    try (ConfigurableApplicationContext service = start()) {
      HttpRequest request = post(port(service), BodyPublishers.ofString("no image"));
      assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(400);
    }
  }

  /** The whole of the call comes after the signal: its first run of a model, too. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signal that lets hooks run")
  void sigterm_requestAccepted_getsItsPictureAndTheProcessEnds() throws Exception {
    Process service = serviceWhoseRequestsAreHeld();
    try (BufferedReader log = service.inputReader(UTF_8)) {
      String port = awaitLine(log, STARTED).group(1);
      CompletableFuture<HttpResponse<byte[]>> response =
          client.sendAsync(post(port, BodyPublishers.ofFile(BOOT)), BodyHandlers.ofByteArray());
      MatchResult ignored = awaitLine(log, HELD);

      assertThat(service.toHandle().destroy()).isTrue();

      requireCopy(response.get());
      List<String> rest = log.lines().toList();
      assertThat(service.waitFor()).as("%s", rest).isEqualTo(SIGTERM);
    } finally {
      Process ignored = service.destroyForcibly();
    }
  }

  private static ConfigurableApplicationContext start() {
    return SpringApplication.run(SpringBootService.class, "--server.port=0");
  }

  private static String port(ConfigurableApplicationContext service) {
    return service.getEnvironment().getRequiredProperty("local.server.port");
  }

  private static HttpRequest post(String port, BodyPublisher body) {
    return HttpRequest.newBuilder(
            URI.create("http://localhost:" + port + "/augment?label=ankle+boot"))
        .header("Content-Type", "image/png")
        .POST(body)
        .build();
  }

  private static void requireCopy(HttpResponse<byte[]> response) throws IOException {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Sgid-Prompt"))
        .get()
        .asString()
        .startsWith("ankle boot, ");
    BufferedImage copy = ImageIO.read(new ByteArrayInputStream(response.body()));
    assertThat(copy.getWidth()).isEqualTo(32);
    assertThat(copy.getHeight()).isEqualTo(32);
  }

  private static Process serviceWhoseRequestsAreHeld() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            SpringBootService.class.getName(),
            "--server.port=0",
            "--spring.main.sources=" + HeldRequests.class.getName())
        .redirectErrorStream(true)
        .start();
  }

  private static MatchResult awaitLine(BufferedReader log, Pattern wanted) throws IOException {
    List<String> before = new ArrayList<>();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = wanted.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
      before.add(line);
    }
    throw new AssertionError("No line like " + wanted + " in " + before);
  }
}
