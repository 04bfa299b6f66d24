package dev.sgid.cli;

import dev.sgid.CaptionChoice;
import dev.sgid.Device;
import dev.sgid.OutputSize;
import dev.sgid.PromptTemplate;
import dev.sgid.Size;
import dev.sgid.dataset.GuidanceText;
import java.util.Locale;
import java.util.function.Function;
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

  static final class OfGuidance implements ITypeConverter<GuidanceText> {
    @Override
    public GuidanceText convert(String text) {
      return Converters.convert(GuidanceText::parse, text);
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
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "original" -> OutputSize.ORIGINAL;
        case "generated" -> OutputSize.GENERATED;
        default ->
            throw new TypeConversionException(
                "the size is original or generated, is \"" + text + "\"");
      };
    }
  }

  static final class OfCaptionChoice implements ITypeConverter<CaptionChoice> {
    @Override
    public CaptionChoice convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "best" -> CaptionChoice.best();
        case "first" -> CaptionChoice.first();
        case "random" -> CaptionChoice.random();
        default ->
            throw new TypeConversionException(
                "the choice is best, first or random, is \"" + text + "\"");
      };
    }
  }

  /** A short name, or diffusers' class name, about which the backend decides. */
  static final class OfScheduler implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (text.equalsIgnoreCase("ddim")) {
        return "DDIMScheduler";
      }
      if (text.endsWith("Scheduler")) {
        return text;
      }
      throw new TypeConversionException("the scheduler is ddim, is \"" + text + "\"");
    }
  }
}
