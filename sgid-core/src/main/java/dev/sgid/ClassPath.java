package dev.sgid;

/** Where backends and packs are looked up. */
final class ClassPath {
  private ClassPath() {}

  /** The thread's class loader if it sees this library, else the library's own. */
  static ClassLoader loader() {
    ClassLoader own = Sgid.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      try {
        if (context.loadClass(Sgid.class.getName()) == Sgid.class) {
          return context;
        }
      } catch (ClassNotFoundException e) {
        return own; // a container's loader that knows nothing of us
      }
    }
    return own;
  }
}
