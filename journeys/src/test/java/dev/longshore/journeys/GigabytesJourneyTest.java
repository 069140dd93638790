package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/// Gigabytes through commands, copies, ports and logs: every byte arrives, and the node's process keeps none of it.
/// Takes minutes: only with `./longshore test --long`. `-Dlongshore.gigabytes=N` says how many each way (2).
///
/// Makes nothing that is large on a disk but the log: what is sent is made on the way, by a cipher with a key that both
/// ends know.
@Order(8)
@Tag("containers")
@ExtendWith(SharedCluster.class)
@EnabledIfSystemProperty(named = "longshore.long", matches = "true")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class GigabytesJourneyTest {

    private static final long BYTES = Long.getLong("longshore.gigabytes", 2) << 30;

    /// The heap does not shrink at once after what has passed; gigabytes that were kept would be far more.
    private static final long MOST_GROWTH_KIB = 512 << 10;

    private static final Duration LIMIT = Duration.ofMinutes(30);

    /// So many bytes that look like noise, always the same.
    private static final String NOISE = "{ openssl enc -aes-128-ctr -pass pass:x -pbkdf2 -iter 1 -nosalt </dev/zero"
            + " 2>/dev/null || true; } | head -c " + BYTES;

    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    @BeforeAll
    static void makeSomebodyToTalkTo(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: wide}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: main
                    image: longshore.local/busybox
                    command: [sh, -c, "nc -ll -p 9000 -e cat & while :; do sleep 1; done"]
                """);
        cluster.kubectl("wait", "pod/wide", "--for=condition=Ready", "--timeout=120s")
                .succeeded();
    }

    @Test
    void gigabytesPassWholeIntoACommandAndOutOfIt(RunningCluster cluster) throws Exception {
        measured(
                cluster,
                "exec, in and out",
                2 * BYTES,
                "sum=$(%1$s | sha256sum); [ \"$(%1$s | kubectl exec -i wide -- cat | sha256sum)\" = \"$sum\" ]");
        measured(
                cluster,
                "exec, in",
                BYTES,
                "sum=$(%1$s | sha256sum); [ \"$(%1$s | kubectl exec -i wide -- sha256sum)\" = \"$sum\" ]");
    }

    @Test
    void gigabytesAreCopiedWhole(RunningCluster cluster) throws Exception {
        measured(cluster, "cp, there and back", 2 * BYTES, """
                dir=$(mktemp -d); trap 'rm -r $dir' EXIT
                %1$s > $dir/in; sum=$(sha256sum < $dir/in)
                kubectl cp $dir/in wide:/copied >/dev/null; rm $dir/in
                kubectl cp wide:/copied $dir/back >/dev/null
                kubectl exec wide -- rm /copied
                [ "$(sha256sum < $dir/back)" = "$sum" ]""");
    }

    @Test
    void gigabytesPassWholeThroughAPort(RunningCluster cluster) throws Exception {
        measured(cluster, "port-forward, there and back", 2 * BYTES, """
                dir=$(mktemp -d); forward=; trap 'kill $forward 2>/dev/null; rm -r $dir' EXIT; touch $dir/ports
                kubectl port-forward pod/wide :9000 > $dir/ports & forward=$!
                for i in $(seq 100); do port=$(sed -n 's/.*127.0.0.1:\\([0-9]*\\) .*/\\1/p' $dir/ports); [ -n "$port" ] && break; sleep 0.1; done
                cat > $dir/echo.py <<'END'
                import socket, sys, threading
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                def send():
                    while b := sys.stdin.buffer.read(65536): s.sendall(b)
                    s.shutdown(socket.SHUT_WR)
                threading.Thread(target=send).start()
                while b := s.recv(65536): sys.stdout.buffer.write(b)
                END
                sum=$(%1$s | sha256sum)
                [ "$(%1$s | python3 $dir/echo.py $port | sha256sum)" = "$sum" ]""");
    }

    @Test
    void gigabytesOfALogAreShownWholeWhileItIsWrittenAndMovedAside(RunningCluster cluster) throws Exception {
        long lines = BYTES / 1000;
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: chatty}
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: main
                    image: longshore.local/busybox
                    command: [sh, -c, "while [ ! -e /go ]; do sleep 0.1; done; yes $(head -c 990 /dev/zero | tr '\\\\0' x) | head -n %d | awk '{printf \\"%%08d \\", NR; print} NR %% 10000 == 0 {fflush(); while (NR > 20000 && system(\\"[ -e /seen.\\" (NR / 10000 - 2) \\" ]\\")) system(\\"sleep 0.1\\")}'"]
                """.formatted(lines));
        cluster.kubectl("wait", "pod/chatty", "--for=condition=Ready", "--timeout=120s")
                .succeeded();
        // Every line has its number: none may be missing, twice or out of order. The writer is told what was seen and
        // is never more than 30 MB ahead, so that its oldest file is there until it was shown.
        measured(cluster, "logs -f", lines * 1000, """
                (sleep 1; kubectl exec chatty -- touch /go) &
                kubectl logs -f chatty | awk 'NR %% 10000 == 0 {system("kubectl exec chatty -- touch /seen." (NR / 10000))} $1 + 0 != NR {print "line " NR " is " $1; bad = 1; exit 1} END {if (NR != %2$d) {print NR " lines"; exit 1}; exit bad}'""");
        cluster.kubectl("delete", "pod", "chatty").succeeded();
    }

    private static void measured(RunningCluster cluster, String what, long bytes, String script) throws Exception {
        long before = peak(cluster);
        long begun = System.nanoTime();
        Process process = cluster.shell()
                .start("bash", "-c", "exec 2>&1; set -eu -o pipefail\n" + script.formatted(NOISE, BYTES / 1000));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        double seconds = (System.nanoTime() - begun) / 1e9;
        long grown = peak(cluster) - before;
        System.out.printf(
                "%-30s %5.1f GB in %6.1f s, %4.0f MB/s; the node's process grew by %d MiB at its peak%n",
                what, bytes / 1e9, seconds, bytes / 1e6 / seconds, grown >> 10);
        assertThat(grown).isLessThan(MOST_GROWTH_KIB);
    }

    /// The most memory that the server ever had, in KiB.
    private static long peak(RunningCluster cluster) throws IOException {
        Matcher peak = PEAK.matcher(Files.readString(Path.of("/proc", String.valueOf(cluster.pid()), "status")));
        assertThat(peak.find()).isTrue();
        return Long.parseLong(peak.group(1));
    }
}
