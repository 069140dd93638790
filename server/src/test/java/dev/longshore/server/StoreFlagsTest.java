package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.StoreOptions;
import dev.longshore.server.config.UpOptions;
import dev.longshore.store.etcd.EtcdConfig.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StoreFlagsTest {

    @TempDir
    Path directory;

    @Test
    void theStateIsKeptHereUnlessMembersOfEtcdAreNamed() {
        assertThat(up().store()).isEqualTo(StoreOptions.EMBEDDED);
        assertThat(up("--store=etcd://h1:2379,[::1]:23")
                        .store()
                        .etcd()
                        .orElseThrow()
                        .endpoints())
                .isEqualTo(List.of(new Endpoint("h1", 2379), new Endpoint("::1", 23)));
    }

    @ParameterizedTest
    @CsvSource({
        "--store=h1:2379, does not begin with etcd://",
        "--store=etcd://, is no member of etcd: write HOST:PORT",
        "--store=etcd://h1, is no member of etcd: write HOST:PORT",
        "--store=etcd://h1:2379 --etcd-listen=:2379, --etcd-listen serves the embedded store",
        "--store=etcd://h1:2379 --etcd-certfile=c, --etcd-certfile and --etcd-keyfile go together",
        "--store=etcd://h1:2379 --etcd-certfile=c --etcd-keyfile=k, --etcd-certfile needs --etcd-cafile",
        "--etcd-cafile=ca.crt, go with --store",
        "--node-name=Under_score, is no name",
        "--kubelet-port=0, a port is between 1 and 65535"
    })
    void whatMakesNoSenseIsRefused(String flags, String why) {
        assertThatThrownBy(() -> up(flags.split(" ")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(why);
    }

    @Test
    void serversOfOneClusterHaveTheirKeysInCommon() throws IOException {
        Path shared = directory.resolve("shared");
        for (String server : List.of("a", "b")) {
            new SharedKeys(shared, directory.resolve(server)).take(Time.system(), new SecureRandom());
        }
        for (String name : List.of("ca.key", "front-proxy-ca.key", "etcd/ca.key", "sa.key")) {
            Path mine = directory.resolve("b").resolve(name);
            assertThat(mine).hasSameBinaryContentAs(directory.resolve("a").resolve(name));
            assertThat(Files.getPosixFilePermissions(mine)).hasSize(2);
        }
    }

    @Test
    void aServerWithAnotherAuthorityIsRefused() throws IOException {
        new SharedKeys(directory.resolve("shared"), directory.resolve("a")).take(Time.system(), new SecureRandom());
        new SharedKeys(directory.resolve("others"), directory.resolve("b")).take(Time.system(), new SecureRandom());

        assertThatThrownBy(() -> new SharedKeys(directory.resolve("shared"), directory.resolve("b"))
                        .take(Time.system(), new SecureRandom()))
                .hasMessageContaining("belongs to another cluster");
    }

    private static UpOptions up(String... flags) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs(flags);
        return up.options();
    }
}
