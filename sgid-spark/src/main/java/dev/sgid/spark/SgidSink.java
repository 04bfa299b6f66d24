package dev.sgid.spark;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.SupportsWrite;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where Spark hands the pictures of a task over. Public since Spark makes it; {@link
 * SgidSpark#write} is what to call.
 *
 * <p>Spark's commit coordinator lets one attempt of a task commit, however often it was tried,
 * repeated by speculation or lost.
 */
public final class SgidSink implements TableProvider {
  static final StructType ROW =
      new StructType()
          .add("line", DataTypes.StringType) // a PartLine as JSON
          .add("file", DataTypes.BinaryType);

  /** Spark makes it. */
  public SgidSink() {}

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return ROW;
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return new Sink();
  }

  private static final class Sink implements SupportsWrite {
    @Override
    public String name() {
      return "sgid";
    }

    @Override
    public Column[] columns() {
      return Arrays.stream(ROW.fields())
          .map(field -> Column.create(field.name(), field.dataType()))
          .toArray(Column[]::new);
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.BATCH_WRITE);
    }

    @Override
    public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
      TaskOutput.Place place = TaskOutput.Place.of(info.options());
      Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
      Factory factory = new Factory(place, new SerializableConfiguration(hadoop));
      return new WriteBuilder() {
        @Override
        public Write build() {
          return new Write() {
            @Override
            public BatchWrite toBatch() {
              return new Batch(factory);
            }
          };
        }
      };
    }
  }

  /** Nothing is left to do when all tasks have committed: each has put its part in place. */
  private record Batch(Factory factory) implements BatchWrite {
    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
      return factory;
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {}

    @Override
    public void abort(
        WriterCommitMessage[] messages) {} // what is committed stays, for the next run
  }

  private record Factory(TaskOutput.Place place, SerializableConfiguration hadoop)
      implements DataWriterFactory {
    private static final long serialVersionUID = 1;

    @Override
    public DataWriter<InternalRow> createWriter(int partition, long task) {
      return new TaskOutput(place, partition, hadoop.value());
    }
  }
}
