package dev.sgid.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sgid.Sgid;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ProbeTest {
  @Test
  void probe_starts() throws Exception {
    System.out.println(Engine.getEngine("PyTorch") + " " + Engine.getAllEngines());
    try (NDManager m = NDManager.newBaseManager()) {
      System.out.println(
          m.randomNormal(new Shape(300, 300)).matMul(m.ones(new Shape(300, 300))).sum());
    }
    System.out.println("DEFAULT " + Engine.getInstance().getEngineName() + Engine.getDefaultEngineName());
    try (Sgid s = Sgid.open()) {
      System.out.println(
          s.augment(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "shirt").caption());
    }
    try (NDManager m = NDManager.newBaseManager()) {
      System.out.println(
          m.randomNormal(new Shape(300, 300)).matMul(m.ones(new Shape(300, 300))).sum());
    }
    try (var lines = java.nio.file.Files.lines(java.nio.file.Path.of("/proc/self/maps"))) {
      lines
          .filter(l -> l.contains("omp"))
          .map(l -> l.replaceAll(".* ", ""))
          .distinct()
          .forEach(System.out::println);
    }
  }
}
