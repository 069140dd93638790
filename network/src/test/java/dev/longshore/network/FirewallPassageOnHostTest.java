package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.nio.file.Path;
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
        try (var passage = new FirewallPassage(host.cluster, host.commands(), Time.system())) {
            passage.open();
        }
    }

    @Test
    void opensOnePassageWhereNothingIsForwardedAndClosesItAgain() throws Exception {
        firewall("drop");
        String before = chain();

        open();
        open();

        assertThat(chain().lines().filter(line -> line.contains(NetworkNames.bridge(host.cluster))))
                .hasSize(2);

        FirewallPassage.remove(host.cluster, host.commands());
        assertThat(chain()).isEqualTo(before);
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
        FirewallPassage.remove(host.cluster, host.commands());

        assertThat(host.in("host", "nft", "list", "tables")).isEmpty();
    }
}
