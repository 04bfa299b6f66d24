package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sgid report} and {@code sgid apply-review}, behind {@code sgid augment}. */
class ReportCommandTest extends CommandFixture {
  ReportCommandTest(@TempDir Path folder) {
    super(folder);
  }

  @BeforeEach
  void dataset() {
    for (String name : List.of("bag/1.png", "bag/2.png", "boot/1.png")) {
      BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, name.hashCode());
      Path ignored = write(in.resolve(name), image);
    }
  }

  @Test
  void augment_atTheEnd_leavesAReport() {
    assertThat(augment()).isEqualTo(ExitCode.OK);

    assertThat(out.resolve("report.html")).content().contains("bag/1-sgid-0.png");
    assertThat(stdout.toString())
        .endsWith(String.format("Report of 3 pictures: %s%n", out.resolve("report.html")));
    assertThat(augment()).isEqualTo(ExitCode.OK); // which knows the report for its own
    assertThat(stderr.toString()).doesNotContain("did not write");
  }

  @Test
  void augment_noReport_leavesNone() {
    assertThat(augment("--no-report")).isEqualTo(ExitCode.OK);

    assertThat(out.resolve("report.html")).doesNotExist();
    assertThat(stdout.toString()).doesNotContain("Report");
  }

  @Test
  void report_to_writesThereOnly() {
    assertThat(augment("--no-report")).isEqualTo(ExitCode.OK);
    Path file = folder.resolve("elsewhere.html");

    assertThat(run("report", out.toString(), "--to", file.toString())).isEqualTo(ExitCode.OK);

    assertThat(file).exists();
    assertThat(out.resolve("report.html")).doesNotExist();
  }

  @Test
  void report_originalsMoved_warnsAndTakesThemFromElsewhere() throws IOException {
    assertThat(augment("--no-report")).isEqualTo(ExitCode.OK);
    Path moved = Files.move(in, folder.resolve("moved"));

    assertThat(run("report", out.toString())).isEqualTo(ExitCode.OK);
    assertThat(stderr.toString()).contains("sgid: warning: the report shows no originals: ");
    assertThat(run("report", out.toString(), "--in", moved.toString())).isEqualTo(ExitCode.OK);
    assertThat(stderr.toString()).isEmpty();
  }

  @Test
  void report_noFolderOfSgids_isWrongUsage() {
    assertThat(run("report", in.toString())).isEqualTo(ExitCode.USAGE);

    assertThat(stderr.toString()).startsWith("sgid: " + in + " holds no sgid-job.json");
  }

  @Test
  void applyReview_rejected_areMovedAndTheReportIsMadeAnew() throws IOException {
    assertThat(augment()).isEqualTo(ExitCode.OK);
    Path review = review("bag/1-sgid-0.png");

    assertThat(run("apply-review", out.toString(), review.toString())).isEqualTo(ExitCode.OK);

    Path rejected = folder.resolve("out-rejected");
    assertThat(rejected.resolve("bag/1-sgid-0.png")).exists();
    assertThat(stdout.toString())
        .isEqualTo(
            String.format(
                "1 picture rejected, now in %s%nReport of 2 pictures: %s%n",
                rejected.toAbsolutePath(), out.resolve("report.html")));
    assertThat(out.resolve("report.html")).content().doesNotContain("bag/1-sgid-0.png");
    assertThat(augment()).isEqualTo(ExitCode.OK);
    assertThat(stdout.toString())
        .startsWith(
            String.format(
                "Nothing made in %s: 2 pictures there before, by former runs%n"
                    + "1 picture rejected by a review, not made again%n",
                out));
  }

  @Test
  void applyReview_marksOfNoPicture_areListed() throws IOException {
    assertThat(augment()).isEqualTo(ExitCode.OK);
    Path review = review("bag/1-sgid-0.png", "bag/7-sgid-0.png");

    assertThat(run("apply-review", out.toString(), review.toString()))
        .isEqualTo(ExitCode.SOME_FAILED);

    assertThat(stderr.toString())
        .isEqualTo(
            String.format("sgid: 1 mark of pictures that are not in %s: bag/7-sgid-0.png%n", out));
  }

  @Test
  void applyReview_noReview_isWrongUsage() throws IOException {
    assertThat(augment()).isEqualTo(ExitCode.OK);

    assertThat(run("apply-review", out.toString(), out.resolve("report.html").toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("report.html is no review that a report saved");
    assertThat(run("apply-review", out.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(stderr.toString()).contains("'FILE'");
  }

  private Path review(String... names) throws IOException {
    String marks =
        Stream.of(names)
            .map(name -> String.format("{\"file_name\":\"%s\",\"mark\":\"reject\"}", name))
            .collect(Collectors.joining(","));
    return Files.writeString(
        folder.resolve("review.json"),
        String.format(
            "{\"kind\":\"sgid-review\",\"format\":1,\"job\":%s,\"marks\":[%s]}",
            Files.readString(out.resolve("sgid-job.json")), marks));
  }

  private int augment(String... options) {
    List<Object> args = new ArrayList<>(List.of("augment", in, out, "--model", pack));
    args.addAll(List.of(options));
    return sgid(args.toArray());
  }

  private int run(String... args) {
    return sgid((Object[]) args);
  }
}
