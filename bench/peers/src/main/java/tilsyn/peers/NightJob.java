package tilsyn.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;
import tilsyn.CardEvent;
import tilsyn.ObligationChange;

/** Runs until it is told to end; its own topics go with it. Settings are system properties. */
public final class NightJob {
    private NightJob() {
    }

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        String application = setting("application");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", setting("brokers")))) {
            NewTopic output = new NewTopic(setting("output"), Integer.getInteger("partitions"), (short) 1);
            admin.createTopics(List.of(output.configs(Map.of("retention.ms", "-1")))).all().get();
        }
        Properties properties = properties(application);
        try (KafkaStreams streams = new KafkaStreams(topology(), properties)) {
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch gone = new CountDownLatch(1);
            streams.setUncaughtExceptionHandler(e -> {
                e.printStackTrace();
                ended.countDown();
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ended.countDown();
                try {
                    gone.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            streams.start();
            ended.await();
            streams.close(Duration.ofSeconds(20));
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", setting("brokers")))) {
                admin.deleteTopics(List.of(application + "-" + Residents.STORE + "-changelog")).all().get();
            }
            gone.countDown();
        }
    }

    private static Properties properties(String application) {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, setting("brokers"));
        p.put(StreamsConfig.STATE_DIR_CONFIG, setting("state"));
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, System.getProperty("threads", "2"));
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        for (String pair : System.getProperty("streams", "").split(",")) {
            int at = pair.indexOf('=');
            if (at > 0) {
                p.put(pair.substring(0, at), pair.substring(at + 1));
            }
        }
        return p;
    }

    private static Topology topology() {
        String prefix = setting("prefix");
        BinaryMessageDecoder<CardEvent> cards = CardEvent.getDecoder();
        BinaryMessageDecoder<ObligationChange> changes = ObligationChange.getDecoder();
        return new Topology()
            .addSource("card-events", new StringDeserializer(), reading(cards), prefix + "card-events")
            .addSource("obligation-changes", new StringDeserializer(), reading(changes), prefix + "obligation-changes")
            .addProcessor("passages", Residents.Passages::new, "card-events")
            .addProcessor("decisions", Residents.Decisions::new, "obligation-changes")
            .addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(Residents.STORE), Serdes.String(),
                Serdes.ByteArray()), "passages", "decisions")
            .addSink("nights", setting("output"), new StringSerializer(), writing(), "passages");
    }

    private static <T> Deserializer<T> reading(BinaryMessageDecoder<T> decoder) {
        return (topic, bytes) -> {
            try {
                return decoder.decode(bytes, null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static Serializer<AbsentNight> writing() {
        return (topic, night) -> {
            try {
                ByteBuffer out = AbsentNight.getEncoder().encode(night);
                byte[] bytes = new byte[out.remaining()];
                out.get(bytes);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static String setting(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("-D" + name + "= is missing");
        }
        return value;
    }
}
