package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ready-made strategies are values: they can be sent to another JVM, and written as text. */
class StrategiesTest {
  private static final List<GuidanceSchedule> SCHEDULES =
      List.of(
          GuidanceSchedule.constant(3),
          GuidanceSchedule.linear(0.15, 0.35, 3, 7.5),
          GuidanceSchedule.inverse(0.15, 0.35, 3, 7.5),
          GuidanceSchedule.calibrated(new double[] {0.1, 0.2, 0.4}, 0, 1, 2, 7));

  private static final List<CaptionChoice> CHOICES =
      List.of(CaptionChoice.best(), CaptionChoice.first(), CaptionChoice.random());

  static Stream<Object> values() {
    return Stream.of(
            SCHEDULES.stream(),
            CHOICES.stream(),
            Stream.of(
                PromptTemplate.DEFAULT,
                new PromptTemplate("{caption}"),
                Scheduler.ddim(0.5),
                Scheduler.dpmSolver().withKarrasSigmas(true),
                Scheduler.lcm()))
        .flatMap(Function.identity());
  }

  @ParameterizedTest
  @MethodSource("values")
  void readyMade_writtenAndReadAgain_isEqual(Object value) throws Exception {
    assertThat(readAgain(value)).isEqualTo(value).hasToString(value.toString());
  }

  private static Object readAgain(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  @Test
  void parse_whatToStringGave_isTheSame() {
    SCHEDULES.forEach(s -> assertThat(GuidanceSchedule.parse(s.toString())).isEqualTo(s));
    CHOICES.forEach(c -> assertThat(CaptionChoice.parse(c.toString())).isSameAs(c));
    for (TimestepSpacing spacing : TimestepSpacing.values()) {
      assertThat(TimestepSpacing.parse(spacing.toString())).isEqualTo(spacing);
    }
    for (Scheduler scheduler :
        List.of(Scheduler.ddim(), Scheduler.ddim(0.5), Scheduler.dpmSolver(), Scheduler.lcm())) {
      assertThat(Scheduler.parse(scheduler.toString())).isEqualTo(scheduler);
    }
  }
}
