package dev.sgid.dataset;

import dev.sgid.dataset.Folder.Broken;
import dev.sgid.dataset.Folder.Entry;
import dev.sgid.dataset.internal.text.CodePointOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A data set of one folder per class, as torchvision's ImageFolder reads it.
 *
 * <p>Unlike there, images in folders below a class folder are not taken for the class's own: that
 * makes classes out of splits. Such folders are refused by name; those without any image don't
 * count.
 *
 * @param folder the data set
 * @param sources the images, ordered by class and path, by code point
 * @param failures what could not be looked into, links that are not followed, and what has no name
 *     to tell it by
 * @param ignored files that are no images, pipes and sockets among them, or lie in no class folder;
 *     relative to the data set
 */
record ClassFolders(Path folder, List<Source> sources, List<Failure> failures, List<String> ignored)
    implements DatasetReader {
  ClassFolders {
    sources = List.copyOf(sources);
    failures = List.copyOf(failures);
    ignored = List.copyOf(ignored);
  }

  /**
   * Looks through a folder.
   *
   * @throws DatasetException if it can't be read, holds folders in class folders or no image
   */
  static ClassFolders read(Path in, Links links) {
    requireFolder(in);
    Finder finder = new Finder(in, links);
    try {
      finder.lookThrough();
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
    return finder.found();
  }

  static void requireFolder(Path in) {
    if (!Files.isDirectory(in)) {
      throw new DatasetException(
          Files.exists(in) ? in + " is not a folder" : "There is no folder or file " + in);
    }
  }

  @Override
  public String format() {
    return "class folders";
  }

  @Override
  public Iterator<Source> iterator() {
    return sources.iterator();
  }

  @Override
  public int size() {
    return sources.size();
  }

  private static final class Finder {
    private final Path in;
    private final Links links;
    private final List<Source> sources = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    Finder(Path in, Links links) {
      this.in = in;
      this.links = links;
    }

    private void lookThrough() throws IOException {
      Folder top = Folder.read(in);
      top.files().forEach(file -> ignored.add(file.text()));
      top.others().forEach(other -> ignored.add(other.text()));
      top.broken().forEach(broken -> fail("", broken));
      Set<String> labels = new HashSet<>();
      for (Entry folder : top.folders()) {
        if (requireLed("", folder) && requireLabel(folder) && requireAlone(folder.text(), labels)) {
          lookInto(folder);
        }
      }
    }

    private void lookInto(Entry classFolder) throws IOException {
      String label = classFolder.text();
      Folder found;
      try {
        found = Folder.read(classFolder.path());
      } catch (IOException e) {
        failures.add(new Failure(label, Reason.of(e)));
        return;
      }
      for (Entry nested : found.folders()) {
        if (requireLed(label + "/", nested)) {
          requireNoImages(classFolder, nested);
          ignored.add(label + "/" + nested.text());
        }
      }
      found.others().forEach(other -> ignored.add(label + "/" + other.text()));
      found.broken().forEach(broken -> fail(label + "/", broken));
      Set<String> names = new HashSet<>();
      for (Entry file : found.files()) {
        String source = label + "/" + file.text();
        if (!ImageFiles.isImage(file.text())) {
          ignored.add(source);
        } else if (requireLed(label + "/", file) && requireAlone(source, names)) {
          sources.add(new Source(file.path(), source, label));
        }
      }
    }

    /** Lists a link that is not followed. */
    private boolean requireLed(String folder, Entry entry) {
      String refusal = links.refusal(entry.path());
      if (refusal != null) {
        failures.add(new Failure(folder + entry.text(), refusal));
      }
      return refusal == null;
    }

    private boolean requireLabel(Entry folder) {
      if (!folder.name().decodable()) {
        failures.add(
            new Failure(
                folder.text(),
                "the folder's name is no text that can be read (UTF-8), so it is no label: rename"
                    + " it"));
        return false;
      }
      if (!Source.isLabel(folder.text())) {
        throw new DatasetException(
            "The folder name \"" + folder.text() + "\" in " + in + " is no label");
      }
      return true;
    }

    private boolean requireAlone(String name, Set<String> names) {
      boolean alone = names.add(name);
      if (!alone) {
        failures.add(
            new Failure(
                name,
                "its name is no text that can be read (UTF-8), and prints like another's: rename"
                    + " it"));
      }
      return alone;
    }

    private void requireNoImages(Entry classFolder, Entry nested) throws IOException {
      if (Folder.holdsImages(nested.path(), links)) {
        throw new DatasetException(
            classFolder.path()
                + " holds a folder of images, "
                + nested.text()
                + ", where the images of one class are expected: move them up, take the folder"
                + " away, or give the folder that holds the class folders itself");
      }
    }

    private void fail(String folder, Broken broken) {
      failures.add(new Failure(folder + broken.entry().text(), broken.reason()));
    }

    private ClassFolders found() {
      if (sources.isEmpty() && failures.isEmpty()) {
        throw new DatasetException(
            "There are no images in "
                + in
                + ": it must hold one folder per class, like "
                + in.resolve("cat").resolve("1.jpg")
                + ", or images and a metadata.jsonl with a file_name and a label for each"
                + (ignored.isEmpty() ? "" : "; it holds " + ignored.get(0)));
      }
      Comparator<String> order = CodePointOrder.INSTANCE;
      sources.sort(Comparator.comparing(Source::label, order).thenComparing(Source::source, order));
      failures.sort(Comparator.comparing(Failure::source, order));
      ignored.sort(order);
      return new ClassFolders(in, sources, failures, ignored);
    }
  }
}
