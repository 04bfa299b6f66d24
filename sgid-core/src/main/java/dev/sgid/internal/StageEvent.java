package dev.sgid.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An event of the Java Flight Recorder, see {@link StageEvents}. {@code docs/cli.md} shows how. */
@Name(StageEvent.NAME)
@Label("Stage")
@Category("sgid")
@Description("A stage of the method at work on an image")
@StackTrace(false)
final class StageEvent extends Event {
  static final String NAME = "dev.sgid.Stage";

  @Label("Stage")
  String stage = "";

  @Label("Image")
  @Description("The image's id; of a data set, its file")
  String image = "";

  @Label("Label")
  @Description("The image's class")
  String label = "";

  @Label("Copy")
  @Description("Index of the copy; -1 for what is done once for all copies")
  int copy;

  @Label("Count")
  @Description("How many events like this one share the time, since one call worked for all")
  int count;
}
