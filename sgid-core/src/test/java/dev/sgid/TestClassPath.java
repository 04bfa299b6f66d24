package dev.sgid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A class path of the test's own: the context class loader sees its jars until it is closed.
 *
 * <p>Backends are loaded anew by that loader, not by its parent, because the service loader passes
 * over what a named module holds, as the tests do, without providing it.
 */
final class TestClassPath implements AutoCloseable {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final URLClassLoader loader;

  private TestClassPath(List<URL> jars) {
    loader = new BackendsFirst(jars.toArray(URL[]::new), TestClassPath.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
  }

  /** A class path of these jars or folders. */
  static TestClassPath of(Path... jars) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return new TestClassPath(urls);
  }

  /** A jar of {@code folder} that registers {@code backends}, which it holds. */
  static Path backendJar(Path folder, Class<?>... backends) throws IOException {
    Path jar = Files.createTempFile(folder, "backend", ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      StringBuilder names = new StringBuilder();
      for (Class<?> backend : backends) {
        String path = backend.getName().replace('.', '/') + ".class";
        try (InputStream in = backend.getResourceAsStream("/" + path)) {
          put(out, path, requireNonNull(in).readAllBytes());
        }
        names.append(backend.getName()).append('\n');
      }
      put(out, "META-INF/services/" + SgidBackend.class.getName(), utf8(names.toString()));
    }
    return jar;
  }

  static void put(JarOutputStream out, String path, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(path));
    out.write(content);
    out.closeEntry();
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  @Override
  public void close() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }

  private static final class BackendsFirst extends URLClassLoader {
    BackendsFirst(URL[] jars, ClassLoader parent) {
      super(jars, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.endsWith("Backend") || name.equals(SgidBackend.class.getName())) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }
  }
}
