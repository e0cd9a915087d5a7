package tilsyn;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;

/** Records of the contract as bytes: Avro by the .avsc files, in single-object frames, under their keys. */
final class Contract {
    private Contract() {}

    /** All topics, by name without prefix. */
    static Map<String, Topic> topics(Path directory) throws IOException {
        Map<String, Topic> found = new HashMap<>();
        try (var files = Files.newDirectoryStream(directory, "*.avsc")) {
            for (Path file : files) {
                Schema schema = new Schema.Parser().parse(file.toFile());
                if (schema.getProp("topic") != null) {
                    found.put(schema.getProp("topic"), new Topic(schema));
                }
            }
        }
        return found;
    }

    /** A topic and its records. */
    static final class Topic {
        private final Schema schema;
        private final List<String> keys = new ArrayList<>();
        private final BinaryMessageEncoder<GenericRecord> encoder;
        private final BinaryMessageDecoder<GenericRecord> decoder;

        Topic(Schema schema) {
            this.schema = schema;
            // Avro's own single-object encoding: C3 01, the fingerprint, the record.
            encoder = new BinaryMessageEncoder<>(GenericData.get(), schema);
            decoder = new BinaryMessageDecoder<>(GenericData.get(), schema);
            Matcher fields = Pattern.compile("\\w+_id").matcher(String.valueOf(schema.getProp("key")));
            while (fields.find()) {
                keys.add(fields.group());
            }
        }

        String name() {
            return schema.getProp("topic");
        }

        /** The key: the first of the fields that the schema names which has a value. */
        byte[] key(GenericRecord record) {
            for (String field : keys) {
                Object value = record.get(field);
                if (value != null && !value.toString().isEmpty()) {
                    return value.toString().getBytes(StandardCharsets.UTF_8);
                }
            }
            throw new IllegalArgumentException(name() + ": a record without a key");
        }

        byte[] encode(GenericRecord record) {
            try {
                ByteBuffer out = encoder.encode(record);
                byte[] value = new byte[out.remaining()];
                out.get(value);
                return value;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        GenericRecord decode(byte[] value) {
            try {
                return decoder.decode(value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A record whose fields have their defaults. */
        GenericRecordBuilder builder() {
            return new GenericRecordBuilder(schema);
        }

        /** A record from its JSON form, in which times are RFC 3339 and dates YYYY-MM-DD. */
        GenericRecord fromJson(JsonNode value) {
            return record(schema, value);
        }
    }

    private static GenericRecord record(Schema schema, JsonNode value) {
        GenericRecordBuilder out = new GenericRecordBuilder(schema);
        for (Schema.Field field : schema.getFields()) {
            if (value.has(field.name())) {
                out.set(field, avro(field.schema(), value.get(field.name())));
            }
        }
        return out.build();
    }

    private static Object avro(Schema schema, JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        LogicalType logical = schema.getLogicalType();
        switch (schema.getType()) {
            case UNION:
                return avro(schema.getTypes().get(schema.getTypes().size() - 1), value);
            case RECORD:
                return record(schema, value);
            case ENUM:
                return new GenericData.EnumSymbol(schema, value.asText());
            case ARRAY:
                List<Object> items = new ArrayList<>();
                value.forEach(item -> items.add(avro(schema.getElementType(), item)));
                return items;
            case LONG:
                return logical == null ? (Object) value.asLong() : OffsetDateTime.parse(value.asText()).toInstant().toEpochMilli();
            case INT:
                return logical == null ? (Object) value.asInt() : (int) LocalDate.parse(value.asText()).toEpochDay();
            case BOOLEAN:
                return value.asBoolean();
            default:
                return value.asText();
        }
    }

    /**
     * Numbers the rows of each device from 1, in one epoch. A real source keeps epoch and last numbers on disk, flushed
     * before a row is sent, and raises the epoch whenever they may have been set back: state lost, backup restored,
     * another machine took over.
     */
    static final class Numbers {
        private final long epoch;
        private final Map<String, Long> last = new HashMap<>();

        Numbers(long epoch) {
            this.epoch = epoch;
        }

        void add(String topic, GenericRecord record) {
            if (topic.equals("card-events")) {
                record.put("source_seq", last.merge(record.get("device_id").toString(), 1L, Long::sum));
                record.put("source_epoch", epoch);
            } else if (topic.equals("heartbeats") && !record.get("source_id").toString().startsWith("feed:")) {
                record.put("last_seq", last.getOrDefault(record.get("source_id").toString(), 0L));
                record.put("source_epoch", epoch);
            }
        }
    }
}
