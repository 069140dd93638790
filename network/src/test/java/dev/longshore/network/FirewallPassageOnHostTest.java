package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Beside a firewall like the one that a Docker daemon makes.
class FirewallPassageOnHostTest {

    private static final String FOREIGN = """
            table ip filter {
              chain FORWARD { type filter hook forward priority filter; policy %s; counter
              }
            }
            """;

    @TempDir
    Path files;

    private TestHost host;

    @BeforeEach
    void make() throws Exception {
        host = new TestHost(files);
    }

    @AfterEach
    void close() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    private void firewall(String policy) throws InterruptedException {
        host.in("host", "sh", "-c", "printf '%s' \"$1\" | nft -f -", "sh", FOREIGN.formatted(policy));
    }

    private String chain() throws InterruptedException {
        return host.in("host", "nft", "list", "chain", "ip", "filter", "FORWARD");
    }

    private void open() throws InterruptedException {
        open(Set.of(NetworkNames.bridge(host.cluster)));
    }

    private void open(Set<String> bridges) throws InterruptedException {
        try (var passage = new FirewallPassage(mark(), () -> bridges, host.commands(), Time.system())) {
            passage.open();
        }
    }

    private String mark() {
        return NetworkNames.table(host.cluster);
    }

    @Test
    void opensOnePassageWhereNothingIsForwardedAndClosesItAgain() throws Exception {
        firewall("drop");
        String before = chain();

        open();
        open();

        assertThat(chain().lines().filter(line -> line.contains(NetworkNames.bridge(host.cluster))))
                .hasSize(2);

        FirewallPassage.remove(mark(), host.commands());
        assertThat(chain()).isEqualTo(before);
    }

    @Test
    void followsWhichBridgesThereAre() throws Exception {
        firewall("drop");
        open(Set.of("lsd-one", "lsd-two"));
        open(Set.of("lsd-two", "lsd-three"));

        assertThat(chain()).contains("\"lsd-two\"").contains("\"lsd-three\"").doesNotContain("\"lsd-one\"");
        assertThat(chain().lines().filter(line -> line.contains("lsd-"))).hasSize(4);
        open(Set.of());
        assertThat(chain()).doesNotContain("lsd-");
    }

    @Test
    void leavesFirewallsAloneThatForward() throws Exception {
        firewall("accept");
        String before = chain();

        open();

        assertThat(chain()).isEqualTo(before);
    }

    @Test
    void doesNothingWhereThereIsNoFirewall() throws Exception {
        open();
        FirewallPassage.remove(mark(), host.commands());

        assertThat(host.in("host", "nft", "list", "tables")).isEmpty();
    }
}
