package tilsyn.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the job keeps of a person. All instants are milliseconds; 0 is none. */
final class Resident {
    /** The duty to stay in force: its decision, and from when to when it binds. */
    String decision = "";
    String centre = "";
    long version;
    long from;
    long to;
    /** The last passage before the end of the night that is open, and whether it led out. */
    long passed;
    boolean out;
    /** The end of the night that is not decided yet. */
    long open;

    static Resident read(byte[] bytes) {
        Resident r = new Resident();
        if (bytes == null) {
            return r;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        r.version = in.getLong();
        r.from = in.getLong();
        r.to = in.getLong();
        r.passed = in.getLong();
        r.out = in.get() == 1;
        r.open = in.getLong();
        r.decision = text(in);
        r.centre = text(in);
        return r;
    }

    byte[] bytes() {
        byte[] decisionBytes = decision.getBytes(StandardCharsets.UTF_8);
        byte[] centreBytes = centre.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 * Long.BYTES + 1 + 2 * Short.BYTES + decisionBytes.length + centreBytes.length)
            .putLong(version).putLong(from).putLong(to).putLong(passed).put((byte) (out ? 1 : 0)).putLong(open)
            .putShort((short) decisionBytes.length).put(decisionBytes)
            .putShort((short) centreBytes.length).put(centreBytes)
            .array();
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether the duty bound at any time of the night that ends then, and the last passage led out. */
    boolean absent(long end) {
        return out && from < end && to > Nights.start(end);
    }
}
