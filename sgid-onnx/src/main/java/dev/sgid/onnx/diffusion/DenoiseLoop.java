package dev.sgid.onnx.diffusion;

import dev.sgid.StepListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Denoises any number of pictures, several in each call of the UNet.
 *
 * <p>A picture joins when there is room and leaves when its own schedule is done, so schedules,
 * noise rates and guidance scales mix freely and calls stay full. Where the UNet takes one timestep
 * for the whole batch, a call takes the pictures that stand at the highest one: those with a lower
 * noise rate wait there to be met.
 */
final class DenoiseLoop {
  private final NoisePredictor predictor;
  private final int batch;
  private final StepListener listener;

  /**
   * @param batch how many pictures share a call, at least 1
   */
  DenoiseLoop(NoisePredictor predictor, int batch, StepListener listener) {
    this.predictor = predictor;
    this.batch = batch;
    this.listener = listener;
  }

  /** Takes all steps of all trajectories. */
  void run(List<Trajectory> trajectories) {
    Deque<Trajectory> waiting = new ArrayDeque<>(trajectories);
    List<Trajectory> active = new ArrayList<>();
    List<Trajectory> seated = List.of(); // whose texts the rows hold
    while (!waiting.isEmpty() || !active.isEmpty()) {
      while (active.size() < batch && !waiting.isEmpty()) {
        active.add(waiting.remove());
      }
      List<Trajectory> turn = predictor.takesTimestepPerRow() ? active : atHighestTimestep(active);
      NoisePredictor.Rows rows = predictor.rows(turn.stream().mapToInt(Trajectory::rows).sum());
      boolean moved = !turn.equals(seated);
      int row = 0;
      for (Trajectory trajectory : turn) {
        if (moved) {
          trajectory.putTexts(rows, row);
        }
        trajectory.putLatents(rows, row);
        row += trajectory.rows();
      }
      seated = moved ? List.copyOf(turn) : seated;
      rows.predict();
      row = 0;
      for (Trajectory trajectory : turn) {
        int timestep = trajectory.timestep();
        trajectory.step(rows, row);
        row += trajectory.rows();
        listener.stepDone(trajectory.request, trajectory.stepsDone(), trajectory.steps(), timestep);
      }
      active.removeIf(Trajectory::isDone);
    }
  }

  private static List<Trajectory> atHighestTimestep(List<Trajectory> active) {
    int highest = active.stream().mapToInt(Trajectory::timestep).max().orElseThrow();
    return active.stream().filter(trajectory -> trajectory.timestep() == highest).toList();
  }
}
