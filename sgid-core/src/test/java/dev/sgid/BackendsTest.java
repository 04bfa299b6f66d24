package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.testing.FakeBackend;
import dev.sgid.testing.SecondBackend;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
  @TempDir Path folder;

  @Test
  void only_oneOnTheClassPath_isFound() throws Exception {
    try (TestClassPath path =
        TestClassPath.of(TestClassPath.backendJar(folder, FakeBackend.class))) {
      assertThat(Backends.only().name()).isEqualTo("fake");
    }
  }

  @Test
  void only_noneOnTheClassPath_saysWhatToAdd() {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(Backends::only)
        .withMessage(
            "There is no sgid backend on the class path: add dev.sgid:sgid-onnx, or pass your own"
                + " stages to Sgid.builder(captioner, scorer, generator)")
        .matches(e -> e.stage() == Stage.OPEN);
  }

  @Test
  void only_twoOnTheClassPath_namesBoth() throws Exception {
    Path jar = TestClassPath.backendJar(folder, FakeBackend.class, SecondBackend.class);
    try (TestClassPath path = TestClassPath.of(jar)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(Backends::only)
          .withMessage(
              "There is more than one sgid backend on the class path, remove all but one: fake,"
                  + " second");
    }
  }

  @Test
  void only_backendThatCannotBeLoaded_isNamedWithItsCause() throws Exception {
    Path services = folder.resolve("META-INF").resolve("services");
    Files.createDirectories(services);
    Files.writeString(services.resolve(SgidBackend.class.getName()), "org.example.Missing\n");
    try (TestClassPath path = TestClassPath.of(folder)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(Backends::only)
          .withMessageStartingWith("A backend on the class path can't be used: ")
          .withMessageContaining("org.example.Missing")
          .withCauseInstanceOf(ServiceConfigurationError.class);
    }
  }

  @Test
  void only_contextLoaderThatDoesNotKnowSgid_looksBesideSgid() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader knowingNothing = new URLClassLoader(new URL[0], null)) {
      thread.setContextClassLoader(knowingNothing);

      assertThat(ClassPath.loader()).isSameAs(Sgid.class.getClassLoader());
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
