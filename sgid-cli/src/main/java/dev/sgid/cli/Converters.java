package dev.sgid.cli;

import dev.sgid.CaptionChoice;
import dev.sgid.Device;
import dev.sgid.GuidanceSchedule;
import dev.sgid.OutputSize;
import dev.sgid.PromptTemplate;
import dev.sgid.Scheduler;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.CalibratedGuidance;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.WhenRejected;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options' texts as values. What is wrong with a text, its own class says best. */
final class Converters {
  private Converters() {}

  private static <T> T convert(Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw (TypeConversionException) new TypeConversionException(e.getMessage()).initCause(e);
    }
  }

  /** What tells a job its guidance schedule, be it fixed or calibrated. */
  interface Guidance extends Consumer<AugmentJob.Builder> {
    /** Whether it is measured on the data set, which must be there beforehand. */
    default boolean isCalibrated() {
      return false;
    }
  }

  private record Calibrated(CalibratedGuidance guidance) implements Guidance {
    @Override
    public void accept(AugmentJob.Builder job) {
      job.withGuidance(guidance);
    }

    @Override
    public boolean isCalibrated() {
      return true;
    }
  }

  static final class OfGuidance implements ITypeConverter<Guidance> {
    @Override
    public Guidance convert(String text) {
      return Converters.convert(OfGuidance::parse, text);
    }

    private static Guidance parse(String text) {
      if (CalibratedGuidance.isCalibrated(text)) {
        return new Calibrated(CalibratedGuidance.parse(text));
      }
      GuidanceSchedule schedule = GuidanceSchedule.parse(text);
      return job -> job.withGuidance(schedule);
    }
  }

  static final class OfSize implements ITypeConverter<Size> {
    @Override
    public Size convert(String text) {
      return Converters.convert(Size::parse, text);
    }
  }

  static final class OfDevice implements ITypeConverter<Device> {
    @Override
    public Device convert(String text) {
      return Converters.convert(Device::parse, text);
    }
  }

  static final class OfPrompt implements ITypeConverter<PromptTemplate> {
    @Override
    public PromptTemplate convert(String text) {
      return Converters.convert(PromptTemplate::new, text);
    }
  }

  static final class OfOutputSize implements ITypeConverter<OutputSize> {
    @Override
    public OutputSize convert(String text) {
      return Converters.convert(OutputSize::parse, text);
    }
  }

  static final class OfCaptionChoice implements ITypeConverter<CaptionChoice> {
    @Override
    public CaptionChoice convert(String text) {
      return Converters.convert(CaptionChoice::parse, text);
    }
  }

  static final class OfScheduler implements ITypeConverter<Scheduler> {
    @Override
    public Scheduler convert(String text) {
      return Converters.convert(Scheduler::parse, text);
    }
  }

  static final class OfSpacing implements ITypeConverter<TimestepSpacing> {
    @Override
    public TimestepSpacing convert(String text) {
      return Converters.convert(TimestepSpacing::parse, text);
    }
  }

  static final class OfBalance implements ITypeConverter<Balance> {
    @Override
    public Balance convert(String text) {
      return Converters.convert(Balance::parse, text);
    }
  }

  static final class OfFormat implements ITypeConverter<OutputFormat> {
    @Override
    public OutputFormat convert(String text) {
      return Converters.convert(OutputFormat::parse, text);
    }
  }

  static final class OfImageFormat implements ITypeConverter<ImageFormat> {
    @Override
    public ImageFormat convert(String text) {
      return Converters.convert(ImageFormat::parse, text);
    }
  }

  static final class OfKeep implements ITypeConverter<Keep> {
    @Override
    public Keep convert(String text) {
      return Converters.convert(Keep::parse, text);
    }
  }

  static final class OfWhenRejected implements ITypeConverter<WhenRejected> {
    @Override
    public WhenRejected convert(String text) {
      return Converters.convert(WhenRejected::parse, text);
    }
  }

  static final class OfDuration implements ITypeConverter<Duration> {
    private static final Pattern SPELLED =
        Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

    @Override
    public Duration convert(String text) {
      return Converters.convert(OfDuration::parse, text);
    }

    private static Duration parse(String text) {
      Matcher parts = SPELLED.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (text.isBlank() || !parts.matches()) {
        throw new IllegalArgumentException(
            "A time is hours, minutes and seconds, like 2h, 90m or 1h30m, is \"" + text + "\"");
      }
      return Duration.ofHours(number(parts.group(1)))
          .plusMinutes(number(parts.group(2)))
          .plusSeconds(number(parts.group(3)));
    }

    private static long number(@Nullable String digits) {
      return digits == null ? 0 : Long.parseLong(digits);
    }
  }
}
