package tilsyn.peers;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

/** The ends of nights, 06:00 in Denmark. Not for several threads: it remembers the day that it was asked for last. */
final class Nights {
    private static final ZoneId DENMARK = ZoneId.of("Europe/Copenhagen");
    private static final LocalTime END = LocalTime.of(6, 0);
    private static final LocalTime START = LocalTime.of(20, 0);

    private long after = Long.MAX_VALUE;
    private long end = Long.MIN_VALUE;

    /** The first end of a night after an instant, in milliseconds. */
    long endAfter(long at) {
        if (at < after || at >= end) {
            LocalDate day = Instant.ofEpochMilli(at).atZone(DENMARK).toLocalDate();
            long today = millis(day, END);
            if (at >= today) {
                after = today;
                end = millis(day.plusDays(1), END);
            } else {
                after = millis(day.minusDays(1), END);
                end = today;
            }
        }
        return end;
    }

    /** When the night with that end began, in milliseconds. */
    static long start(long end) {
        return millis(Instant.ofEpochMilli(end).atZone(DENMARK).toLocalDate().minusDays(1), START);
    }

    private static long millis(LocalDate day, LocalTime time) {
        return day.atTime(time).atZone(DENMARK).toInstant().toEpochMilli();
    }
}
