package dev.sgid.examples.spring;

import dev.sgid.Augmentation;
import dev.sgid.Sgid;
import dev.sgid.dataset.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Makes a copy of an image that is posted, as a PNG file: {@code curl --data-binary @boot.png
 * "localhost:8080/augment?label=ankle+boot" -H "Content-Type: image/png" -o copy.png}.
 *
 * <p>When the process is told to end, Spring waits for requests that it has accepted, and then
 * closes its beans, {@code Sgid} among them, which lets the JVM end.
 */
@RestController
@SpringBootApplication(proxyBeanMethods = false)
public class SpringBootService {
  /** A bit more than {@code spring.lifecycle.timeout-per-shutdown-phase}. */
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(35);

  private final Sgid sgid;

  /** For Spring. */
  SpringBootService(Sgid sgid) {
    this.sgid = sgid;
  }

  /**
   * Starts the service.
   *
   * @param args Spring's, like {@code --server.port=8080}
   */
  public static void main(String[] args) {
    ImageIO.setUseCache(false); // its temporary files are refused once the shutdown has begun
    SpringApplication.run(SpringBootService.class, args);
  }

  /** One for all requests: it is thread-safe, and its models are large. Spring closes it. */
  @Bean
  static Sgid sgid() {
    return Sgid.builder().withShutdownGrace(SHUTDOWN_GRACE).build();
  }

  /** A copy; the same for the same image and label each time. */
  @PostMapping(path = "/augment", produces = MediaType.IMAGE_PNG_VALUE)
  ResponseEntity<byte[]> augment(@RequestBody byte[] file, @RequestParam String label)
      throws IOException {
    Augmentation a = sgid.augment(image(file), label);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(a.image(), "png", png);
    return ResponseEntity.ok().header("Sgid-Prompt", a.prompt()).body(png.toByteArray());
  }

  private static BufferedImage image(byte[] file) {
    try {
      return new ImageDecoder().decode(file);
    } catch (IOException e) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
    }
  }
}
