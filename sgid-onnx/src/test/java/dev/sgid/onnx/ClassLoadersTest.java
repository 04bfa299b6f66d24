package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.onnx.reference.OwnJvm;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server does that gives each application libraries of its own. */
class ClassLoadersTest {
  @TempDir Path pack;
  @TempDir Path cache;

  /** Opens a pack in two class loaders at the same time, and closes them all again. */
  static final class Applications {
    public static void main(String[] args) throws Exception {
      List<URL> urls = new ArrayList<>();
      for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        urls.add(Path.of(path).toUri().toURL());
      }
      List<Thread> threads = new ArrayList<>();
      List<URLClassLoader> loaders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        URLClassLoader own =
            new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        loaders.add(own);
        threads.add(new Thread(() -> open(own, args[0])));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      for (URLClassLoader loader : loaders) {
        loader.close(); // as a server does; the JVM's shutdown comes after
      }
    }

    private static void open(ClassLoader own, String pack) {
      Thread.currentThread().setContextClassLoader(own);
      try {
        Method open = own.loadClass("dev.sgid.Sgid").getMethod("open", Path.class);
        Object sgid = open.invoke(null, Path.of(pack));
        System.out.println("opened " + sgid.getClass().getMethod("settings").invoke(sgid));
        sgid.getClass().getMethod("close").invoke(sgid);
      } catch (ReflectiveOperationException e) {
        System.out.println(e.getCause());
      }
    }
  }

  @Test
  void open_inTwoClassLoaders_worksInBothAndEndsQuietly() throws IOException {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");

    String printed =
        new OwnJvm().options("-Dsgid.cache=" + cache).run(Applications.class, pack.toString());

    assertThat(printed.lines().filter(line -> line.startsWith("opened")).count())
        .as(printed)
        .isEqualTo(2);
    assertThat(printed).doesNotContain("Exception");
  }
}
