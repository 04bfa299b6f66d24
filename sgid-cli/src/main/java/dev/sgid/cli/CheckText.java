package dev.sgid.cli;

import dev.sgid.PackCheck;
import dev.sgid.PackInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was found out about a pack, in words. */
final class CheckText {
  private static final int PORTS = 4; // of a graph that are listed

  private final List<String> lines = new ArrayList<>();

  private CheckText() {}

  static List<String> of(PackCheck check) {
    CheckText text = new CheckText();
    text.head(check);
    check.parts().forEach(text::part);
    return text.lines;
  }

  private void head(PackCheck check) {
    String name =
        check
            .info()
            .map(info -> (info.name() + " " + info.version()).strip())
            .orElse(check.pack().toString());
    lines.add(name + ": " + (check.isUsable() ? "can be used" : "can't be used"));
    lines.add("");
    field("Pack", check.pack().toString());
    check.info().ifPresent(info -> field("Runs on", runsOn(info)));
    if (check.verified() > 0 || !check.damage().isEmpty()) {
      field(
          "Files",
          check.verified()
              + " held against their SHA-256, "
              + (check.damage().isEmpty() ? "all whole" : check.damage().size() + " not right"));
    } else if (!check.parts().isEmpty()) {
      field("Files", "not listed with their SHA-256 in sgid.json: what they should be isn't known");
    }
    check.damage().forEach(damage -> lines.add("  " + plain(damage)));
  }

  private static String runsOn(PackInfo info) {
    return info.runtime()
        + ", "
        + info.provider()
        + (info.dtype().isEmpty() ? "" : ", UNet in " + info.dtype());
  }

  private void part(PackCheck.Checked part) {
    lines.add("");
    String name = part.part().name();
    field(
        name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT),
        part.problem()
            .map(problem -> "can't be used")
            .orElse(
                plain(part.made())
                    + " (opened in "
                    + seconds(part.opening())
                    + ", ran in "
                    + seconds(part.running())
                    + ")"));
    part.problem().ifPresent(problem -> lines.add("  " + plain(problem)));
    part.files().forEach(this::graph);
  }

  private void graph(PackCheck.Graph graph) {
    lines.add(
        "  "
            + plain(graph.name())
            + ", "
            + Columns.bytes(graph.bytes())
            + (graph.form().isEmpty() ? "" : ", " + plain(graph.form())));
    ports("in ", graph.inputs());
    ports("out", graph.outputs());
  }

  private void ports(String which, List<String> ports) {
    String first = which;
    for (String port : ports.subList(0, Math.min(PORTS, ports.size()))) {
      lines.add("    " + first + "  " + plain(port));
      first = "   ";
    }
    if (ports.size() > PORTS) {
      lines.add("         and " + (ports.size() - PORTS) + " more, which --json FILE lists");
    }
  }

  private void field(String name, String text) {
    lines.add(Columns.field(name, text));
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }

  /** Names in files may be anything. */
  private static String plain(String text) {
    return Columns.plain(text, Integer.MAX_VALUE);
  }
}
