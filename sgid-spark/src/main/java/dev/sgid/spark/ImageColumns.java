package dev.sgid.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import dev.sgid.dataset.internal.image.Png;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Images, however the rows have them, under names of our own: {@code source}, {@code label}, {@code
 * caption}, {@code path} and {@code bytes}, which is null where the path is to be read.
 */
final class ImageColumns {
  static final String SOURCE = "source";
  static final String LABEL = "label";
  static final String CAPTION = "caption";
  static final String PATH = "path";
  static final String BYTES = "bytes";

  private static final List<String> FORMS =
      List.of(
          "path and content, as of format(\"binaryFile\")",
          "image, as of format(\"image\")",
          "image with bytes and path, as Hugging Face's Parquet has it",
          "path");

  private ImageColumns() {}

  /**
   * Finds the images.
   *
   * @throws IllegalArgumentException if there are none, or no labels, naming the columns
   */
  static Dataset<Row> of(Dataset<Row> images, SgidSparkOptions options) {
    List<String> columns = Arrays.asList(images.columns());
    Column path;
    Column bytes;
    StructType image = struct(images, "image");
    if (image != null && has(image, BYTES)) {
      bytes = col("image.bytes");
      path = has(image, PATH) ? col("image.path") : lit(null).cast(DataTypes.StringType);
    } else if (image != null && has(image, "data")) {
      path = col("image.origin");
      bytes = udf((UDF1<Row, byte[]>) ImageColumns::png, DataTypes.BinaryType).apply(col("image"));
    } else if (columns.contains(PATH)) {
      path = col(PATH);
      bytes = columns.contains("content") ? col("content") : lit(null).cast(DataTypes.BinaryType);
    } else {
      throw new IllegalArgumentException(
          "There are no images in the columns "
              + columns
              + ": there must be "
              + String.join("; or ", FORMS));
    }
    return images.select(
        source(options, path, bytes).as(SOURCE),
        label(options, columns, path).cast(DataTypes.StringType).as(LABEL),
        caption(options).as(CAPTION),
        path.as(PATH),
        bytes.as(BYTES));
  }

  private static @Nullable StructType struct(Dataset<Row> images, String column) {
    return Arrays.asList(images.columns()).contains(column)
            && images.schema().apply(column).dataType() instanceof StructType struct
        ? struct
        : null;
  }

  private static boolean has(StructType struct, String field) {
    return Arrays.asList(struct.fieldNames()).contains(field);
  }

  private static Column source(SgidSparkOptions options, Column path, Column bytes) {
    if (options.sourceColumn() != null) {
      return col(options.sourceColumn()).cast(DataTypes.StringType);
    }
    return coalesce(relative(options.in(), path), sha2(bytes, 256));
  }

  /** Paths relative to a folder, as Spark prints the paths of files, or as they were given. */
  static Column relative(String in, Column path) {
    Column named = path;
    if (!in.isEmpty()) {
      for (String root : roots(in)) {
        named =
            when(path.startsWith(root), path.substr(lit(root.length() + 1), length(path)))
                .otherwise(named);
      }
    }
    return named;
  }

  private static Set<String> roots(String in) {
    Path given = new Path(in);
    String plain = given.toUri().getPath();
    Set<String> roots = new LinkedHashSet<>();
    roots.add(given + "/");
    roots.add(plain + "/");
    if (given.toUri().getScheme() == null || given.toUri().getScheme().equals("file")) {
      String absolute = java.nio.file.Path.of(plain).toAbsolutePath().normalize().toString();
      roots.add(absolute + "/");
      roots.add("file:" + absolute + "/");
      roots.add("file://" + absolute + "/");
    }
    return roots;
  }

  private static Column label(SgidSparkOptions options, List<String> columns, Column path) {
    String column = options.labelColumn();
    if (column != null) {
      if (!columns.contains(column.split("\\.", -1)[0])) {
        throw new IllegalArgumentException(
            "There is no column \"" + column + "\" of labels; there are " + columns);
      }
      return col(column);
    }
    return columns.contains(LABEL) ? col(LABEL) : element_at(split(path, "/"), -2);
  }

  private static Column caption(SgidSparkOptions options) {
    return options.captionColumn() == null
        ? lit(null).cast(DataTypes.StringType)
        : col(options.captionColumn()).cast(DataTypes.StringType);
  }

  /** No names that are alike. */
  static Column none() {
    return array().cast(DataTypes.createArrayType(DataTypes.StringType));
  }

  /** The pixels of Spark's own images, bottom to top nothing, as OpenCV has them: BGR. */
  static byte @Nullable [] png(@Nullable Row image) throws IOException {
    if (image == null) {
      return null;
    }
    int height = image.getInt(image.fieldIndex("height"));
    int width = image.getInt(image.fieldIndex("width"));
    int channels = image.getInt(image.fieldIndex("nChannels"));
    byte[] data = image.getAs("data");
    if (width < 1 || height < 1 || data.length != (long) width * height * channels) {
      return new byte[0]; // what Spark could not decode: an empty file is refused by its reader
    }
    int type =
        switch (channels) {
          case 1 -> BufferedImage.TYPE_BYTE_GRAY;
          case 3 -> BufferedImage.TYPE_3BYTE_BGR;
          default -> BufferedImage.TYPE_4BYTE_ABGR;
        };
    BufferedImage pixels = new BufferedImage(width, height, type);
    byte[] into = ((DataBufferByte) pixels.getRaster().getDataBuffer()).getData();
    if (channels == 4) { // BGRA as Java's ABGR
      for (int i = 0; i < data.length; i += 4) {
        into[i] = data[i + 3];
        System.arraycopy(data, i, into, i + 1, 3);
      }
    } else {
      System.arraycopy(data, 0, into, 0, data.length);
    }
    return Png.bytes(pixels);
  }
}
