package dev.sgid.dataset;

import dev.sgid.dataset.internal.text.CodePointOrder;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/**
 * What lies directly in a folder, links followed, hidden entries left out; ordered by name.
 *
 * @param folders the folders
 * @param files the files that can be read like files, and links that lead nowhere
 * @param others pipes, sockets and devices, reading which may wait for ever
 * @param broken what can't be looked at, with the reason
 */
record Folder(List<Entry> folders, List<Entry> files, List<Entry> others, List<Broken> broken) {
  /**
   * A file or folder.
   *
   * @param path where it is
   * @param name its own name
   */
  record Entry(Path path, FileName name) {
    String text() {
      return name.text();
    }
  }

  /**
   * What can't be looked at.
   *
   * @param entry which
   * @param reason why not
   */
  record Broken(Entry entry, String reason) {}

  /** Looks into a folder. */
  static Folder read(Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path path : stream) {
        Entry entry = new Entry(path, FileName.of(path));
        if (!ImageFiles.isHidden(entry.text())) {
          entries.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(
        Comparator.comparing(Entry::text, CodePointOrder.INSTANCE)
            .thenComparing(entry -> !entry.name().decodable())); // a name before what only shows so
    Folder found =
        new Folder(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    entries.forEach(found::sortIn);
    return found;
  }

  private void sortIn(Entry entry) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(entry.path(), BasicFileAttributes.class);
      (attributes.isDirectory() ? folders : attributes.isOther() ? others : files).add(entry);
    } catch (IOException e) {
      if (e instanceof NoSuchFileException) {
        files.add(entry); // a link to nowhere: if it is an image, its loss is told when it is read
      } else {
        broken.add(new Broken(entry, Reason.of(e)));
      }
    }
  }

  /** Whether there is an image in a folder, however deep, where links lead that are followed. */
  static boolean holdsImages(Path folder, Links links) throws IOException {
    ImageFinder finder = new ImageFinder(folder, links);
    Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, finder);
    return finder.found;
  }

  private static final class ImageFinder extends SimpleFileVisitor<Path> {
    private final Path top;
    private final Links links;
    private boolean found;

    ImageFinder(Path top, Links links) {
      this.top = top;
      this.links = links;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean hidden = ImageFiles.isHidden(FileName.of(folder).text());
      return !folder.equals(top) && (hidden || links.refusal(folder) != null)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = FileName.of(file).text();
      found |= attributes.isRegularFile() && ImageFiles.isImage(name) && !ImageFiles.isHidden(name);
      return found ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // what can't be looked into can't be taken for a class
    }
  }
}
