package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.internal.Attempts;
import dev.sgid.internal.StageEvents;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One lane of denoising: pictures on its seats share each call of the UNet.
 *
 * <p>A picture takes a seat when there is one and leaves it when its own schedule is done, so
 * schedules, noise rates and guidance scales mix freely and calls stay full. A call takes pictures
 * of one size: those of the size of whoever has sat longest. Where the UNet takes one timestep for
 * the whole batch, a call takes the pictures that stand at the highest one: those with a lower
 * noise rate wait there to be met.
 *
 * <p>Not thread-safe: it belongs to the thread of its lane.
 */
final class DenoiseLoop implements AutoCloseable {
  private final Predictors predictors;
  private final int seats;
  private final StepListener listener;
  private final List<Picture> seated = new ArrayList<>(); // who has sat longest first
  private final Map<Size, Room> rooms = new LinkedHashMap<>();

  /** What makes a predictor for latents of a size. */
  interface Predictors {
    NoisePredictor of(Size latents);
  }

  /**
   * @param seats how many pictures share a call, at least 1
   */
  DenoiseLoop(Predictors predictors, int seats, StepListener listener) {
    this.predictors = predictors;
    this.seats = seats;
    this.listener = listener;
  }

  /** How many pictures can be seated. */
  int freeSeats() {
    return seats - seated.size();
  }

  boolean hasSeated() {
    return !seated.isEmpty();
  }

  /** Gives a seat to a picture, whose latents are noised. */
  void seat(Picture picture) {
    seated.add(picture);
  }

  /**
   * Runs the UNet once and takes a step with each picture that shared the call.
   *
   * @return those that are done or have failed with this step, and have left their seats
   * @throws SgidException of kind cancelled
   */
  List<Picture> step() {
    Size size = seated.get(0).latentSize();
    List<Picture> all = seated.stream().filter(p -> p.latentSize().equals(size)).toList();
    all.get(0).attempt(Stage.DENOISE, () -> rooms.computeIfAbsent(size, Room::new));
    Room room = rooms.get(size);
    List<Picture> turn = room == null ? all.subList(0, 1) : room.turn(all);
    if (room != null) {
      try (StageEvents events = StageEvents.begin(Stage.DENOISE, turn, Picture::subject)) {
        Attempts.each(Stage.DENOISE, turn, room::step, this::heard);
      }
    }
    List<Picture> left =
        turn.stream().filter(picture -> picture.hasFailed() || picture.isDenoised()).toList();
    seated.removeAll(left);
    closeEmptyRooms(size);
    return left;
  }

  /** What became of a picture's step. */
  private void heard(Picture picture, @Nullable Float timestep, @Nullable SgidException failure) {
    if (timestep == null) {
      picture.fail(requireNonNull(failure));
    }
    if (timestep == null || picture.hasFailed()) {
      return;
    }
    Trajectory way = picture.trajectory();
    listener.stepDone(picture.index, way.stepsDone(), way.steps(), (int) Math.rint(timestep));
    picture.requireFinite(
        Stage.DENOISE, way.latents, "The UNet gave latents that are not finite numbers");
  }

  /** Keeps the memory of the last size only, beside that of sizes that are still seated. */
  private void closeEmptyRooms(Size last) {
    List<Size> taken = seated.stream().map(Picture::latentSize).toList();
    rooms
        .entrySet()
        .removeIf(
            room -> {
              boolean closes = !room.getKey().equals(last) && !taken.contains(room.getKey());
              if (closes) {
                room.getValue().predictor.close();
              }
              return closes;
            });
  }

  @Override
  public void close() {
    rooms.values().forEach(room -> room.predictor.close());
  }

  /** What pictures of one size share. */
  private final class Room {
    private final NoisePredictor predictor;
    private final Trajectory.Scratch scratch;
    private List<Picture> inRows = List.of(); // whose texts the rows hold

    Room(Size size) {
      scratch = new Trajectory.Scratch(seated.get(0).latents.length);
      predictor = predictors.of(size);
    }

    /** Those who may share a call. */
    List<Picture> turn(List<Picture> all) {
      if (predictor.takesTimestepPerRow()) {
        return all;
      }
      double highest = all.stream().mapToDouble(p -> p.trajectory().timestep()).max().orElseThrow();
      return all.stream().filter(p -> p.trajectory().timestep() == highest).toList();
    }

    /**
     * Predicts for some pictures in one call. If that fails, none of them takes a step; afterwards,
     * each takes its own or fails alone.
     *
     * @return the timestep that each was at
     */
    List<Float> step(List<Picture> pictures) {
      long start = System.nanoTime();
      int count = pictures.stream().mapToInt(picture -> picture.trajectory().rows()).sum();
      NoisePredictor.Rows rows = predictor.rows(count);
      boolean moved = !pictures.equals(inRows);
      inRows = List.of(); // nobody's, should the call fail
      int row = 0;
      for (Picture picture : pictures) {
        if (moved) {
          picture.trajectory().putTexts(rows, row);
        }
        picture.trajectory().putLatents(rows, row);
        row += picture.trajectory().rows();
      }
      rows.predict();
      inRows = List.copyOf(pictures);
      List<Float> timesteps = new ArrayList<>();
      row = 0;
      for (Picture picture : pictures) {
        Trajectory way = picture.trajectory();
        int first = row;
        timesteps.add(way.timestep());
        picture.attempt(Stage.DENOISE, () -> way.step(rows, first, scratch)); // or all step again
        row += way.rows();
      }
      Picture.share(Stage.DENOISE, start, pictures);
      return timesteps;
    }
  }
}
