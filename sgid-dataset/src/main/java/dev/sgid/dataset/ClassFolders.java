package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What lies in a data set of one folder per class, as torchvision's ImageFolder reads it: every
 * image anywhere below a class folder, links followed.
 *
 * <p>What an image is, its file extension says; so a file that is broken is told from one that is
 * no image. Hidden files and folders, whose names begin with a dot, don't count.
 *
 * @param sources the images, ordered by class and path, by code point
 * @param failures what could not be looked into
 * @param ignored files that are no images, pipes and sockets among them, or lie in no class folder;
 *     relative to the data set
 */
record ClassFolders(List<Source> sources, List<Failure> failures, List<String> ignored) {
  /** Also those that nothing here can decode: they are images, and their loss is to be told. */
  private static final Set<String> EXTENSIONS =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "apng", "gif", "bmp", "webp", "tif", "tiff", "ppm",
          "pgm", "pbm", "pnm", "heic", "heif", "avif", "jp2", "jxl");

  ClassFolders {
    sources = List.copyOf(sources);
    failures = List.copyOf(failures);
    ignored = List.copyOf(ignored);
  }

  /**
   * Looks through a folder.
   *
   * @throws DatasetException if it can't be read, has a loop of links or holds no image
   */
  static ClassFolders read(Path in) {
    if (!Files.isDirectory(in)) {
      throw new DatasetException(
          Files.exists(in) ? in + " is not a folder" : "There is no folder " + in);
    }
    Finder finder = new Finder(in);
    try {
      Files.walkFileTree(in, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, finder);
    } catch (FileSystemLoopException e) {
      throw new DatasetException(
          in + " has a link that leads back to a folder above it: " + e.getFile(), e);
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
    return finder.found();
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path in;
    private final List<Source> sources = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    Finder(Path in) {
      this.in = in;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return !folder.equals(in) && isHidden(folder)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (isHidden(file)) {
        return FileVisitResult.CONTINUE;
      }
      Path path = in.relativize(file);
      String source = text(path);
      if (path.getNameCount() < 2 || attributes.isOther() || !hasImageExtension(source)) {
        // "other" is a pipe or a socket, reading which may wait for ever
        ignored.add(source);
      } else {
        sources.add(new Source(file, source, path.getName(0).toString()));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof FileSystemLoopException || file.equals(in)) {
        throw e;
      }
      failures.add(new Failure(text(in.relativize(file)), Reason.of(e)));
      return FileVisitResult.CONTINUE;
    }

    private ClassFolders found() {
      if (sources.isEmpty() && failures.isEmpty()) {
        throw new DatasetException(
            "There are no images in "
                + in
                + ": it must hold one folder per class, like "
                + in.resolve("cat").resolve("1.jpg")
                + (ignored.isEmpty() ? "" : ", and holds " + ignored.get(0)));
      }
      Comparator<String> order = CodePointOrder.INSTANCE;
      sources.sort(Comparator.comparing(Source::label, order).thenComparing(Source::source, order));
      for (Source source : sources) {
        if (source.label().replace('_', ' ').isBlank()) {
          throw new DatasetException(
              "The folder name \"" + source.label() + "\" of " + source.source() + " is no label");
        }
      }
      failures.sort(Comparator.comparing(Failure::source, order));
      ignored.sort(order);
      return new ClassFolders(sources, failures, ignored);
    }

    private static boolean isHidden(Path path) {
      return path.getFileName().toString().startsWith(".");
    }

    private static boolean hasImageExtension(String name) {
      return EXTENSIONS.contains(
          name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static String text(Path relative) {
      return String.join(
          "/", StreamSupport.stream(relative.spliterator(), false).map(Path::toString).toList());
    }
  }
}
