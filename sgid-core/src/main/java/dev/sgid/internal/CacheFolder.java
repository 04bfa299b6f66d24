package dev.sgid.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The folder that all lies in which sgid unpacks: the embedded pack and the native libraries.
 *
 * <p>It is the one that the caller names, or the system property {@code sgid.cache}, or the
 * environment variable {@code SGID_CACHE}; else {@code sgid} in the user's cache folder: {@code
 * XDG_CACHE_HOME}, {@code ~/.cache}, on Windows {@code LOCALAPPDATA}. Where nobody has named one
 * and the user has no home, or one that can't be written, a folder of the user's own below the
 * temporary folder takes its place.
 *
 * @param path the folder, absolute; it need not exist
 * @param named whether the caller, the property or the variable names it: then no other is taken
 */
public record CacheFolder(Path path, boolean named) {
  /** How another folder is chosen, for messages. */
  public static final String REMEDY =
      "choose another folder with -Dsgid.cache=FOLDER, SGID_CACHE or Builder.withCacheFolder";

  /**
   * The folder to use.
   *
   * @param chosen the caller's; null for the default
   * @throws IOException if no folder is named and there is neither a home nor a temporary folder
   */
  public static CacheFolder of(@Nullable Path chosen) throws IOException {
    return of(chosen, System::getProperty, System::getenv);
  }

  /** The same, in these surroundings; both give null for what is not there. */
  static CacheFolder of(
      @Nullable Path chosen,
      UnaryOperator<@Nullable String> property,
      UnaryOperator<@Nullable String> environment)
      throws IOException {
    if (chosen != null) {
      return new CacheFolder(chosen.toAbsolutePath(), true);
    }
    String named = first(property.apply("sgid.cache"), environment.apply("SGID_CACHE"));
    if (named != null) {
      return new CacheFolder(Path.of(named).toAbsolutePath(), true);
    }
    Path users = ofUser(property, environment);
    return users != null ? new CacheFolder(users, false) : temporary();
  }

  private static @Nullable Path ofUser(
      UnaryOperator<@Nullable String> property, UnaryOperator<@Nullable String> environment) {
    boolean windows =
        String.valueOf(property.apply("os.name")).toLowerCase(Locale.ROOT).startsWith("windows");
    Path caches = absolute(environment.apply(windows ? "LOCALAPPDATA" : "XDG_CACHE_HOME"));
    if (caches == null) {
      Path home = absolute(property.apply("user.home")); // "?" for a user that the system lacks
      home = home != null ? home : absolute(environment.apply("HOME"));
      if (home == null) {
        return null;
      }
      caches = windows ? home.resolve("AppData").resolve("Local") : home.resolve(".cache");
    }
    return caches.resolve("sgid");
  }

  private static @Nullable Path absolute(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return null;
    }
    try {
      Path absolute = Path.of(path);
      return absolute.isAbsolute() ? absolute : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one != null && !one.isEmpty() ? one : other != null && !other.isEmpty() ? other : null;
  }

  /**
   * The folder that takes the default's place, {@code sgid-OWNER} in the temporary folder. Made if
   * it is not there; code is loaded from it, so it must be nobody else's.
   *
   * @throws IOException if it can't be made, or others may write into it
   */
  public static CacheFolder temporary() throws IOException {
    return new CacheFolder(ownFolder(Path.of(System.getProperty("java.io.tmpdir"))), false);
  }

  static Path ownFolder(Path temporary) throws IOException {
    // what the system takes the user for, which may be a number, shows on what the user makes
    Path probe = Files.createTempDirectory(temporary.toAbsolutePath(), "sgid-");
    try {
      UserPrincipal user = Files.getOwner(probe);
      Path folder = probe.resolveSibling("sgid-" + user.getName().replaceAll("[^\\w.-]", "_"));
      boolean posix = Files.getFileStore(probe).supportsFileAttributeView("posix");
      try {
        if (posix) {
          Files.createDirectory(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
          Files.createDirectory(folder);
        }
      } catch (FileAlreadyExistsException e) {
        if (posix && !isOwn(folder, user)) {
          throw new FileSystemException(
              folder.toString(), null, "it belongs to somebody else, or others may write into it");
        }
      }
      return folder;
    } finally {
      Files.delete(probe);
    }
  }

  private static boolean isOwn(Path folder, UserPrincipal user) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.isDirectory()
        && found.owner().equals(user)
        && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }
}
