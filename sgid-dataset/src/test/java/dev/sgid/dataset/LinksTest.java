package dev.sgid.dataset;

import static java.nio.file.FileVisitOption.FOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links in data sets, which are a folder per class or have metadata. */
class LinksTest {
  private final Path in;
  private final Path elsewhere;

  LinksTest(@TempDir Path folder) {
    this.in = folder.resolve("in");
    this.elsewhere = folder.resolve("elsewhere");
  }

  @BeforeEach
  void folders() throws IOException {
    files(in, "cat/a.png");
    files(elsewhere, "pictures/x.png");
  }

  @Test
  void classFolders_linksThatLeaveTheDataset_areFailuresThatSayWhereTo() throws IOException {
    link("dog", elsewhere.resolve("pictures"));
    link("cat/b.png", elsewhere.resolve("pictures/x.png"));
    link("cat/more", elsewhere);
    link("cat/notes.txt", elsewhere.resolve("pictures/x.png"));

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader).extracting(Source::source).containsExactly("cat/a.png");
    assertThat(reader.failures())
        .containsExactly(
            failure("cat/b.png", "pictures/x.png"),
            failure("cat/more", ""),
            failure("dog", "pictures"));
    assertThat(reader.ignored()).containsExactly("cat/notes.txt");
  }

  @Test
  void classFolders_linksThatLeaveTheDataset_areFollowedWhereAskedFor() throws IOException {
    link("dog", elsewhere.resolve("pictures"));
    link("cat/b.png", elsewhere.resolve("pictures/x.png"));

    DatasetReader reader = DatasetReader.of(in, FOLLOW_LINKS);

    assertThat(reader)
        .extracting(Source::source)
        .containsExactly("cat/a.png", "cat/b.png", "dog/x.png");
    assertThat(reader.failures()).isEmpty();
  }

  @Test
  void classFolders_linksThatStayInTheDataset_areFollowed() throws IOException {
    link("cat/b.png", in.resolve("cat/a.png"));
    link("kitten", Path.of("cat"));
    link("cat/c.png", Path.of("../kitten/a.png"));

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader)
        .extracting(Source::source)
        .containsExactly(
            "cat/a.png", "cat/b.png", "cat/c.png", "kitten/a.png", "kitten/b.png", "kitten/c.png");
    assertThat(reader.failures()).isEmpty();
  }

  @Test
  void of_linkToTheDataset_isNoLinkThatLeavesIt() throws IOException {
    Path link = in.resolveSibling("link");
    Files.createSymbolicLink(link, in);
    link("cat/b.png", link.resolve("cat/a.png"));

    DatasetReader reader = DatasetReader.of(link);

    assertThat(reader).hasSize(2);
    assertThat(reader.failures()).isEmpty();
  }

  @Test
  void classFolders_loops_areFailuresAndTheRestGoesOn() throws IOException {
    link("cat/again", in);
    link("cat/self", in.resolve("cat"));
    link("all", in);
    link("round", Path.of("round"));
    link("cat/round.png", Path.of("round.png"));
    Files.createDirectories(in.resolve("cat/notes"));
    link("cat/notes/up", in);

    for (DatasetReader reader : new DatasetReader[] {read(), DatasetReader.of(in, FOLLOW_LINKS)}) {
      assertThat(reader).extracting(Source::source).containsExactly("cat/a.png");
      assertThat(reader.failures())
          .extracting(Failure::source)
          .containsExactly("all", "cat/again", "cat/round.png", "cat/self", "round");
      assertThat(reader.failures().get(0).reason())
          .isEqualTo("is a link that leads back to a folder above it");
      assertThat(reader.failures().get(2).reason())
          .isEqualTo("is a link that leads to itself, by way of others or at once");
      assertThat(reader.ignored()).containsExactly("cat/notes");
    }
  }

  @Test
  void classFolders_linkThatLeadsNowhere_failsWhenItIsRead() throws IOException {
    link("cat/b.png", elsewhere.resolve("nothing.png"));

    assertThat(read()).extracting(Source::source).containsExactly("cat/a.png", "cat/b.png");
  }

  @Test
  void metadata_namesThatLeaveTheDatasetByALink_areFailures() throws IOException {
    link("b.png", elsewhere.resolve("pictures/x.png"));
    link("more", elsewhere);
    link("same.png", Path.of("cat/a.png"));
    link("round.png", Path.of("round.png"));
    Files.writeString(
        in.resolve("metadata.csv"),
        """
        file_name,label
        b.png,cat
        more/pictures/x.png,cat
        same.png,cat
        round.png,cat
        """);

    DatasetReader reader = DatasetReader.of(in);

    assertThat(reader).extracting(Source::source).containsExactly("same.png", "round.png");
    assertThat(reader.failures())
        .extracting(failure -> failure.source() + " " + failure.reason())
        .containsExactly(
            "b.png " + failure("", "pictures/x.png").reason() + " (metadata.csv, line 2)",
            "more/pictures/x.png " + failure("", "pictures").reason() + " (metadata.csv, line 3)");
    assertThat(DatasetReader.of(in, FOLLOW_LINKS).failures()).isEmpty();
  }

  @Test
  void build_splitWhoseLinksLeadToAnother_followsThem() throws IOException {
    Path splits = in.resolveSibling("splits");
    files(splits, "all/cat/a.png", "all/dog/b.png");
    Files.createDirectories(splits.resolve("train/cat"));
    Files.createSymbolicLink(splits.resolve("train/cat/1.png"), splits.resolve("all/cat/a.png"));
    Files.createSymbolicLink(
        splits.resolve("train/cat/2.png"), elsewhere.resolve("pictures/x.png"));

    AugmentJob.Builder job =
        AugmentJob.builder(splits, in.resolveSibling("out")).withSplit("train");

    assertThat(job.build().pictures()).isEqualTo(1);
    assertThat(job.withFollowLinks(true).build().pictures()).isEqualTo(2);
  }

  @Test
  void classFolders_nothingButLinksThatLeave_isNoDataSetWithoutThem() throws IOException {
    Path only = in.resolveSibling("only");
    Files.createDirectories(only);
    Files.createSymbolicLink(only.resolve("cat"), elsewhere.resolve("pictures"));

    DatasetReader reader = DatasetReader.of(only);

    assertThat(reader.size()).isZero();
    assertThat(reader.failures()).extracting(Failure::source).containsExactly("cat");
  }

  @Test
  void of_folderThatIsNotThere_isRefused() {
    Path nowhere = in.resolve("nowhere");

    assertThatThrownBy(() -> DatasetReader.of(nowhere))
        .isInstanceOf(DatasetException.class)
        .hasMessage("There is no folder or file " + nowhere);
  }

  private DatasetReader read() {
    return DatasetReader.classFolders(in);
  }

  private Failure failure(String source, String target) throws IOException {
    return new Failure(
        source,
        "is a link that leads out of the data set, to "
            + elsewhere.resolve(target).toRealPath()
            + ": put the images there themselves, or let such links be followed (--follow-links)");
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(in.resolve(name), target);
  }

  private static void files(Path folder, String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }
}
