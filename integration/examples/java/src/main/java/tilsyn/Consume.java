package tilsyn;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Follows the violations, as a case system does: the newest revision of a unit counts, WITHDRAWN takes it back, and every
 * revision that is written down is acknowledged.
 *
 * <p>Arguments: HOST:PORT PREFIX SCHEMAS CONSUMER FILE [until-end]. FILE holds the cases, CONSUMER is a name in
 * recall.consumers of the policy. With until-end it ends at the present end of the topic and prints the cases.
 */
public final class Consume {
    /** What counts of a unit. */
    public record Case(String unit_id, int revision, String status) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        String prefix = args[1];
        String name = args[3];
        Map<String, Contract.Topic> topics = Contract.topics(Path.of(args[2]));
        Contract.Topic violations = topics.get("violations");
        Contract.Topic acknowledgements = topics.get("acknowledgements");
        Path file = Path.of(args[4]);
        Map<String, Case> cases = load(file);

        Map<String, Object> reading = Map.of(
                "bootstrap.servers", args[0],
                "group.id", name,
                "isolation.level", "read_committed", // revisions are written in transactions; not the default
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false); // only what is written down is committed
        try (var consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer = new KafkaProducer<>(Map.<String, Object>of("bootstrap.servers", args[0]),
                        new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.subscribe(List.of(prefix + violations.name()));
            do {
                var batch = consumer.poll(Duration.ofSeconds(1));
                for (ConsumerRecord<byte[], byte[]> r : batch) {
                    take(cases, violations.decode(r.value()));
                }
                if (!batch.isEmpty()) {
                    save(file, cases);
                    for (ConsumerRecord<byte[], byte[]> r : batch) {
                        GenericRecord ack = acknowledgement(acknowledgements, name, violations.decode(r.value()), r.timestamp());
                        producer.send(new ProducerRecord<>(prefix + acknowledgements.name(),
                                acknowledgements.key(ack), acknowledgements.encode(ack))).get();
                    }
                    consumer.commitSync();
                }
            } while (args.length < 6 || !atEnd(consumer));
        }
        for (Case c : cases.values()) {
            System.out.println(JSON.writeValueAsString(c));
        }
    }

    /** The newest revision counts; one that was read before, or an older one, changes nothing. */
    private static void take(Map<String, Case> cases, GenericRecord violation) {
        Case c = new Case(violation.get("unit_id").toString(), (Integer) violation.get("revision"),
                violation.get("status").toString());
        cases.merge(c.unit_id(), c, (known, next) -> next.revision() > known.revision() ? next : known);
    }

    /** The same bytes however often it is sent, so that it counts once. */
    private static GenericRecord acknowledgement(Contract.Topic topic, String consumer, GenericRecord v, long writtenAt) {
        return topic.builder()
                .set("id", consumer + ":" + v.get("unit_id") + ":" + v.get("revision"))
                .set("received_at", writtenAt)
                .set("consumer", consumer)
                .set("unit_id", v.get("unit_id"))
                .set("revision", v.get("revision"))
                .set("person_id", v.get("person_id"))
                .set("at", writtenAt)
                .build();
    }

    private static boolean atEnd(KafkaConsumer<byte[], byte[]> consumer) {
        var assigned = consumer.assignment();
        var ends = consumer.endOffsets(assigned);
        return !assigned.isEmpty() && assigned.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
    }

    private static Map<String, Case> load(Path file) throws IOException {
        Map<String, Case> cases = new TreeMap<>();
        if (Files.exists(file)) {
            for (Case c : JSON.readValue(file.toFile(), Case[].class)) {
                cases.put(c.unit_id(), c);
            }
        }
        return cases;
    }

    /** Writes the file whole or not at all. */
    private static void save(Path file, Map<String, Case> cases) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        JSON.writeValue(beside.toFile(), cases.values());
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
