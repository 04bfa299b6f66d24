package dev.sgid;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says which stage failed, on which model file where there is one, and why.
 *
 * <p>Arguments out of range are {@link IllegalArgumentException}s instead.
 */
public final class SgidException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Stage stage;
  private final transient @Nullable Path model;
  private final Kind kind;

  private enum Kind {
    FAILURE,
    CANCELLED,
    REJECTION,
    FLAG
  }

  /** A failure of {@code stage}. */
  public SgidException(Stage stage, String message) {
    this(stage, null, message, null, Kind.FAILURE);
  }

  /** A failure of {@code stage} with its cause. */
  public SgidException(Stage stage, String message, @Nullable Throwable cause) {
    this(stage, null, message, cause, Kind.FAILURE);
  }

  /** A failure of {@code stage} on a model's file or folder, which the message ends with. */
  public SgidException(Stage stage, Path model, String message, @Nullable Throwable cause) {
    this(stage, model, message + ": " + model, cause, Kind.FAILURE);
  }

  private SgidException(
      Stage stage, @Nullable Path model, String message, @Nullable Throwable cause, Kind kind) {
    super(message, cause);
    this.stage = requireNonNull(stage, "stage");
    this.model = model;
    this.kind = kind;
  }

  /** The failure that ends a call whose thread was interrupted; the thread's flag stays set. */
  public static SgidException cancelled(Stage stage) {
    return new SgidException(
        stage, null, "Cancelled: the thread was interrupted during " + stage, null, Kind.CANCELLED);
  }

  /** The failure that ends a call because the JVM shuts down: models run no longer. */
  public static SgidException shuttingDown(Stage stage) {
    return new SgidException(
        stage, null, "Cancelled: the JVM shuts down, during " + stage, null, Kind.CANCELLED);
  }

  /**
   * An image or its settings are refused, or a picture was made that is of no use: it came out
   * plain, for one. That says nothing against the models.
   */
  public static SgidException rejected(Stage stage, String message) {
    return new SgidException(stage, null, message, null, Kind.REJECTION);
  }

  /**
   * A picture was made that the pack's safety checker flags, and that nobody gets to see. That says
   * nothing against the models either: {@link #isRejection()} holds, too.
   */
  public static SgidException flagged(Stage stage, String message) {
    return new SgidException(stage, null, message, null, Kind.FLAG);
  }

  /** The stage that failed. */
  public Stage stage() {
    return stage;
  }

  /** The model's file or folder, where the failure is about one. */
  public Optional<Path> model() {
    return Optional.ofNullable(model);
  }

  /** Whether the call ended because its thread was interrupted or the JVM shuts down. */
  public boolean isCancelled() {
    return kind == Kind.CANCELLED;
  }

  /** Whether this says nothing against the models, see {@link #rejected}. */
  public boolean isRejection() {
    return kind == Kind.REJECTION || kind == Kind.FLAG;
  }

  /** Whether a safety checker flagged the picture, see {@link #flagged}. */
  public boolean isFlagged() {
    return kind == Kind.FLAG;
  }
}
