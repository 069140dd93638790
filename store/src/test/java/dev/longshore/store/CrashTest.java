package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes, leases, watches and compacts is killed with -9 again and again, at random moments.
/// Twenty times; in long runs (`-Dlongshore.long=true`) two hundred times, or `-Dlongshore.rounds=N`, with
/// `-Dlongshore.seed=N` as before.
class CrashTest {

    private static final int ROUNDS =
            Integer.getInteger("longshore.rounds", Boolean.getBoolean("longshore.long") ? 200 : 20);
    private static final int MOST_LINES = 1500;

    @TempDir
    Path root;

    private final long seed = Long.getLong("longshore.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final CrashLedger ledger = new CrashLedger();

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void nothingAcknowledgedIsLostAndNothingIsHalfThere() throws Exception {
        System.out.println("seed of the kills: " + seed);
        for (int round = 1; round <= ROUNDS; round++) {
            try {
                killOnce();
                StoreReport report = Stores.check(directory(), Time.system());
                assertThat(report.findings()).isEmpty();
                try (EmbeddedStore store = Stores.embedded(directory(), 0, Time.system())) {
                    ledger.compare(store);
                }
            } catch (AssertionError | StoreException e) {
                throw new AssertionError("round %d of seed %d: %s".formatted(round, seed, e.getMessage()), e);
            }
        }
        System.out.printf(
                "seed %d: %d kills, %d acknowledged writes, revision %d: nothing lost, nothing half there%n",
                seed, ROUNDS, ledger.acknowledged(), ledger.revision());
        assertThat(ledger.acknowledged()).isGreaterThan(ROUNDS);
    }

    private void killOnce() throws IOException, InterruptedException {
        int lines = random.nextInt(MOST_LINES);
        Process load = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        CrashLoad.class.getName(),
                        directory().toString(),
                        String.valueOf(random.nextLong()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader told = load.inputReader()) {
            int count = 0;
            // What was told before the kill, and is read after it, is a promise too; half a line is none.
            for (String line = told.readLine(); line != null; line = told.readLine()) {
                if (line.endsWith(" .")) {
                    ledger.take(line);
                }
                if (count++ == lines) {
                    load.toHandle().destroyForcibly();
                }
            }
        } finally {
            load.destroyForcibly();
            assertThat(load.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Path directory() {
        return root.resolve("store");
    }
}
