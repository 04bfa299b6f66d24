package dev.sgid.cli;

import dev.sgid.Diagnosis;
import dev.sgid.PackCheck;
import dev.sgid.Sgid;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What sgid finds on a machine, in words; what needs a look is marked and said again below. */
final class DoctorText {
  private final List<String> lines = new ArrayList<>();

  private DoctorText() {}

  static List<String> of(DoctorCommand.Found found) {
    DoctorText text = new DoctorText();
    text.surroundings(found.surroundings());
    Diagnosis diagnosis = found.diagnosis();
    if (diagnosis != null) {
      text.field("Runtime", diagnosis.runtime());
      diagnosis.providers().forEach(text::provider);
    }
    PackCheck check = found.check();
    if (check != null) {
      text.pack(check);
    }
    String failure = found.failure();
    if (failure != null) {
      text.field("Models", "can't run: " + failure);
    }
    List<String> problems = found.surroundings().problems();
    if (!problems.isEmpty()) {
      text.lines.add("");
      problems.forEach(problem -> text.lines.add("! " + problem));
    }
    text.lines.add("");
    text.lines.add(
        switch (found.exitCode()) {
          case ExitCode.OK -> "All is well.";
          case ExitCode.SOME_FAILED -> "sgid runs here; look at what is marked with !";
          default -> "sgid can't make pictures here.";
        });
    return text.lines;
  }

  private void surroundings(Surroundings s) {
    field("sgid", Sgid.version());
    field("Java", s.java());
    field("System", s.system());
    field("Processors", s.processors() + ", as many threads for models unless --threads says else");
    field(
        "Memory",
        Columns.bytes(s.freeMemory())
            + " free of "
            + Columns.bytes(s.memory())
            + (s.memoryLimited() ? " (the container's limit)" : "")
            + "; Java's heap up to "
            + Columns.bytes(s.heap())
            + ", models lie beside it");
    field("Cache", s.cache().text());
    field("Temporary", s.temporary().text());
  }

  private void provider(Diagnosis.Provider provider) {
    field(
        "",
        provider.name() + (provider.starts() ? " works" : " does not start: " + provider.remedy()));
  }

  private void pack(PackCheck check) {
    String name = check.info().map(info -> info.name()).orElse(check.pack().toString());
    field("Pack", name + (check.isUsable() ? " works" : " can't be used"));
    for (PackCheck.Checked part : check.parts()) {
      field(
          "",
          part.part().name().toLowerCase(Locale.ROOT)
              + ": "
              + Columns.plain(part.problem().orElse(part.made()), Integer.MAX_VALUE));
    }
    if (!check.damage().isEmpty()) {
      field("", check.damage().stream().limit(3).collect(Collectors.joining("; ")));
    }
  }

  private void field(String name, String text) {
    lines.add(Columns.field(name, text));
  }
}
