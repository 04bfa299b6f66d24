package dev.sgid.spark;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.dataset.DatasetWriter;
import dev.sgid.dataset.ManifestLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Writes pictures and their lines into a Parquet file as Hugging Face's {@code datasets} does: an
 * {@code image} of {@code bytes} and {@code path}, a {@code label} that is a class with a name, and
 * a column for each other field of the manifest. The features are in the file, so {@code
 * load_dataset("parquet", ...)} needs to be told nothing.
 */
final class ParquetWriter implements DatasetWriter {
  private static final String IMAGE = ManifestColumns.IMAGE;
  private static final String LABEL = "label";
  private static final long ROW_GROUP = 64L << 20; // bytes: what stays in memory

  private final List<String> classes;
  private final SimpleGroupFactory rows;
  private final org.apache.parquet.hadoop.ParquetWriter<Group> writer;

  ParquetWriter(Path file, List<String> classes) throws IOException {
    this.classes = classes;
    MessageType schema = schema();
    this.rows = new SimpleGroupFactory(schema);
    this.writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(schema)
            .withExtraMetaData(Map.of("huggingface", features(classes)))
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED) // pictures are compressed
            .withRowGroupSize(ROW_GROUP)
            .build();
  }

  private static MessageType schema() {
    Types.MessageTypeBuilder message = Types.buildMessage();
    message.addField(
        Types.optionalGroup()
            .optional(PrimitiveTypeName.BINARY)
            .named("bytes")
            .addField(text("path"))
            .named(IMAGE));
    for (StructField field : ManifestColumns.FIELDS.fields()) {
      message.addField(
          field.name().equals(LABEL)
              ? Types.optional(PrimitiveTypeName.INT64).named(LABEL)
              : type(field.name(), field.dataType()));
    }
    return message.named("pictures");
  }

  private static Type text(String name) {
    return Types.optional(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static Type type(String name, DataType type) {
    if (type instanceof StructType struct) {
      Types.GroupBuilder<org.apache.parquet.schema.GroupType> group = Types.optionalGroup();
      for (StructField field : struct.fields()) {
        group.addField(type(field.name(), field.dataType()));
      }
      return group.named(name);
    }
    if (type instanceof ArrayType array) {
      return Types.optionalList().setElementType(type("element", array.elementType())).named(name);
    }
    return type.equals(DataTypes.StringType)
        ? text(name)
        : Types.optional(primitive(type)).named(name);
  }

  private static PrimitiveTypeName primitive(DataType type) {
    if (type.equals(DataTypes.IntegerType)) {
      return PrimitiveTypeName.INT32;
    }
    if (type.equals(DataTypes.LongType)) {
      return PrimitiveTypeName.INT64;
    }
    return type.equals(DataTypes.DoubleType) ? PrimitiveTypeName.DOUBLE : PrimitiveTypeName.BOOLEAN;
  }

  /** What {@code datasets} writes into its own files. */
  private static String features(List<String> classes) {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put(IMAGE, Map.of("_type", "Image"));
    for (StructField field : ManifestColumns.FIELDS.fields()) {
      features.put(
          field.name(),
          field.name().equals(LABEL)
              ? Map.of("names", classes, "_type", "ClassLabel")
              : feature(field.dataType()));
    }
    return new Gson().toJson(Map.of("info", Map.of("features", features)));
  }

  private static Object feature(DataType type) {
    if (type instanceof StructType struct) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (StructField field : struct.fields()) {
        fields.put(field.name(), feature(field.dataType()));
      }
      return fields;
    }
    if (type instanceof ArrayType array) {
      return Map.of("feature", feature(array.elementType()), "_type", "List");
    }
    String name =
        type.equals(DataTypes.IntegerType)
            ? "int32"
            : type.equals(DataTypes.LongType)
                ? "int64"
                : type.equals(DataTypes.DoubleType)
                    ? "float64"
                    : type.equals(DataTypes.BooleanType) ? "bool" : "string";
    return Map.of("dtype", name, "_type", "Value");
  }

  @Override
  public String place(String name, ManifestLine line, byte[] image) {
    return name;
  }

  @Override
  public void write(ManifestLine line, byte[] image) throws IOException {
    Group row = rows.newGroup();
    Group picture = row.addGroup(IMAGE);
    picture.append("bytes", Binary.fromConstantByteArray(image));
    picture.append("path", line.fileName());
    JsonObject json = JsonParser.parseString(line.toJson()).getAsJsonObject();
    for (StructField field : ManifestColumns.FIELDS.fields()) {
      JsonElement value = json.get(field.name());
      if (field.name().equals(LABEL)) {
        row.add(LABEL, (long) classes.indexOf(line.label()));
      } else if (value != null && !value.isJsonNull()) {
        add(row, field.name(), value, field.dataType());
      }
    }
    writer.write(row);
  }

  private static void add(Group row, String name, JsonElement value, DataType type) {
    if (type instanceof StructType struct) {
      Group group = row.addGroup(name);
      for (StructField field : struct.fields()) {
        add(group, field.name(), value.getAsJsonObject().get(field.name()), field.dataType());
      }
    } else if (type instanceof ArrayType array) {
      Group list = row.addGroup(name);
      value
          .getAsJsonArray()
          .forEach(element -> add(list.addGroup("list"), "element", element, array.elementType()));
    } else if (type.equals(DataTypes.IntegerType)) {
      row.add(name, value.getAsInt());
    } else if (type.equals(DataTypes.LongType)) {
      row.add(name, value.getAsLong());
    } else if (type.equals(DataTypes.DoubleType)) {
      row.add(name, value.getAsDouble());
    } else if (type.equals(DataTypes.BooleanType)) {
      row.add(name, value.getAsBoolean());
    } else {
      row.add(name, value.isJsonPrimitive() ? value.getAsString() : value.toString());
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
