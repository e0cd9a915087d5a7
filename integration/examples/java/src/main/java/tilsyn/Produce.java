package tilsyn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends facts, one JSON object a line on standard input: {"topic": "card-events", "value": {...}}
 *
 * <p>Arguments: HOST:PORT PREFIX SCHEMAS EPOCH. Ends with 0 when the brokers have acknowledged all of them. After any other
 * end send the same lines again, with the same epoch: ids and numbers are the same, so nothing counts twice.
 */
public final class Produce {
    public static void main(String[] args) throws Exception {
        String prefix = args[1];
        Map<String, Contract.Topic> topics = Contract.topics(Path.of(args[2]));
        Contract.Numbers numbers = new Contract.Numbers(Long.parseLong(args[3]));
        ObjectMapper json = new ObjectMapper();
        List<Future<?>> waiting = new ArrayList<>();
        // The defaults are right: acks=all, idempotence, murmur2 of the key.
        Map<String, Object> config = Map.of("bootstrap.servers", args[0]);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode fact = json.readTree(line);
                Contract.Topic topic = topics.get(fact.get("topic").asText());
                GenericRecord record = topic.fromJson(fact.get("value"));
                numbers.add(topic.name(), record);
                if (topic.name().equals("heartbeats")) {
                    await(waiting); // a heartbeat promises that everything before it was produced
                }
                waiting.add(producer.send(new ProducerRecord<>(prefix + topic.name(), null,
                        (Long) record.get("received_at"), topic.key(record), topic.encode(record))));
            }
            producer.flush();
            await(waiting);
        }
    }

    /** Waits until everything is acknowledged; throws what was refused. */
    private static void await(List<Future<?>> waiting) throws Exception {
        for (Future<?> record : waiting) {
            record.get();
        }
        waiting.clear();
    }
}
