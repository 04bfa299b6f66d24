package dev.sgid.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * The folder that is written, wherever it lies. Files appear whole, by a rename; names are relative
 * to it, with {@code /}.
 */
interface OutStore extends AutoCloseable {
  /** The folder of a URI that Hadoop knows, or a path. */
  static OutStore of(String out, Configuration hadoop) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(out);
    FileSystem files = path.getFileSystem(hadoop);
    return files.getUri().getScheme().equals("file")
        ? new Local(Path.of(URI.create("file:" + files.makeQualified(path).toUri().getRawPath())))
        : new Remote(files, path);
  }

  /** Puts a file there in place of what is there; the local one may be gone then. */
  void put(Path local, String name) throws IOException;

  /** Writes a file in place of what is there. */
  void put(byte[] content, String name) throws IOException;

  /** A stream that is no file before {@link #rename}. */
  OutputStream create(String name) throws IOException;

  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /** Names of the files in a folder, without it; none where it is not there. */
  List<String> list(String folder) throws IOException;

  /**
   * A file's content.
   *
   * @throws FileNotFoundException if there is none
   */
  InputStream open(String name) throws IOException;

  /** What Spark reads a file by. */
  String uri(String name);

  @Override
  default void close() throws IOException {}

  /** A folder of this machine, or one that all machines see under its path. */
  record Local(Path out) implements OutStore {
    @Override
    public void put(Path local, String name) throws IOException {
      Path whole = temporary();
      try {
        Files.copy(local, whole, StandardCopyOption.REPLACE_EXISTING); // perhaps another disk
        move(whole, target(name));
      } finally {
        Files.deleteIfExists(whole);
      }
    }

    @Override
    public void put(byte[] content, String name) throws IOException {
      Path whole = temporary();
      try {
        Files.write(whole, content);
        move(whole, target(name));
      } finally {
        Files.deleteIfExists(whole);
      }
    }

    private Path temporary() throws IOException {
      Path folder = out.resolve(SparkOutput.PARTS);
      Files.createDirectories(folder);
      return Files.createTempFile(folder, ".put-", ".tmp");
    }

    private Path target(String name) throws IOException {
      Path file = out.resolve(name);
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return file;
    }

    private static void move(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public OutputStream create(String name) throws IOException {
      return Files.newOutputStream(target(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      move(out.resolve(from), target(to));
    }

    @Override
    public void delete(String name) throws IOException {
      Files.deleteIfExists(out.resolve(name));
    }

    @Override
    public List<String> list(String folder) throws IOException {
      try (Stream<Path> files = Files.list(out.resolve(folder))) {
        return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
      } catch (NoSuchFileException e) {
        return List.of();
      }
    }

    @Override
    public InputStream open(String name) throws IOException {
      try {
        return Files.newInputStream(out.resolve(name));
      } catch (NoSuchFileException e) {
        throw (FileNotFoundException) new FileNotFoundException(name).initCause(e);
      }
    }

    @Override
    public String uri(String name) {
      return out.resolve(name).toUri().toString();
    }
  }

  /** A folder of a file system that Hadoop knows. */
  record Remote(FileSystem files, org.apache.hadoop.fs.Path out) implements OutStore {
    private org.apache.hadoop.fs.Path path(String name) {
      return name.isEmpty() ? out : new org.apache.hadoop.fs.Path(out, name);
    }

    private org.apache.hadoop.fs.Path temporary() {
      return path(SparkOutput.PARTS + "/.put-" + java.util.UUID.randomUUID() + ".tmp");
    }

    @Override
    public void put(Path local, String name) throws IOException {
      org.apache.hadoop.fs.Path whole = temporary();
      files.copyFromLocalFile(false, true, new org.apache.hadoop.fs.Path(local.toUri()), whole);
      move(whole, path(name));
    }

    @Override
    public void put(byte[] content, String name) throws IOException {
      org.apache.hadoop.fs.Path whole = temporary();
      try (OutputStream stream = files.create(whole, true)) {
        stream.write(content);
      }
      move(whole, path(name));
    }

    /** Most file systems rename over no file that is there. */
    private void move(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      files.mkdirs(to.getParent());
      boolean replaced = files.exists(to) && files.delete(to, false);
      if (!files.rename(from, to)) {
        throw new IOException(
            from + " can't be renamed to " + to + (replaced ? ", which was there before" : ""));
      }
    }

    @Override
    public OutputStream create(String name) throws IOException {
      return files.create(path(name), true);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      move(path(from), path(to));
    }

    @Override
    public void delete(String name) throws IOException {
      if (!files.delete(path(name), true) && files.exists(path(name))) {
        throw new IOException(path(name) + " can't be deleted");
      }
    }

    @Override
    public List<String> list(String folder) throws IOException {
      List<String> names = new ArrayList<>();
      try {
        for (FileStatus file : files.listStatus(path(folder))) {
          names.add(file.getPath().getName());
        }
      } catch (FileNotFoundException e) {
        return List.of();
      }
      names.sort(null);
      return names;
    }

    @Override
    public InputStream open(String name) throws IOException {
      return files.open(path(name));
    }

    @Override
    public String uri(String name) {
      return path(name).toString();
    }
  }
}
