package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Processes;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortClaimsTest {

    private static final ClusterId FIRST = new ClusterId("aaaaaa");
    private static final Path GONE = Path.of("/nowhere/cluster.json");
    private static final ClusterId SECOND = new ClusterId("bbbbbb");

    @TempDir
    Path directory;

    private static List<PortClaims.Wanted> usual(int... ports) {
        return Arrays.stream(ports)
                .mapToObj(port -> new PortClaims.Wanted(OptionalInt.empty(), port))
                .toList();
    }

    @Test
    void twoThatStartAtTheSameTimeGetDifferentPorts() throws Exception {
        try (var taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            var claims = new PortClaims(directory);

            List<Integer> first = claims.choose(FIRST, GONE, usual(port, port));
            List<Integer> second = claims.choose(SECOND, GONE, usual(port, port));

            assertThat(first).doesNotHaveDuplicates().doesNotContain(port);
            assertThat(second).doesNotHaveDuplicates().doesNotContain(port).doesNotContainAnyElementsOf(first);
            // Its own claim stands in nobody's own way.
            assertThat(claims.choose(FIRST, GONE, usual(port, port))).isEqualTo(first);
        }
    }

    @Test
    void aPortThatWasAskedForMayBeClaimed() throws Exception {
        var claims = new PortClaims(directory);
        int port = claims.choose(FIRST, GONE, usual(40_000)).getFirst();

        assertThatThrownBy(
                        () -> claims.choose(SECOND, GONE, List.of(new PortClaims.Wanted(OptionalInt.of(port), 40_000))))
                .isInstanceOf(PortClaims.ClaimedException.class)
                .hasMessage("port %d is claimed by cluster aaaaaa, which is starting", port);
        assertThat(claims.choose(FIRST, GONE, List.of(new PortClaims.Wanted(OptionalInt.of(port), 1))))
                .containsExactly(port);
    }

    @Test
    void aReleasedClaimLeavesNothing() throws Exception {
        var claims = new PortClaims(directory);
        claims.choose(FIRST, GONE, usual(40_000));

        claims.release(FIRST);
        claims.release(SECOND);

        assertThat(directory.resolve("ports")).isEmptyDirectory();
    }

    @Test
    void nobodyChoosesThePortsOfAClusterThatWasKilledOrStopped() throws Exception {
        Path record = Files.createFile(directory.resolve("cluster.json"));
        var dead = new PortClaims(directory, new Processes.Identity(1, 1L << 50));
        int port = dead.choose(FIRST, record, usual(41_000)).getFirst();
        var claims = new PortClaims(directory);

        assertThat(claims.choose(SECOND, GONE, usual(41_000)).getFirst()).isGreaterThan(port);
        // Whoever says it outright gets it: nothing listens there.
        assertThat(claims.choose(SECOND, GONE, List.of(new PortClaims.Wanted(OptionalInt.of(port), 1))))
                .containsExactly(port);
    }

    @Test
    void aClusterThatWasStoppedForbidsItsPortsToNobodyThoughItsProcessGoesOn() throws Exception {
        Path record = Files.createFile(directory.resolve("cluster.json"));
        var claims = new PortClaims(directory);
        int port = claims.choose(FIRST, record, usual(41_000)).getFirst();

        claims.stopped(FIRST);
        claims.stopped(SECOND);

        assertThat(claims.choose(SECOND, GONE, List.of(new PortClaims.Wanted(OptionalInt.of(port), 1))))
                .containsExactly(port);
        claims.release(SECOND);
        assertThat(claims.choose(SECOND, GONE, usual(41_000)).getFirst()).isGreaterThan(port);
        Files.delete(record);
        assertThat(claims.choose(SECOND, GONE, usual(41_000))).containsExactly(port);
    }

    @Test
    void aClaimWithoutARecordEndsWithItsWriter() throws Exception {
        var claims = new PortClaims(directory);
        claims.choose(FIRST, GONE, usual(41_000));
        Path file = directory.resolve("ports/" + FIRST + ".json");
        Files.writeString(file, "{\"pid\":1,\"started\":1,\"ports\":[41000]}");

        claims.choose(SECOND, GONE, usual(41_000));

        assertThat(file).doesNotExist();
    }

    @Test
    void theClaimOfAClusterThatIsGoneCountsForNothing() throws Exception {
        var dead = new PortClaims(directory, new Processes.Identity(1, 1L << 50));
        int port = dead.choose(FIRST, GONE, usual(41_000)).getFirst();

        assertThat(new PortClaims(directory).choose(SECOND, GONE, usual(41_000)))
                .containsExactly(port);
        assertThat(Files.list(directory.resolve("ports"))).hasSize(1);
    }
}
