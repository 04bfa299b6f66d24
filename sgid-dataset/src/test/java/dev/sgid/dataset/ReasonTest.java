package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void of_accessDenied_saysSo() {
    assertThat(Reason.of(new AccessDeniedException("cat/1.png")))
        .isEqualTo("permission denied: cat/1.png");
  }

  @Test
  void of_otherException_isItsMessage() {
    assertThat(Reason.of(new FileSystemException("out", null, "No space left on device")))
        .isEqualTo("out: No space left on device");
    assertThat(Reason.of(new IOException("the file is empty"))).isEqualTo("the file is empty");
  }
}
