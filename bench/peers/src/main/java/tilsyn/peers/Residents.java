package tilsyn.peers;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tilsyn.Action;
import tilsyn.CardEvent;
import tilsyn.CardEventKind;
import tilsyn.Direction;
import tilsyn.Kind;
import tilsyn.ObligationChange;

/**
 * The two halves of the job over one store: decisions and passages of a person. A night is decided fifteen minutes after
 * its end in the time of the stream, or when the person passes later than it.
 */
abstract class Residents<V> implements Processor<String, V, String, AbsentNight> {
    static final String STORE = "residents";
    private static final long GRACE = Duration.ofMinutes(15).toMillis();

    private static final AtomicBoolean READING = new AtomicBoolean();

    final Nights nights = new Nights();
    KeyValueStore<String, byte[]> store;
    private ProcessorContext<String, AbsentNight> context;

    @Override
    public void init(ProcessorContext<String, AbsentNight> context) {
        this.context = context;
        this.store = context.getStateStore(STORE);
    }

    /** Says once that the first record has come, so that starting is not counted. */
    static void reading() {
        if (!READING.get() && !READING.getAndSet(true)) {
            System.out.println("reading");
        }
    }

    /** Decides the open night of a person and opens the next one. */
    final void decide(String person, Resident r) {
        long end = r.open;
        if (r.absent(end)) {
            AbsentNight night = new AbsentNight(person, r.decision, r.version, r.centre,
                Instant.ofEpochMilli(Nights.start(end)), Instant.ofEpochMilli(end), Instant.ofEpochMilli(r.passed));
            context.forward(new Record<>(person, night, end));
        }
        r.open = nights.endAfter(end);
    }

    /** Decisions. Of versions of a decision the highest counts. */
    static final class Decisions extends Residents<ObligationChange> {
        @Override
        public void process(Record<String, ObligationChange> record) {
            reading();
            ObligationChange change = record.value();
            if (change.getKind() != Kind.STAY) {
                return;
            }
            Resident r = Resident.read(store.get(record.key()));
            if (r.decision.equals(change.getDecisionId()) && change.getVersion() <= r.version) {
                return;
            }
            r.decision = change.getDecisionId();
            r.version = change.getVersion();
            r.centre = change.getCentreId();
            if (change.getAction() == Action.ANNUL) {
                r.to = change.getValidFrom().toEpochMilli();
            } else {
                r.from = change.getValidFrom().toEpochMilli();
                r.to = change.getValidTo() == null ? Long.MAX_VALUE : change.getValidTo().toEpochMilli();
            }
            if (r.open == 0) {
                r.open = nights.endAfter(record.timestamp());
            }
            store.put(record.key(), r.bytes());
        }
    }

    /** Passages, and the clock. */
    static final class Passages extends Residents<CardEvent> {
        /** The end of the night at which everybody is looked at next; 0 before the first record. */
        private long due;

        @Override
        public void init(ProcessorContext<String, AbsentNight> context) {
            super.init(context);
            context.schedule(Duration.ofMinutes(1), PunctuationType.STREAM_TIME, this::look);
        }

        @Override
        public void process(Record<String, CardEvent> record) {
            reading();
            CardEvent event = record.value();
            if (event.getKind() != CardEventKind.PASSAGE || event.getDirection() == null) {
                return;
            }
            long at = event.getOccurredAt().toEpochMilli();
            Resident r = Resident.read(store.get(record.key()));
            if (r.open == 0) {
                r.open = nights.endAfter(at);
            }
            while (r.open <= at) {
                decide(record.key(), r);
            }
            if (at >= r.passed) {
                r.passed = at;
                r.out = event.getDirection() == Direction.OUT;
            }
            store.put(record.key(), r.bytes());
        }

        private void look(long now) {
            if (due == 0) {
                due = nights.endAfter(now - Duration.ofDays(1).toMillis());
            }
            if (now < due + GRACE) {
                return;
            }
            try (KeyValueIterator<String, byte[]> all = store.all()) {
                while (all.hasNext()) {
                    KeyValue<String, byte[]> entry = all.next();
                    Resident r = Resident.read(entry.value);
                    if (r.open == 0 || r.open + GRACE > now) {
                        continue;
                    }
                    while (r.open + GRACE <= now) {
                        decide(entry.key, r);
                    }
                    store.put(entry.key, r.bytes());
                }
            }
            due = nights.endAfter(now - GRACE);
        }
    }
}
