package dev.sgid.spark;

import static java.util.Locale.ROOT;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sgid.Fit;
import dev.sgid.Size;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.RowPicture;
import dev.sgid.dataset.Verdict;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Pictures as rows: {@code image} as Hugging Face has it, a column for each field of the manifest,
 * by its name and typed, {@code dropped} and {@code error}. What the fields are, {@link
 * ManifestLine} says; the scheduler's options are a JSON object.
 */
final class ManifestColumns {
  static final String IMAGE = "image";
  static final String DROPPED = "dropped";
  static final String ERROR = "error";

  private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
  private static final DataType NUMBERS = DataTypes.createArrayType(DataTypes.IntegerType);
  private static final DataType FIT =
      new StructType().add("scaled", NUMBERS).add("padding", NUMBERS);

  private static final StructType PICTURE =
      new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);

  private static final Map<Class<?>, DataType> TYPES =
      Map.of(
          String.class, DataTypes.StringType,
          Integer.class, DataTypes.IntegerType,
          Long.class, DataTypes.LongType,
          Double.class, DataTypes.DoubleType,
          double.class, DataTypes.DoubleType,
          int.class, DataTypes.IntegerType,
          Boolean.class, DataTypes.BooleanType,
          boolean.class, DataTypes.BooleanType,
          Size.class, NUMBERS,
          Fit.class, FIT);

  /** The fields of the manifest. */
  static final StructType FIELDS = fields(ManifestLine.class);

  /** All columns. */
  static final StructType ALL = all();

  /** Those that are a map, as JSON. */
  private static final Set<String> MAPS =
      Stream.of(ManifestLine.class.getRecordComponents())
          .filter(component -> component.getType() == Map.class)
          .map(ManifestColumns::name)
          .collect(toUnmodifiableSet());

  private ManifestColumns() {}

  private static String name(RecordComponent component) {
    return WORD.matcher(component.getName()).replaceAll("_").toLowerCase(ROOT);
  }

  private static StructType fields(Class<? extends Record> line) {
    StructType fields = new StructType();
    for (RecordComponent component : line.getRecordComponents()) {
      if (component.getType() == Verdict.class) {
        for (StructField field : fields(Verdict.class).fields()) {
          fields = fields.add(field);
        }
      } else {
        // an enum and a map are texts
        DataType type = TYPES.getOrDefault(component.getType(), DataTypes.StringType);
        fields = fields.add(name(component), type);
      }
    }
    return fields;
  }

  private static StructType all() {
    StructType all = new StructType().add(IMAGE, PICTURE);
    for (StructField field : FIELDS.fields()) {
      all = all.add(field);
    }
    return all.add(DROPPED, DataTypes.BooleanType).add(ERROR, DataTypes.StringType);
  }

  /** What a job gives, as a row. */
  static Row row(RowPicture picture) {
    ManifestLine line = picture.line();
    if (line == null) {
      return failed(
          picture.failure() == null ? "" : picture.failure().source(),
          picture.label(),
          picture.failure() == null ? "" : picture.failure().reason());
    }
    JsonObject json = JsonParser.parseString(line.toJson()).getAsJsonObject();
    List<@Nullable Object> values = new ArrayList<>();
    values.add(
        picture.file() == null ? null : row(List.of(picture.file(), line.fileName()), PICTURE));
    for (StructField field : FIELDS.fields()) {
      values.add(value(json.get(field.name()), field.dataType()));
    }
    values.add(picture.isDropped());
    values.add(null);
    return row(values, ALL);
  }

  /** Knows its columns by name, also where it goes from one function to the next as it is. */
  private static Row row(List<? extends @Nullable Object> values, StructType schema) {
    return new GenericRowWithSchema(values.toArray(), schema);
  }

  /** A row that says what went wrong. */
  static Row failed(@Nullable String source, @Nullable String label, String reason) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(null);
    for (StructField field : FIELDS.fields()) {
      values.add(
          switch (field.name()) {
            case "source" -> source;
            case "label" -> label;
            default -> null;
          });
    }
    values.add(false);
    values.add(reason);
    return row(values, ALL);
  }

  private static @Nullable Object value(@Nullable JsonElement json, DataType type) {
    if (json == null || json.isJsonNull()) {
      return null;
    }
    if (type instanceof StructType struct) {
      JsonObject object = json.getAsJsonObject();
      List<@Nullable Object> values = new ArrayList<>();
      for (StructField field : struct.fields()) {
        values.add(value(object.get(field.name()), field.dataType()));
      }
      return row(values, struct);
    }
    if (type instanceof ArrayType) {
      List<Integer> numbers = new ArrayList<>();
      json.getAsJsonArray().forEach(number -> numbers.add(number.getAsInt()));
      return CollectionConverters.asScala(numbers).toSeq();
    }
    if (type.equals(DataTypes.IntegerType)) {
      return json.getAsInt();
    }
    if (type.equals(DataTypes.LongType)) {
      return json.getAsLong();
    }
    if (type.equals(DataTypes.DoubleType)) {
      return json.getAsDouble();
    }
    if (type.equals(DataTypes.BooleanType)) {
      return json.getAsBoolean();
    }
    return json.isJsonPrimitive() ? json.getAsString() : json.toString();
  }

  /** The line that a row was made of. */
  static ManifestLine line(Row row) {
    JsonObject json = new JsonObject();
    for (StructField field : FIELDS.fields()) {
      json.add(field.name(), json(field, row.get(row.fieldIndex(field.name()))));
    }
    return ManifestLine.parse(json.toString());
  }

  private static JsonElement json(StructField field, @Nullable Object value) {
    if (value == null) {
      return JsonNull.INSTANCE;
    }
    if (value instanceof Row row) {
      JsonObject json = new JsonObject();
      StructField[] fields = ((StructType) field.dataType()).fields();
      for (int i = 0; i < fields.length; i++) {
        json.add(fields[i].name(), json(fields[i], row.get(i)));
      }
      return json;
    }
    if (value instanceof scala.collection.Seq<?> numbers) {
      JsonArray json = new JsonArray();
      CollectionConverters.asJava(numbers).forEach(number -> json.add((Integer) number));
      return json;
    }
    if (MAPS.contains(field.name())) {
      return JsonParser.parseString((String) value);
    }
    return value instanceof Number number
        ? new JsonPrimitive(number)
        : value instanceof Boolean flag
            ? new JsonPrimitive(flag)
            : new JsonPrimitive((String) value);
  }
}
