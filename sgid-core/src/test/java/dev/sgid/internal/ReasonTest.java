package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void of_whereJavaHasOnlyTheFile_saysWhatIsWrong() {
    assertThat(Reason.of(new AccessDeniedException("/c"))).isEqualTo("permission denied: /c");
    assertThat(Reason.of(new NotDirectoryException("/c"))).isEqualTo("not a folder: /c");
    assertThat(Reason.of(new NoSuchFileException("/c"))).isEqualTo("no such file or folder: /c");
    assertThat(Reason.of(new FileAlreadyExistsException("/c")))
        .isEqualTo("something of that name is in the way: /c");
    assertThat(Reason.of(new ReadOnlyFileSystemException())).isEqualTo("read-only file system");
  }

  @Test
  void of_whereJavaSaysIt_isWhatJavaSays() {
    assertThat(Reason.of(new FileSystemException("/c", null, "No space left on device")))
        .isEqualTo("/c: No space left on device");
    assertThat(Reason.of(new IOException("Broken pipe"))).isEqualTo("Broken pipe");
  }
}
