import java.io.File;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** Prints the CRC-64-AVRO of the Parsing Canonical Form of every .avsc file. */
public class Fingerprints {
  public static void main(String[] args) throws Exception {
    File[] files = new File(args[0]).listFiles((dir, name) -> name.endsWith(".avsc"));
    Arrays.sort(files);
    for (File f : files) {
      Schema s = new Schema.Parser().parse(f);
      System.out.printf("%s %016x%n", f.getName(), SchemaNormalization.parsingFingerprint64(s));
    }
  }
}
