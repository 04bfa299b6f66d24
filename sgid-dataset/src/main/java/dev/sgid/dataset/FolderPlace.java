package dev.sgid.dataset;

import dev.sgid.dataset.CopiesOfImage.Place;
import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.History.PictureId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A folder as the place that copies go to. */
record FolderPlace(AugmentJob job, OutputNames names, OutFolder folder) implements Place {
  @Override
  public int copies(Source source) {
    return job.copies().of(source);
  }

  @Override
  public String name(Source source, int copy) {
    return names.copy(source, copy);
  }

  @Override
  public @Nullable String caption(Source source) {
    return job.captions().of(source);
  }

  @Override
  public byte @Nullable [] former(Source source, int copy) throws IOException {
    Made made = folder.history().made(new PictureId(source.source(), copy));
    return made == null ? null : folder.read(made);
  }

  @Override
  public ManifestLine add(ManifestLine line, byte[] file) throws IOException {
    return folder.add(line, file);
  }

  @Override
  public void drop(ManifestLine line) throws IOException {
    folder.drop(line);
    job.listener().dropped(line);
  }

  @Override
  public void add(Failure failure) throws IOException {
    folder.add(failure);
  }
}
